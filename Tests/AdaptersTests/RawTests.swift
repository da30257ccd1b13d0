import Adapters
import Evidence
import Glibc
import Platform
import TestSupport
import Testing

struct RawTests {
  private let folder = TemporaryFolder()
  private static let mp4 = [0, 0, 0, 16] + Array("ftypisom".utf8) + [0, 0, 2, 0]

  /// A run of one task per (suite, id) with these video paths.
  private func run(_ tasks: [(suite: String, id: String, videos: [String])]) throws -> SavedRun {
    var run = try read(good("zero-episodes-v0.4"))
    run.tasks = tasks.map { suite, id, videos in
      var task = SavedTask(
        suite: suite, taskID: id, name: nil,
        outcomes: [UInt8](repeating: UInt8(ascii: "S"), count: videos.count))
      task.media = videos.enumerated().map { row, path in
        MediaReference(row: row, role: "rollout_video", path: path)
      }
      return task
    }
    return run
  }

  private func locate(_ run: SavedRun, in raw: String?) throws -> [LocatedReference] {
    try locateRaw(run: run, inputs: [], rawFolder: raw, files: FileSystem()).media.flatMap { $0 }
  }

  private func place(_ path: String, _ bytes: [UInt8] = RawTests.mp4) throws {
    try write(bytes, to: folder.path + "/" + path)
  }

  @Test func `without a folder every video is named and not looked for`() throws {
    let found = try locate(try read(good("nan-reward-v0.4")), in: nil)
    #expect(found.count == 6)
    #expect(found.allSatisfy { $0.state == .referenced && $0.reference.sha256 == nil })
    #expect(found.first?.reference.uri == "run:v/metaworld_3/eval_episode_0.mp4")
    #expect(found.first?.reference.originalName == "eval_episode_0.mp4")
    #expect(found.first?.reference.episodeKeys == ["metaworld/3/0"])
  }

  @Test(arguments: ["v1", "v2"])
  func `the demo's stand-ins are found beside the file`(version: String) throws {
    let path = Fixtures.path("demo/\(version)")
    let run = try read(path)
    #expect(run.tasks.count == 10 && run.tasks.allSatisfy { $0.count == 50 })
    let found = try locate(run, in: path)
    #expect(found.count == 100)
    #expect(found.count { $0.state == .present } == 12)
    #expect(found.count { $0.state == .missing } == 88)
    let one = try #require(found.first { $0.state == .present }).reference
    #expect(one.uri == "run:videos/libero_spatial_0/eval_episode_0.mp4")
    #expect(one.mediaType == "video/mp4")
    let bytes = try Fixtures.read(path + "/videos/libero_spatial_0/eval_episode_0.mp4")
    #expect(one.sha256 == Digest.text(of: bytes) && one.size == bytes.count)
  }

  @Test(arguments: ["", "/outputs", "/outputs/eval", "/outputs/eval/x", "/outputs/eval/x/videos"])
  func `a path is found from any folder above the video`(below: String) throws {
    try place("outputs/eval/x/videos/a_0/eval_episode_0.mp4")
    try place("outputs/eval/x/videos/a_1/eval_episode_0.mp4", Self.mp4 + [1])
    let run = try run([
      ("a", "0", ["outputs/eval/x/videos/a_0/eval_episode_0.mp4"]),
      ("a", "1", ["/home/someone/outputs/eval/x/videos/a_1/eval_episode_0.mp4"]),
    ])
    let found = try locate(run, in: folder.path + below)
    #expect(found.map(\.state) == [.present, .present])
    #expect(found[0].reference.sha256 == Digest.text(of: Self.mp4))
    #expect(found[1].reference.sha256 == Digest.text(of: Self.mp4 + [1]))
    #expect(!found[1].reference.uri.contains("someone"))
  }

  @Test func `a file that two videos could mean is neither`() throws {
    try place("eval_episode_0.mp4")
    let two = try run([
      ("a", "0", ["v/a_0/eval_episode_0.mp4"]), ("a", "1", ["v/a_1/eval_episode_0.mp4"]),
    ])
    #expect(try locate(two, in: folder.path).map(\.state) == [.missing, .missing])
    let one = try run([("a", "0", ["v/a_0/eval_episode_0.mp4"])])
    #expect(try locate(one, in: folder.path).map(\.state) == [.present])
  }

  @Test func `a video that two files could be is missing`() throws {
    try place("one/a_0/eval_episode_0.mp4")
    try place("two/a_0/eval_episode_0.mp4")
    let short = try run([("a", "0", ["v/a_0/eval_episode_0.mp4"])])
    #expect(try locate(short, in: folder.path).map(\.state) == [.missing])
    let long = try run([("a", "0", ["v/two/a_0/eval_episode_0.mp4"])])
    #expect(
      try locate(long, in: folder.path).map(\.reference.uri) == ["run:two/a_0/eval_episode_0.mp4"])
  }

  @Test func `links are neither followed nor hashed`() throws {
    let outside = TemporaryFolder()
    try write(Self.mp4, to: outside.path + "/a_0/eval_episode_0.mp4")
    mkdir(folder.path + "/a_1", 0o755)
    symlink(outside.path + "/a_0", folder.path + "/a_0")
    symlink(outside.path + "/a_0/eval_episode_0.mp4", folder.path + "/a_1/eval_episode_0.mp4")
    mkfifo(folder.path + "/a_1/eval_episode_1.mp4", 0o644)
    let run = try run([
      ("a", "0", ["v/a_0/eval_episode_0.mp4"]),
      ("a", "1", ["v/a_1/eval_episode_0.mp4", "v/a_1/eval_episode_1.mp4"]),
    ])
    #expect(try locate(run, in: folder.path).map(\.state) == [.missing, .missing, .missing])
  }

  @Test(arguments: [
    "../../etc/passwd", "v/../../x.mp4", "/etc/passwd", "C:\\v\\x.mp4", "v\\x.mp4", "v/a\u{0}b.mp4",
    "v/\u{1b}[31m.mp4", "~/x.mp4", "file:///etc/passwd", "https://h/x?token=1", "", "/", ".",
    String(repeating: "a", count: 500),
  ])
  func `a path that does not stay inside the run is shown as a digest`(path: String) throws {
    try place("etc/passwd")
    try place("x.mp4")
    let run = try run([("a", "0", [path])])
    for raw in [nil, folder.path + "/none-of-it", folder.path] as [String?] {
      if raw?.hasSuffix("none-of-it") == true { mkdir(folder.path + "/none-of-it", 0o755) }
      let found = try #require(try locate(run, in: raw).first)
      if found.state != .present {
        #expect(found.reference.uri == "redacted:" + Digest.text(of: Array(path.utf8)))
      } else {
        #expect(found.reference.uri == "run:etc/passwd" || found.reference.uri == "run:x.mp4")
      }
      let name = found.reference.originalName
      #expect(!name.isEmpty && !name.contains("/") && !name.contains("\u{1b}"))
    }
  }

  @Test func `a secret in a path is in no reference`() throws {
    let secret = "hf_" + "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789"
    let run = try run([("a", "0", ["v/\(secret).mp4", "\(secret)/x.mp4"])])
    for located in try locate(run, in: nil) {
      #expect(located.reference.uri.hasPrefix("redacted:sha256:"))
      #expect(!located.reference.originalName.contains(secret))
    }
    #expect(try locate(run, in: nil).map(\.reference.nameRedacted) == [true, false])
  }

  @Test func `a path with dots upward finds nothing`() throws {
    try place("etc/passwd")
    let run = try run([("a", "0", ["../etc/passwd", "a/../etc/passwd"])])
    #expect(try locate(run, in: folder.path).map(\.state) == [.missing, .missing])
  }

  @Test func `a file that cannot be read is unreadable and the others are hashed`() throws {
    try place("a_0/eval_episode_0.mp4")
    try place("a_0/eval_episode_1.mp4")
    let run = try run([("a", "0", ["v/a_0/eval_episode_0.mp4", "v/a_0/eval_episode_1.mp4"])])
    let files = FileSystem { operation, path, _ in
      operation == .open && path.hasSuffix("_1.mp4") ? .fail(EACCES) : nil
    }
    let found = try locateRaw(run: run, inputs: [], rawFolder: folder.path, files: files).media[0]
    #expect(found.map(\.state) == [.present, .unreadable])
    #expect(found[1].reference.sha256 == nil)
  }

  @Test func `a raw folder that is not there is an error`() throws {
    let run = try run([("a", "0", ["v/x.mp4"])])
    #expect(throws: AdapterError(.fileNotFound, place: folder.path + "/no", message: "")) {
      try locate(run, in: folder.path + "/no")
    }
    try place("file")
    #expect(throws: AdapterError(.notDirectory, place: folder.path + "/file", message: "")) {
      try locate(run, in: folder.path + "/file")
    }
  }

  @Test func `of two paths the one that shares more with a file is its own`() throws {
    try place("put/demo_0/x.mp4")
    let run = try run([("a", "0", ["pick/demo_0/x.mp4", "put/demo_0/x.mp4"])])
    #expect(try locate(run, in: folder.path).map(\.state) == [.missing, .present])
  }

  @Test func `a digest that the source states and the file has not is changed`() throws {
    try place("a_0/x.mp4")
    var run = try run([("a", "0", ["v/a_0/x.mp4"])])
    run.tasks[0].media[0].statedDigest = Digest.text(of: [1])
    #expect(try locate(run, in: folder.path).map(\.state) == [.changed])
    run.tasks[0].media[0].statedDigest = Digest.text(of: Self.mp4)
    #expect(try locate(run, in: folder.path).map(\.state) == [.present])
  }

  @Test(
    arguments: [
      ([0, 0, 0, 24] + Array("ftypqt  ".utf8), "video/quicktime"),
      ([0x1A, 0x45, 0xDF, 0xA3, 0x9F, 0x42, 0x82, 0x84] + Array("webm".utf8), "video/webm"),
      (
        [0x1A, 0x45, 0xDF, 0xA3, 0x9F, 0x42, 0x82, 0x88] + Array("matroska".utf8),
        "video/x-matroska"
      ),
      (Array("GIF89a".utf8), "image/gif"), ([0xFF, 0xD8, 0xFF, 0xE0], "image/jpeg"),
      ([0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10], "image/png"),
      ([0x89] + Array("HDF\r\n".utf8) + [0x1A, 0x0A], "application/x-hdf5"),
      (Array("PAR1".utf8), "application/vnd.apache.parquet"),
      ([0x1F, 0x8B, 8], "application/gzip"),
      (
        Array("PK".utf8) + [3, 4] + [UInt8](repeating: 0, count: 22) + [5, 0, 0, 0]
          + Array("a.npy".utf8), "application/x-npz"
      ),
      (Array("PK".utf8) + [3, 4, 0], "application/zip"),
      (
        Array("PK".utf8) + [3, 4] + [UInt8](repeating: 0, count: 22) + [16, 0, 0, 0]
          + Array("archive/data.pkl".utf8), "application/x-pytorch"
      ),
      (
        [UInt8](repeating: 0, count: 512) + [0x89] + Array("HDF\r\n\u{1A}\n".utf8),
        "application/x-hdf5"
      ),
      ([0x93] + Array("NUMPY".utf8) + [1, 0], "application/x-npy"),
      (Array("#ROSBAG V2.0\n".utf8), "application/x-rosbag"),
      ([0x89] + Array("MCAP0\r\n".utf8), "application/x-mcap"),
      (Array("SQLite format 3\0".utf8), "application/vnd.sqlite3"),
      // A TFRecord of five bytes: length, masked CRC-32C of the length, data, CRC of the data.
      (
        [5, 0, 0, 0, 0, 0, 0, 0, 0xEA, 0xB2, 0x04, 0x3E] + Array("hello".utf8) + [1, 2, 3, 4],
        "application/x-tfrecord"
      ),
      (
        [5, 0, 0, 0, 0, 0, 0, 0, 0xEA, 0xB2, 0x04, 0x3F] + Array("hello".utf8) + [1, 2, 3, 4],
        "application/octet-stream"
      ),
      ([0x80, 4, 0x95, 0, 0], "application/x-pickle"),
      ([2, 0, 0, 0, 0, 0, 0, 0] + Array("{}".utf8) + [0], "application/x-safetensors"),
      ([UInt8](repeating: 0x61, count: 257) + Array("ustar\u{0}00".utf8), "application/x-tar"),
      ([0x28, 0xB5, 0x2F, 0xFD], "application/zstd"),
      ([0xFD] + Array("7zXZ".utf8) + [0], "application/x-xz"),
      (Array("BZh9".utf8), "application/x-bzip2"),
      (Array("%PDF-1.7".utf8), "application/pdf"),
      (Array("RIFF".utf8) + [0, 0, 0, 0] + Array("AVI ".utf8), "video/x-msvideo"),
      (Array("RIFF".utf8) + [0, 0, 0, 0] + Array("WEBP".utf8), "image/webp"),
      (Array("{\"a\": 1}\n{\"a\": 2}\n".utf8), "application/jsonl"),
      (Array("{\"a\":\n1}\n".utf8), "application/json"),
      (Array("{\"a\": \"}\"}\n".utf8), "application/json"),
      (Array("[1,\n{}]\n".utf8), "application/json"),
      (Array("{\"zarr_format\": 2}".utf8), "application/vnd.zarr+json"),
      (Array(",success,file\n0,1,a\n1,0,b\n".utf8), "text/csv"),
      (Array("a,\"b\"\n1,\"x, y\"\n".utf8), "text/csv"), (Array("a,b\n".utf8), "text/plain"),
      (
        Array("2026-01-01 10:00:00,123 INFO x\n2026-01-01 10:00:01,123 INFO y\n".utf8), "text/plain"
      ),
      (Array("Well, yes.\nNo.\n".utf8), "text/plain"),
      (Array("<!DOCTYPE HTML><p>".utf8), "text/html"),
      ([0xEF, 0xBB, 0xBF] + Array("{\"a\": 1}".utf8), "application/json"),
      (Array(" {\"a\": 1}".utf8), "application/json"), (Array("step 1\n".utf8), "text/plain"),
      (Array("é".utf8), "text/plain"), ([0xC3], "application/octet-stream"),
      ([0, 1, 2], "application/octet-stream"), ([], "application/octet-stream"),
    ] as [([UInt8], String)])
  func `the media type follows from the first bytes`(bytes: [UInt8], type: String) throws {
    try place("a_0/x.mp4", bytes)
    let found = try locate(try run([("a", "0", ["v/a_0/x.mp4"])]), in: folder.path)
    #expect(found.map(\.reference.mediaType) == [type])
  }

  @Test func `what a name says changes no media type`() throws {
    for name in ["x.mp4", "x.json", "x.png", "x"] {
      try place("a_0/" + name, Array("PAR1".utf8))
      let found = try locate(try run([("a", "0", ["v/a_0/" + name])]), in: folder.path)
      #expect(found.map(\.reference.mediaType) == ["application/vnd.apache.parquet"])
    }
  }

  @Test func `a character cut by the prefix leaves a text a text`() throws {
    try place("a_0/x.mp4", Array(("x" + String(repeating: "é", count: 4000)).utf8))
    let found = try locate(try run([("a", "0", ["v/a_0/x.mp4"])]), in: folder.path)
    #expect(found.map(\.reference.mediaType) == ["text/plain"])
  }

  @Test func `finding and hashing twice gives the same`() throws {
    for index in 0..<40 { try place("a_0/eval_episode_\(index).mp4", Self.mp4 + [UInt8(index)]) }
    let run = try run([("a", "0", (0..<40).map { "v/a_0/eval_episode_\($0).mp4" })])
    let first = try locate(run, in: folder.path)
    #expect(first.allSatisfy { $0.state == .present })
    #expect(Set(first.map(\.reference.sha256)).count == 40)
    #expect(try locate(run, in: folder.path) == first)
  }
}
