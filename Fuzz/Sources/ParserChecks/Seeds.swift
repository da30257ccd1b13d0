import Archives
import Platform

@testable import ObjectStore

/// Inputs to begin with, out of the folder of fixtures.
struct Seeds {
  private let fixtures: String
  private let files = FileSystem()
  private static var largest: Int { 1 << 16 }

  init(_ fixtures: String) { self.fixtures = fixtures }

  /// The files below a folder, in order of their paths; large ones are left out.
  func files(below folder: String) -> [[UInt8]] {
    paths(fixtures + "/" + folder).compactMap { try? files.read($0, limit: Self.largest) }
  }

  /// Bodies of the loose objects of one kind in the repositories of `git/`.
  func objects(_ kind: ObjectKind) -> [[UInt8]] {
    var bodies: Set<[UInt8]> = []
    let inflater = Inflater()
    for file in repositoryFiles() {
      let hex = file.name.split(separator: "/").suffix(2).joined()
      guard let id = ObjectID(hex: hex),
        let object = try? LooseObject.decode(file.bytes, id: id, limit: 1 << 20, with: inflater)
      else { continue }
      if object.kind == kind { bodies.insert(object.bytes) }
    }
    return sorted(bodies)
  }

  /// Files of the repositories whose names end so.
  func gitFiles(_ ending: String) -> [[UInt8]] {
    sorted(Set(repositoryFiles().filter { $0.name.hasSuffix(ending) }.map(\.bytes)))
  }

  /// As `PackChecks.isLookedUpSoundly` takes them.
  func packsWithIndex() -> [[UInt8]] {
    var result: Set<[UInt8]> = []
    for archive in repositories() {
      for index in archive where index.name.hasSuffix(".idx") {
        let name = index.name.dropLast(4) + ".pack"
        guard let pack = archive.first(where: { $0.name == name }) else { continue }
        let size = index.bytes.count
        let length = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) }
        result.insert(length + index.bytes + pack.bytes)
      }
    }
    return sorted(result)
  }

  /// HEAD, config, packed-refs and refs.
  func refFiles() -> [[UInt8]] {
    let names = ["HEAD", "config", "packed-refs"]
    let found = repositoryFiles().filter { names.contains($0.name) || $0.name.hasPrefix("refs/") }
    return sorted(Set(found.map(\.bytes)))
      + ["refs/heads/claims/pick-place", "HEAD", "refs/tags/a/b"].map { Array($0.utf8) }
  }

  /// Bundles around the packs.
  func bundles() -> [[UInt8]] {
    let id = ObjectID.of(.blob, [])
    let rows = ["HEAD", "refs/heads/claims/pick-place", "refs/tags/pick-place/first"]
      .compactMap { RefName($0).map { BundleHeader.Row($0, id) } }
    let head = BundleHeader(rows: rows).encoded
    return [head, Array("# v2 git bundle\n\n".utf8)] + gitFiles(".pack").map { head + $0 }
  }

  /// Small archives of each kind, made here.
  func archives() -> [[UInt8]] {
    let files = [
      ArchiveFile(name: "claim.json", bytes: Array("{\"a\":[1,2,3]}\n".utf8)),
      ArchiveFile(name: "raw/salt", bytes: [UInt8](repeating: 0x61, count: 200)),
      ArchiveFile(name: "empty", bytes: []),
    ]
    var result: [[UInt8]] = []
    for forcesZip64 in [false, true] {
      var zip: [UInt8] = []
      var writer = ZipWriter(modified: 0, forcesZip64: forcesZip64) { zip += $0 }
      for file in files { try? writer.add(file.name, file.bytes) }
      try? writer.finish()
      result.append(zip)
    }
    guard let tar = try? Tar.write(files, modified: 0) else { return result }
    var gzip: [UInt8] = []
    let packer = GzipWriter { gzip += $0 }
    try? packer.append(tar)
    try? packer.finish()
    return result + [tar, gzip]
  }

  private func repositories() -> [[ArchiveFile]] {
    paths(fixtures + "/git").filter { $0.hasSuffix(".tar") }
      .compactMap { try? Tar.read(try files.read($0)) }
  }

  private func repositoryFiles() -> [ArchiveFile] { repositories().flatMap { $0 } }

  private func sorted(_ bodies: Set<[UInt8]>) -> [[UInt8]] {
    bodies.sorted { $0.lexicographicallyPrecedes($1) }
  }

  private func paths(_ folder: String) -> [String] {
    var result: [String] = []
    for entry in (try? files.listIfPresent(folder)) ?? [] {
      guard let name = entry.name, name != "SOURCE.txt" else { continue }
      let path = folder + "/" + name
      if entry.kind == .directory { result += paths(path) } else { result.append(path) }
    }
    return result.sorted()
  }
}
