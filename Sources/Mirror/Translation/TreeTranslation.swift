import GitRemotes
import ObjectStore

enum TreeTranslation {
  struct Entry {
    let isFolder: Bool
    /// `MODE SP NAME NUL` as it stands.
    let head: ArraySlice<UInt8>
    let id: SHA1ID
  }

  static func toSHA1(_ body: [UInt8], id: (ObjectID) throws -> SHA1ID) throws -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(body.count)
    for entry in try Tree.parse(body).entries {
      result.append(contentsOf: entry.mode.rawValue.utf8)
      result.append(32)
      result.append(contentsOf: entry.name.utf8)
      result.append(0)
      result.append(contentsOf: try id(entry.id).bytes)
    }
    return result
  }

  static func toSHA256(_ body: [UInt8], id: (SHA1ID) throws -> ObjectID) throws -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(body.count * 2)
    for entry in try entries(body) {
      result.append(contentsOf: entry.head)
      result.append(contentsOf: try id(entry.id).bytes)
    }
    return result
  }

  /// - Throws: `tree_malformed`, and `tree_mode_forbidden` for what leads to no tree or blob of ours.
  static func entries(_ body: [UInt8]) throws(ObjectError) -> [Entry] {
    var entries: [Entry] = []
    var at = 0
    while at < body.count {
      guard let space = body[at...].prefix(8).firstIndex(of: 32),
        let end = body[space...].prefix(4097).firstIndex(of: 0), body.count - end > 20,
        let id = SHA1ID(bytes: body[(end + 1)..<(end + 21)])
      else {
        throw ObjectError(
          .treeMalformed, object: nil, message: "the tree is malformed: an entry is cut off")
      }
      let mode = String(decoding: body[at..<space], as: UTF8.self)
      guard let known = TreeEntry.Mode(rawValue: mode) else {
        throw ObjectError(
          .treeModeForbidden, object: nil,
          message: "mode \(mode.prefix(8)) is neither 100644 (file) nor 40000 (directory)")
      }
      entries.append(Entry(isFolder: known == .directory, head: body[at...end], id: id))
      at = end + 21
    }
    return entries
  }
}
