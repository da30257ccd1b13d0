/// A ref as a remote says it has it.
public struct RemoteHead: Sendable, Equatable {
  /// Foreign bytes, repaired where they are no UTF-8; for comparing and showing, never a path.
  public let name: String
  public let id: SHA1ID

  public init(name: String, id: SHA1ID) {
    self.name = name
    self.id = id
  }
}

/// What a service tells when a talk begins: gitprotocol-pack(5), "Reference Discovery".
public struct RefAdvertisement: Sendable, Equatable {
  public private(set) var heads: [RemoteHead] = []
  public private(set) var capabilities: Set<String> = []
  private var isBegun = false

  public init() {}

  /// What is wrong with a line.
  enum Mistake: Error, Equatable {
    case noRef
    /// Ids of 64 digits.
    case otherHash
    /// The service says that it does not want to.
    case refused(String)
  }

  /// Takes the next line in.
  mutating func take(_ line: [UInt8]) throws(Mistake) {
    var line = line[...]
    if line.last == 10 { line.removeLast() }
    if line.starts(with: "ERR ".utf8) {
      throw .refused(String(decoding: line.dropFirst(4), as: UTF8.self))
    }
    if !isBegun, line.elementsEqual("version 1".utf8) { return }
    if line.starts(with: "shallow ".utf8) { return }
    if !isBegun, let end = line.firstIndex(of: 0) {
      let words = String(decoding: line[(end + 1)...], as: UTF8.self).split(separator: " ")
      capabilities = Set(words.map(String.init))
      line = line[..<end]
    }
    isBegun = true
    if capabilities.contains("object-format=sha256") { throw .otherHash }
    guard line.count > 41, line[line.startIndex + 40] == 32,
      let id = SHA1ID(hexDigits: line.prefix(40))
    else { throw .noRef }
    let name = line.dropFirst(41)
    // Of no ref: that there is none, what a tag leads to, what an alternate has.
    if name.elementsEqual("capabilities^{}".utf8) || name.elementsEqual(".have".utf8) { return }
    if name.count > 3, name.suffix(3).elementsEqual("^{}".utf8) { return }
    heads.append(RemoteHead(name: String(decoding: name, as: UTF8.self), id: id))
  }
}
