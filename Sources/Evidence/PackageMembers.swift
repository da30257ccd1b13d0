internal import Archives
internal import Platform

/// The members of one package, wherever their bytes come from: folder, archive or memory.
///
/// Names of unknown members and of the `raw/` tree are kept. A member in a folder is read when it is
/// asked for; `reader` gives one of any size in pieces.
public struct PackageMembers: Sendable {
  enum Source: Sendable {
    case bytes([UInt8])
    case file(String)
    case pieces(MemberPieces)
  }

  private var sources: [String: Source] = [:]
  private let files: FileSystem

  /// Members in memory, by name; `raw/…` paths may be among them.
  public init(_ members: [String: [UInt8]] = [:]) {
    files = FileSystem()
    sources = members.mapValues { .bytes($0) }
  }

  init(files: FileSystem) { self.files = files }

  /// All names, in byte order.
  public var names: [String] { sources.keys.sorted(by: precedes) }

  /// Names outside of the eleven and of `raw/`.
  public var extraNames: [String] {
    sources.keys.filter { MemberName(rawValue: $0) == nil && !$0.hasPrefix("raw/") }
      .sorted(by: precedes)
  }

  /// The `raw/` tree by path, `member_unreadable` where one cannot be read.
  public func rawBlobs() throws(EvidenceError) -> [String: [UInt8]] {
    var blobs: [String: [UInt8]] = [:]
    for name in sources.keys where name.hasPrefix("raw/") { blobs[name] = try bytes(name) }
    return blobs
  }

  /// The same; what cannot be read is empty, and so differs from any reference.
  func readableRawBlobs() -> [String: [UInt8]] {
    var blobs: [String: [UInt8]] = [:]
    for name in sources.keys where name.hasPrefix("raw/") {
      blobs[name] = (try? bytes(name)) ?? []
    }
    return blobs
  }

  /// Paths of the `raw/` tree.
  public var rawPaths: [String] {
    sources.keys.filter { $0.hasPrefix("raw/") }.sorted(by: precedes)
  }

  public func contains(_ name: String) -> Bool { sources[name] != nil }
  public func contains(_ name: MemberName) -> Bool { contains(name.rawValue) }

  /// The bytes of a member: `member_missing`, or `member_unreadable` with the system's reason.
  public func bytes(_ name: String) throws(EvidenceError) -> [UInt8] {
    switch sources[name] {
    case .bytes(let bytes): return bytes
    case .file(let path):
      do throws(PlatformError) {
        return try files.read(path)
      } catch {
        throw EvidenceError(.memberUnreadable, EvidencePlace(member: name), error.message)
      }
    case .pieces(let pieces):
      do {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(pieces.size)
        let next = pieces.open()
        while let piece = try next() { bytes += piece }
        return bytes
      } catch {
        throw MemberReader.unreadable(name, error)
      }
    case nil: throw missing(name)
    }
  }

  /// The bytes of a member that lies in memory; nil for any other.
  func held(_ name: String) -> [UInt8]? {
    guard case .bytes(let bytes)? = sources[name] else { return nil }
    return bytes
  }

  /// The size of a member: `member_missing`, or `member_unreadable` with the system's reason.
  public func size(_ name: String) throws(EvidenceError) -> Int {
    switch sources[name] {
    case .bytes(let bytes): return bytes.count
    case .pieces(let pieces): return pieces.size
    case .file(let path):
      do throws(PlatformError) {
        return try files.status(path).size
      } catch {
        throw MemberReader.unreadable(name, error)
      }
    case nil: throw missing(name)
    }
  }

  /// A member from front to back in pieces, so that its size does not matter.
  ///
  /// - Throws: as `bytes`.
  public func reader(_ name: String) throws(EvidenceError) -> MemberReader {
    switch sources[name] {
    case .bytes(let bytes): return MemberReader(name, MemberPieces(bytes).open())
    case .pieces(let pieces): return MemberReader(name, pieces.open())
    case .file(let path):
      do throws(PlatformError) {
        return MemberReader(name, try MemberPieces.open(path, files))
      } catch {
        throw MemberReader.unreadable(name, error)
      }
    case nil: throw missing(name)
    }
  }

  /// A member under another name, held where it is small.
  func found(_ name: String, as other: String) throws(EvidenceError) -> FoundFile {
    let size = try size(name)
    if size <= FoundFile.mostHeld { return FoundFile(name: other, bytes: try bytes(name)) }
    return FoundFile(
      name: other, size: size,
      content: .pieces {
        var reader: MemberReader?
        return {
          let reading = try reader ?? self.reader(name)
          reader = reading
          return try reading.next()
        }
      })
  }

  private func missing(_ name: String) -> EvidenceError {
    EvidenceError(
      .memberMissing, EvidencePlace(member: name), "expected this member in the package")
  }

  public func bytes(_ name: MemberName) throws(EvidenceError) -> [UInt8] {
    try bytes(name.rawValue)
  }

  /// Sets a member's bytes, or removes it.
  public mutating func set(_ name: String, to bytes: [UInt8]?) {
    sources[name] = bytes.map { .bytes($0) }
  }

  /// Sets a member whose bytes come in pieces.
  public mutating func set(_ name: String, to pieces: MemberPieces) {
    sources[name] = .pieces(pieces)
  }

  mutating func add(_ name: String, _ source: Source) { sources[name] = source }
}
