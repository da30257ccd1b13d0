/// The head of a git bundle, version 3: gitformat-bundle(5).
///
/// `# v3 git bundle`, lines `@capability`, lines `-ID comment` for commits that the reader must have,
/// lines `ID REF`, an empty line; behind it lies a pack.
public struct BundleHeader: Sendable, Equatable {
  /// One line of the list of refs.
  public struct Row: Sendable, Equatable {
    public let name: RefName
    public let target: ObjectID
    public init(_ name: RefName, _ target: ObjectID) {
      self.name = name
      self.target = target
    }
  }

  public let rows: [Row]
  public let prerequisites: [ObjectID]
  /// Bytes of the head; the pack begins there.
  public let size: Int

  /// Heads above this many bytes are refused: a hundred thousand refs fit.
  public static var longest: Int { 16 << 20 }

  /// The head of a bundle that has all its history in it.
  public init(rows: [Row]) {
    self.rows = rows
    prerequisites = []
    size = Self.encoded(rows).count
  }

  /// The bytes of such a head.
  public var encoded: [UInt8] { Self.encoded(rows) }

  /// Whether a file begins as git bundles of any version do.
  public static func isBundle(_ head: [UInt8]) -> Bool {
    head.starts(with: Array("# v".utf8))
      && head.dropFirst(4).starts(with: Array(" git bundle\n".utf8))
  }

  /// Reads the head from the first bytes of a file.
  ///
  /// - Throws: `bundle_malformed`, `object_format_unsupported` for SHA-1, `bundle_capability_unknown`,
  ///   `ref_name_invalid`.
  public init(_ bytes: [UInt8]) throws(ObjectError) {
    var lines = Lines(bytes: bytes)
    let first = try lines.next()
    guard first == "# v3 git bundle" else {
      if first == "# v2 git bundle" { throw Self.wrongFormat }
      throw Self.malformed(0, "this is no git bundle of version 3")
    }
    var rows: [Row] = []
    var names: Set<RefName> = []
    var prerequisites: [ObjectID] = []
    var isSHA256 = false
    while true {
      let place = lines.at
      let line = try lines.next()
      if line.isEmpty { break }
      let isEarly = rows.isEmpty && prerequisites.isEmpty
      if line.hasPrefix("@") {
        guard isEarly else { throw Self.malformed(place, "a capability stands among the refs") }
        if line == "@object-format=sha1" { throw Self.wrongFormat }
        guard line == "@object-format=sha256" else {
          throw ObjectError(
            .bundleCapabilityUnknown, place: String(line.prefix(80)),
            message: "the bundle asks for something that is not known here")
        }
        isSHA256 = true
        continue
      }
      guard isSHA256 else { throw Self.wrongFormat }
      if line.hasPrefix("-") {
        guard rows.isEmpty, let id = Self.id(line.dropFirst()) else {
          throw Self.malformed(place, "this is no commit that the reader must have")
        }
        prerequisites.append(id)
        continue
      }
      guard let id = Self.id(line), line.utf8.count > 65 else {
        throw Self.malformed(place, "this is no id with the name of a ref")
      }
      let text = String(line.dropFirst(65))
      guard let name = RefName(text) else {
        throw ObjectError(
          .refNameInvalid, place: String(text.prefix(200)), message: "this cannot be a ref's name")
      }
      guard names.insert(name).inserted else { throw Self.malformed(place, "a ref is named twice") }
      rows.append(Row(name, id))
    }
    self.rows = rows
    self.prerequisites = prerequisites
    size = lines.at
  }

  private static func encoded(_ rows: [Row]) -> [UInt8] {
    var bytes = Array("# v3 git bundle\n@object-format=sha256\n".utf8)
    for row in rows { bytes += Array("\(row.target) \(row.name)\n".utf8) }
    return bytes + [10]
  }

  /// The id at a line's start, a space or the line's end behind it.
  private static func id(_ line: some StringProtocol) -> ObjectID? {
    let bytes = Array(line.utf8)
    guard bytes.count == 64 || bytes.count > 64 && bytes[64] == 32 else { return nil }
    return ObjectID(hex: String(decoding: bytes[..<64], as: UTF8.self))
  }

  fileprivate static func malformed(_ offset: Int, _ why: String) -> ObjectError {
    ObjectError(.bundleMalformed, place: "bundle, byte \(offset)", message: why)
  }

  private static var wrongFormat: ObjectError {
    ObjectError(
      .objectFormatUnsupported, place: "bundle",
      message: "the bundle holds SHA-1 objects, not SHA-256")
  }
}

/// Lines of the head, each ended by a line feed.
private struct Lines {
  let bytes: [UInt8]
  var at = 0

  mutating func next() throws(ObjectError) -> String {
    // The longest line is an id and the longest name of a ref.
    guard let end = bytes[at...].prefix(2048).firstIndex(of: 10),
      let text = String(validating: bytes[at..<end], as: UTF8.self)
    else { throw BundleHeader.malformed(at, "the head is cut off here, or is no text") }
    at = end + 1
    return text
  }
}
