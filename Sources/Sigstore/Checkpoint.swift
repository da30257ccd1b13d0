internal import Platform

/// A signed note (C2SP signed-note) whose text is a log's checkpoint (C2SP tlog-checkpoint).
struct Checkpoint: Sendable {
  struct Line: Sendable {
    let name: String
    let keyID: [UInt8]
    let signature: [UInt8]
  }

  static let sizeLimit = 65_536
  private static let lineLimit = 64

  /// What is signed, with its final newline.
  let text: [UInt8]
  let origin: String
  let size: Int64
  let root: [UInt8]
  let lines: [Line]

  /// nil for a text that is no note, or whose text is no checkpoint.
  init?(_ note: String) {
    let bytes = Array(note.utf8)
    guard bytes.count <= Self.sizeLimit, bytes.last == 10,
      !bytes.contains(where: { $0 < 32 && $0 != 10 || $0 == 127 }),
      let split = bytes.indices.dropFirst().last(where: { bytes[$0] == 10 && bytes[$0 - 1] == 10 })
    else { return nil }
    text = Array(bytes[..<split])
    let signatures = String(decoding: bytes[(split + 1)...].dropLast(), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    guard (1...Self.lineLimit).contains(signatures.count) else { return nil }
    var lines: [Line] = []
    for signature in signatures {
      guard let line = Line(signature) else { return nil }
      lines.append(line)
    }
    self.lines = lines
    let head = String(decoding: text.dropLast(), as: UTF8.self)
      .split(separator: "\n", maxSplits: 3, omittingEmptySubsequences: false)
    guard head.count >= 3, !head[0].isEmpty, let size = Int64(head[1]), String(size) == head[1],
      size >= 0, let root = Base64.decode(head[2]), root.count == 32
    else { return nil }
    origin = String(head[0])
    self.size = size
    self.root = root
  }

  /// Checks the log's own signature, wherever among the lines it stands.
  ///
  /// - Parameter isSecondGeneration: a Rekor v2 log signs as the host of its address; of a v1 log
  ///   the first line is `HOST - TREE`, and no one else knows its tree.
  func isSigned(by log: LogKey, isSecondGeneration: Bool) -> Bool {
    let name: String
    if isSecondGeneration {
      guard log.hosts.contains(origin) else { return false }
      name = origin
    } else {
      // names hold no spaces
      let host = origin.prefix { $0 != " " }
      guard origin.dropFirst(host.count).hasPrefix(" - ") else { return false }
      name = String(host)
    }
    let keyID = log.checkpointKeyID.map { Array($0.prefix(4)) } ?? Self.keyID(log.key, name: name)
    let own = lines.filter { $0.name == name && $0.keyID == keyID }
    // A line of a known key that fails refuses the note, another good one or not.
    return !own.isEmpty && own.allSatisfy { log.key.verifies($0.signature, of: text) }
  }

  private static func keyID(_ key: VerificationKey, name: String) -> [UInt8] {
    guard let raw = key.ed25519Bytes else { return Array(sha256(key.spki).prefix(4)) }
    return Array(sha256(Array(name.utf8) + [10, 1] + raw).prefix(4))
  }
}

extension Checkpoint.Line {
  /// `— NAME BASE64`, where the value begins with four bytes of key id.
  init?(_ line: Substring) {
    let parts = line.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "\u{2014}", !parts[1].isEmpty, !parts[1].contains("+"),
      let value = Base64.decode(parts[2]), value.count > 4
    else { return nil }
    name = String(parts[1])
    keyID = Array(value.prefix(4))
    signature = Array(value.dropFirst(4))
  }
}
