import Evidence
import JSON
import Platform

/// Raw evidence that still lies in a folder, hashed again and held against the references.
///
/// No link is followed: a reference stands for bytes that lie in the folder itself.
struct RawFiles {
  let folder: String
  let files: FileSystem

  /// Words for what a file can be besides the one that was audited.
  enum Reason {
    static let missing = "raw_file_missing"
    static let unreadable = "raw_file_unreadable"
    static let moved = "raw_file_moved"
  }

  private struct Wanted: Sendable {
    /// Relative to the folder; nil where the reference has no path to look under.
    var path: String?
    var digest: String
    var size: Int?
  }

  private enum FileState: Equatable { case same, changed, unreadable, missing }

  /// The check `raw` with files at hand: every reference with a digest is looked for.
  func check(_ members: PackageMembers) throws -> CheckResult {
    let wanted = try wanted(members)
    let root = try ForeignFolder(folder, system: files)
    let states = Self.inParts(wanted.count) { part in
      var cursor = FolderCursor(root)
      var hasher = FileHasher()
      return part.map { Self.state(of: wanted[$0], &cursor, &hasher) }
    }
    func all(_ state: FileState) -> [Wanted] {
      zip(wanted, states).filter { $0.1 == state }.map(\.0)
    }
    let absent = all(.missing)
    let elsewhere = absent.isEmpty ? [:] : try find(absent, besides: all(.same), in: root)
    let lost = absent.filter { $0.path != nil && elsewhere[$0.digest] == nil }
    let moved = absent.filter { $0.path != nil && elsewhere[$0.digest] != nil }
    let nameless = absent.filter { $0.path == nil && elsewhere[$0.digest] == nil }.count
    var outcome = Outcome(
      total: wanted.count - nameless, changed: all(.changed).compactMap(\.path),
      unreadable: all(.unreadable).compactMap(\.path), missing: lost.compactMap(\.path),
      nameless: nameless)
    outcome.moved = moved.compactMap { row in
      row.path.map { ($0, elsewhere[row.digest] ?? "") }
    }
    return outcome.result
  }

  private func wanted(_ members: PackageMembers) throws -> [Wanted] {
    let manifest = try JSONValue.parse(try members.bytes(.rawEvidenceManifest))
    return (manifest["references"]?.array ?? []).compactMap { row in
      guard let digest = row["sha256"]?.string else { return nil }
      var path: String?
      if let uri = row["uri"]?.string, uri.hasPrefix("run:") {
        path = Self.safe(String(uri.dropFirst(4)))
      }
      return Wanted(path: path, digest: digest, size: row["size"]?.int.map { Int($0) })
    }
  }

  private static func state(
    of wanted: Wanted, _ cursor: inout FolderCursor, _ hasher: inout FileHasher
  ) -> FileState {
    guard let path = wanted.path else { return .missing }
    do throws(PlatformError) {
      let file = try cursor.file(Array(path.utf8))
      guard let digest = try hasher.digest(of: file) else { return .unreadable }
      return digest.text == wanted.digest && !digest.isTorn ? .same : .changed
    } catch {
      return error.code == .fileNotFound ? .missing : .unreadable
    }
  }

  /// Where bytes of the right digest lie, among files of the right size under any other name.
  private func find(
    _ absent: [Wanted], besides found: [Wanted], in root: ForeignFolder
  ) throws -> [String: String] {
    let sizes = Set(absent.compactMap(\.size))
    let digests = Set(absent.map(\.digest))
    let known = Set(found.compactMap(\.path))
    let others = try FolderListing(root).files.filter {
      sizes.contains($0.size) && !known.contains($0.path)
    }
    let hashes = Self.inParts(others.count) { part in
      var cursor = FolderCursor(root)
      var hasher = FileHasher()
      return part.map { place in
        (try? cursor.file(Array(others[place].path.utf8)))
          .flatMap { try? hasher.digest(of: $0) }?.text
      }
    }
    let pairs = zip(hashes, others).compactMap { hash, file in hash.map { ($0, file.path) } }
    return Dictionary(
      pairs.filter { digests.contains($0.0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Results for 0…count-1 in order; each thread keeps its folders and buffer for a part of them.
  private static func inParts<Result: Sendable>(
    _ count: Int, _ body: @Sendable (Range<Int>) -> [Result]
  ) -> [Result] {
    let parts = stride(from: 0, to: count, by: 32).map { $0..<min(count, $0 + 32) }
    return Array(concurrentMap(parts, body).joined())
  }

  /// A relative path without `..`, or nil: a reference never leads out of the folder.
  private static func safe(_ path: String) -> String? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let isSafe = !path.isEmpty && !parts.contains { $0.isEmpty || $0 == "." || $0 == ".." }
    return isSafe ? path : nil
  }
}

extension RawFiles {
  /// What was found of all references, told as one check: the worst kind gives word and path, the
  /// words count all kinds.
  private struct Outcome {
    var total: Int
    var changed: [String]
    var unreadable: [String]
    var missing: [String]
    /// References without a path whose bytes were not found anywhere.
    var nameless: Int
    var moved: [(from: String, to: String)] = []

    var result: CheckResult {
      if let first = changed.first {
        return fail(EvidenceError.Code.digestMismatch.rawValue, first, .bytesChanged)
      }
      if let first = unreadable.first { return fail(Reason.unreadable, first, .missing) }
      if let first = missing.first { return fail(Reason.missing, first, .missing) }
      let rest = nameless > 0 ? "; \(nameless) have no path to look under" : ""
      guard let first = moved.first else {
        return CheckResult(
          .raw, .pass, detail: "\(total) raw files hash to their references\(rest)")
      }
      return CheckResult(
        .raw, .pass, reason: Reason.moved,
        detail: "\(total) raw files hash to their references, \(moved.count) of them under another"
          + " name: \(first.from) is now \(first.to)\(rest)", path: first.from)
    }

    private func fail(
      _ reason: String, _ path: String, _ fault: CheckResult.Fault
    ) -> CheckResult {
      let parts = [
        (changed.count, "hold other bytes than were audited"), (unreadable.count, "cannot be read"),
        (missing.count, "are not in the folder"),
        (moved.count, "lie there under another name"),
      ]
      let words = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
      return CheckResult(
        .raw, .fail, reason: reason,
        detail: "of \(total) raw files " + words.joined(separator: ", "), path: path, fault: fault)
    }
  }
}
