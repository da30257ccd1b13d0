import Conformance
import Evidence
import JSON
import Platform
import TestSupport
import Testing

@testable import Adapters

/// Random damage to the files of messy folders (IMPORT §9.6).
struct RunFolderMutationTests {
  private struct Round: Sendable {
    var folder: String
    var mutations: Int
    var seed: UInt64
  }

  /// Ten thousand mutated files from a fixed seed; `WF_MUTATIONS=1000000` for a long run.
  ///
  /// Every file of a folder is damaged by itself before the folder is imported, so that one import
  /// meets several.
  @Test func `mutated folders end in one of the three decisions and give no token away`() throws {
    let wanted = Int(Surroundings.process().environment["WF_MUTATIONS"] ?? "") ?? 10_000
    let rounds = (0..<2).map {
      Round(folder: "\($0)", mutations: wanted / 2, seed: 8785 &+ UInt64($0))
    }
    let folder = TemporaryFolder()
    let table = try RunFolderRecipe(Fixtures.path("run-folders"))
    for round in rounds {
      try FileSystem().makeDirectories(folder.path + "/" + round.folder)
      try table.make(in: folder.path + "/" + round.folder)
    }
    let claim = try FixtureClaim.frozen.claim()
    let plan = try FixtureClaim.frozen.plan()
    let faults = try concurrentMap(rounds) { round in
      try mutate(round, in: folder.path + "/" + round.folder, claim, plan)
    }
    #expect(faults.flatMap { $0 }.isEmpty, "\(faults)")
  }

  private func mutate(
    _ round: Round, in place: String, _ claim: Claim, _ plan: EvaluationProtocol
  ) throws -> [String] {
    let files = FileSystem()
    let folders = try sources(in: place)
    let tokens = try tokens(in: place)
    var generator = SeededGenerator(seed: round.seed)
    var faults: [String] = []
    var done = 0
    while done < round.mutations {
      let (name, paths, originals) = folders[Int.random(in: 0..<folders.count, using: &generator)]
      for (path, bytes) in zip(paths, originals) {
        try files.write(mutated(bytes, &generator), to: path)
      }
      done += paths.count
      let result = try importRunFolder(
        place + "/" + name, claim: claim, plan: plan, options: RunFolderOptions(),
        surroundings: MadeRunFolder.surroundings(), files: files)
      if result.decision.reasons.isEmpty { faults.append("\(done) \(name): no reason") }
      if (result.run != nil) != (result.decision.kind == .accept) {
        faults.append("\(done) \(name): \(result.decision.kind)")
      }
      let text = try written(result)
      for token in tokens where text.contains(token) {
        faults.append("\(done) \(name): \(token.prefix(4))…")
      }
    }
    return faults
  }

  /// Per folder the files that can be damaged, and their bytes.
  private func sources(in place: String) throws -> [(String, [String], [[UInt8]])] {
    let files = FileSystem()
    return try files.list(place).compactMap { entry in
      // What may not be read, and what is only large in number.
      guard entry.kind == .directory, let name = entry.name, !name.hasPrefix("25-"),
        !name.hasPrefix("claim")
      else { return nil }
      let paths = try regularFiles(below: place + "/" + name, files: files)
        .filter { !$0.contains("locked") }.map { place + "/" + name + "/" + $0 }
      return paths.isEmpty ? nil : (name, paths, try paths.map { try Fixtures.read($0) })
    }
  }

  /// Canaries that are credentials by themselves: damage around them hides none.
  private func tokens(in place: String) throws -> [String] {
    let table = try JSONValue.parse(try FileSystem().read(place + "/cases.json"))
    let all = (table["cases"]?.array ?? []).flatMap { $0["canaries"]?.array ?? [] }
    let found = Set(all.compactMap(\.string).filter { Redactor.findsSecret($0) })
    return found.sorted()
  }

  private func mutated(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var result = bytes
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let place = Int.random(in: 0...result.count, using: &generator)
      switch Int.random(in: 0..<7, using: &generator) {
      case 0: result = Array(result.prefix(place))
      case 1 where place < result.count:
        result[place] = UInt8.random(in: 0...255, using: &generator)
      case 2: result.insert(contentsOf: Array("[{\"".utf8), at: place)
      case 3:
        result.insert(contentsOf: Array("-----BEGIN PRIVATE KEY-----https://a:b@".utf8), at: place)
      case 4 where result.count < 1 << 16: result.append(contentsOf: result.prefix(place))
      case 5:
        let count = Int.random(in: 1...16, using: &generator)
        let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        result.insert(contentsOf: noise, at: place)
      default:
        let end = Int.random(in: place...result.count, using: &generator)
        result.removeSubrange(place..<end)
      }
    }
    return result
  }
}
