import Evidence
import Glibc
import JSON
import Platform
import Synchronization
import TestSupport
import Testing

@testable import Adapters

/// Folders that are made to hang, lead astray, or exhaust whoever reads them.
struct RunFolderHostileTests {
  private static let token = "hf_" + "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY2z"

  /// An import by a clock that goes on by a second each time that it is asked.
  private func timed(
    _ made: MadeRunFolder, seconds: Int, _ change: (inout RunFolderOptions) -> Void = { _ in }
  ) throws -> (result: RunFolderImport, asked: Int) {
    let asked = AskedClock()
    var options = RunFolderOptions()
    options.limits.seconds = seconds
    change(&options)
    var surroundings = MadeRunFolder.surroundings()
    surroundings.elapsed = { asked.next() }
    let result = try importRunFolder(
      made.path, claim: nil, plan: nil, options: options, surroundings: surroundings,
      files: FileSystem())
    return (result, asked.count)
  }

  private final class AskedClock: Sendable {
    private let number = Atomic(0)
    func next() -> Duration { .seconds(number.add(1, ordering: .relaxed).newValue) }
    var count: Int { number.load(ordering: .relaxed) }
  }

  // MARK: - Time

  @Test func `time is looked at for every file, not for thousands of them`() throws {
    let made = try MadeRunFolder()
    for number in 0..<200 { try made.put("a/\(number).txt", "x") }
    let (result, asked) = try timed(made, seconds: 50)
    #expect(result.decision.reasons == [.limitsExceeded])
    #expect(result.report.json["limits"]?["hit"] == "time")
    #expect(result.report.json["root"]?["complete"] == false)
    #expect(asked <= 210)
    #expect(try timed(made, seconds: 1000).result.decision.reasons == [.narrativeEvidence])
  }

  @Test func `time is looked at while names are listed`() throws {
    let made = try MadeRunFolder()
    for number in 0..<50 { try made.put("\(number)/a.txt", Self.token) }
    let (result, asked) = try timed(made, seconds: 20)
    #expect(result.report.json["limits"]?["hit"] == "time")
    #expect(asked < 30 && result.report.secretsByKind.isEmpty)
  }

  @Test func `time is looked at inside of one large file`() throws {
    let made = try MadeRunFolder(["v.mp4": "\u{0}\u{0}\u{0}\u{18}ftypisom"])
    truncate(made.path + "/v.mp4", 64 << 30)
    let (result, asked) = try timed(made, seconds: 100) { $0.hashesRaw = true }
    #expect(result.report.json["limits"]?["hit"] == "time")
    #expect(asked < 120)
    // Without digests a film is not read at all.
    let (quick, _) = try timed(made, seconds: 100)
    #expect(quick.decision.reasons == [.narrativeEvidence])
  }

  @Test func `time is looked at while a large result is read`() throws {
    let made = try MadeRunFolder([
      "results.json": "[\"" + String(repeating: "x", count: 1 << 17)
    ])
    truncate(made.path + "/results.json", 1 << 30)
    let (result, asked) = try timed(made, seconds: 8) {
      $0.limits.scannedBytes = 1 << 17
    }
    #expect(result.report.json["limits"]?["hit"] == "time")
    #expect(asked < 40)
  }

  @Test func `candidates and rows are counted while files are read, not behind all of them`() throws
  {
    let made = try MadeRunFolder()
    for number in 0..<6000 {
      try made.put("\(number).jsonl", "{\"success\": true, \"episode\": 1}\n")
    }
    let result = try made.look(claim: nil)
    #expect(result.report.json["limits"]?["hit"] == "candidates")
    let files = (result.report.json["inventory"]?.array ?? []).reduce(0) {
      $0 + Int($1["files"]?.int ?? 0)
    }
    #expect(files <= 4096)
  }

  @Test func `rounds take every file once, in order, and never much at a time`() throws {
    let made = try MadeRunFolder()
    for number in 0..<300 { try made.put("\(number).log", "x") }
    for number in 0..<20 {
      try made.put("big/\(number).mp4", "x")
      truncate(made.path + "/big/\(number).mp4", 12 << 20)
    }
    let root = try ForeignFolder(made.path, system: FileSystem())
    let files = try FolderWalk(
      root, mounts: MountPoints(below: made.path, files: FileSystem()), options: RunFolderOptions(),
      deadline: ImportDeadline(elapsed: { .zero }, seconds: 1)
    ).files
    #expect(files.count == 320)
    var next = 0
    while next < files.count {
      let pieces = LookingRound.pieces(of: files, from: next)
      #expect(pieces.count <= 64)
      var total = 0
      for piece in pieces {
        #expect(piece.lowerBound == next && (1...64).contains(piece.count))
        next = piece.upperBound
        let bytes = files[piece].reduce(0) { $0 + $1.status.size }
        #expect(bytes <= 32 << 20)
        total += bytes
      }
      #expect(total <= 160 << 20)
    }
    var told: [Int] = []
    _ = try importRunFolder(
      made.path, claim: nil, plan: nil, options: RunFolderOptions(),
      surroundings: MadeRunFolder.surroundings(), files: FileSystem()
    ) { done, total in
      #expect(total == 320)
      told.append(done)
    }
    #expect(told.count >= 2 && told == told.sorted() && told.last == 320)
  }

  // MARK: - Shapes of folders

  @Test func `ten thousand folders below each other end at the limit`() throws {
    let made = try MadeRunFolder()
    var descriptor = open(made.path, O_RDONLY | O_DIRECTORY)
    for _ in 0..<10_000 {
      mkdirat(descriptor, "d", 0o700)
      let inner = openat(descriptor, "d", O_RDONLY | O_DIRECTORY)
      close(descriptor)
      descriptor = inner
    }
    close(descriptor)
    defer { _ = try? run(["rm", "-rf", made.path]) }
    let result = try made.look()
    #expect(result.decision.reasons == [.limitsExceeded])
    #expect(result.report.json["limits"]?["hit"] == "depth")
    let deepest = try made.look { $0.limits.depth = 256 }
    #expect(deepest.report.json["limits"]?["hit"] == "depth")
  }

  @Test func `names of the longest sort are read, and paths beyond the limit end it`() throws {
    let long = String(repeating: "n", count: 255)
    let made = try MadeRunFolder(["\(long)/\(long)": Self.token])
    let result = try made.look()
    #expect(result.decision.reasons == [.secretInFolder])
    #expect(try made.look { $0.limits.nameBytes = 254 }.report.json["limits"]?["hit"] == "name")
    #expect(try made.look { $0.limits.pathBytes = 510 }.report.json["limits"]?["hit"] == "path")
    #expect(try made.look { $0.limits.pathBytes = 511 }.decision.reasons == [.secretInFolder])
  }

  @Test func `holes count by apparent size and are not read where nobody asks`() throws {
    let made = try MadeRunFolder(["r.jsonl": episodeLines(sixRows()), "w.bin": "\u{0}"])
    truncate(made.path + "/w.bin", 1 << 39)
    #expect(try made.reasons() == ["accepted"])
    truncate(made.path + "/w.bin", 1 << 40)
    #expect(try made.look().report.json["limits"]?["hit"] == "bytes")
    // A text with a hole in it is searched on both sides.
    try made.put("w.bin", "x")
    let log = made.path + "/a.log"
    try made.put("a.log", "start\n")
    truncate(log, 1 << 20)
    let file = open(log, O_WRONLY | O_APPEND)
    _ = Array("\n\(Self.token)\n".utf8).withUnsafeBytes {
      Glibc.write(file, $0.baseAddress, $0.count)
    }
    close(file)
    #expect(try made.reasons() == ["secret_in_folder"])
  }

  @Test func `what is no file is named and never opened`() throws {
    let made = try MadeRunFolder(["r.jsonl": episodeLines(sixRows())])
    mkfifo(made.path + "/results.json", 0o600)
    let socket = try makeSocket(made.path + "/s")
    defer { close(socket) }
    mknod(made.path + "/zero", S_IFCHR | 0o600, dev_t(1 << 8 | 5))
    for (name, target) in [
      ("proc", "/proc"), ("root", "/proc/self/root"), ("dev", "/dev/zero"), ("me", "."),
      ("fd", "/proc/self/fd/0"), ("a", "b"), ("b", "a"),
    ] {
      try made.link(name, to: target)
    }
    let result = try made.look { $0.hashesRaw = true }
    #expect(result.decision.reasons == [.accepted])
    let found = result.report.json["notes"]?.array ?? []
    let special = found.filter { $0["note"] == "special_file_skipped" }
    #expect(special.contains { $0["path"] == "results.json" })
    #expect(special.count == (getuid() == 0 ? 3 : 2))
    #expect(found.count { $0["note"] == "symlink_not_followed" } == 7)
    #expect(!(try written(result)).contains("/proc"))
  }

  @Test(arguments: ["folder", "file"])
  func `what becomes a link during the scan is not followed`(which: String) throws {
    let made = try MadeRunFolder(["r.jsonl": episodeLines(sixRows()), "swap/a.txt": "x"])
    let outside = made.folder.path + "/outside"
    try FileSystem().makeDirectories(outside)
    try write(Array(Self.token.utf8), to: outside + "/a.txt")
    let path = made.path + "/swap" + (which == "file" ? "/a.txt" : "")
    let name = which == "file" ? "a.txt" : "swap"
    let target = outside + (which == "file" ? "/a.txt" : "")
    let times = Atomic(0)
    let files = FileSystem { operation, opened, _ in
      guard operation == .open, opened == name else { return nil }
      // The walk opens a folder once; a file is opened when it is looked at.
      if times.add(1, ordering: .relaxed).newValue == (which == "file" ? 1 : 2) {
        rename(path, path + "-away")
        symlink(target, path)
      }
      return nil
    }
    let result = try importRunFolder(
      made.path, claim: try FixtureClaim.frozen.claim(), plan: try FixtureClaim.frozen.plan(),
      options: RunFolderOptions(), surroundings: MadeRunFolder.surroundings(), files: files)
    #expect(times.load(ordering: .relaxed) > 0)
    #expect(result.report.secretsByKind.isEmpty)
    #expect(notes(result).isSuperset(of: ["changed"]) || notes(result).contains("unreadable_file"))
  }

  @Test func `a file that grows for ever has an end, one that vanishes is named`() throws {
    let made = try MadeRunFolder(["grow.log": "x\n", "gone.log": "x\n"])
    let (grow, gone) = (made.path + "/grow.log", made.path + "/gone.log")
    let files = FileSystem { operation, name, _ in
      if operation == .read {
        let file = open(grow, O_WRONLY | O_APPEND)
        _ = Glibc.write(file, "more and more\n", 14)
        close(file)
      }
      if operation == .open, name == "gone.log" { unlink(gone) }
      return nil
    }
    let result = try importRunFolder(
      made.path, claim: nil, plan: nil, options: RunFolderOptions(),
      surroundings: MadeRunFolder.surroundings(), files: files)
    #expect(notes(result).isSuperset(of: ["changed", "vanished"]))
  }

  @Test func `a folder that may not be read is named, and the rest is read`() throws {
    let made = try MadeRunFolder(["r.jsonl": episodeLines(sixRows()), "locked/a.txt": Self.token])
    let files = FileSystem { operation, name, _ in
      operation == .open && name == "locked" ? .fail(EACCES) : nil
    }
    let result = try importRunFolder(
      made.path, claim: try FixtureClaim.frozen.claim(), plan: try FixtureClaim.frozen.plan(),
      options: RunFolderOptions(), surroundings: MadeRunFolder.surroundings(), files: files)
    #expect(result.decision.reasons == [.accepted])
    let noted = (result.report.json["notes"]?.array ?? []).filter {
      $0["note"] == "unreadable_file"
    }
    #expect(noted.compactMap { $0["path"]?.string } == ["locked"])
  }

  // MARK: - Names

  @Test func `no name moves a cursor, hides text or breaks a line`() throws {
    let names = [
      "new\nline.txt", "\u{1B}[2Jclear.txt", "\u{202E}txt.exe", "bell\u{7}.txt", "\u{9B}31m.txt",
      "\u{2066}iso.txt", "line\u{2028}sep.txt", "\u{61C}mark.txt", "back\u{8}.txt",
    ]
    let made = try MadeRunFolder(["r.jsonl": episodeLines(sixRows())])
    for name in names {
      try made.put(name + "/x/notes.md", "hi")
      try made.put("y/" + name + ".mp4", "no film")
      try made.link("link " + name, to: "nowhere")
    }
    let result = try made.look()
    #expect(result.decision.reasons == [.accepted])
    let shown =
      result.report.lines.joined()
      + (result.report.json["notes"]?.array ?? []).compactMap { $0["path"]?.string }.joined()
    let hidden = shown.unicodeScalars.filter {
      $0.properties.generalCategory == .control || $0.properties.generalCategory == .format
        || $0.properties.generalCategory == .lineSeparator
    }
    #expect(hidden.isEmpty, "\(hidden.map { String($0.value, radix: 16) })")
    #expect(shown.contains("new\\u{a}line"))
  }

  @Test func `a token that names a folder, a link or a file is a finding and is not shown`() throws
  {
    for place in ["folder", "link", "file"] {
      let made = try MadeRunFolder(["r.jsonl": episodeLines(sixRows())])
      switch place {
      case "folder": try made.put("\(Self.token)/a/x.txt", "x")
      case "link": try made.link(Self.token, to: "r.jsonl")
      default: try made.put("a/\(Self.token).txt", "x")
      }
      let result = try made.look()
      #expect(result.decision.reasons == [.secretInFolder], "\(place)")
      #expect(result.report.secretsByKind.map(\.kind) == ["hf_token"], "\(place)")
      #expect(result.report.secretsByKind.map(\.count) == [1], "\(place)")
      #expect(!(try written(result)).contains(Self.token), "\(place)")
    }
  }
}
