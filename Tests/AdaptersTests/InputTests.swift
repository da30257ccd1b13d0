import Adapters
import Evidence
import Glibc
import Platform
import TestSupport
import Testing

struct InputTests {
  private let folder = TemporaryFolder()

  private func refused(_ input: String, files: FileSystem = FileSystem()) -> AdapterError? {
    do throws(AdapterError) {
      _ = try read(input, files: files)
      return nil
    } catch {
      return error
    }
  }

  @Test func `a folder as the harness leaves it stands for the one file in it`() throws {
    let bytes = try Fixtures.read(good("pusht-10-v0.4"))
    try write(bytes, to: folder.path + "/run/eval_info.json")
    try write([1], to: folder.path + "/run/videos/pusht_0/eval_episode_0.mp4")
    let direct = try read(folder.path + "/run/")
    #expect(direct.inputs.first?.relativePath == "eval_info.json")
    let above = try read(folder.path)
    #expect(above.inputs.first?.relativePath == "run/eval_info.json")
    #expect(summary(direct) == summary(above))
  }

  @Test func `a folder with several results names them`() throws {
    let bytes = try Fixtures.read(good("pusht-10-v0.4"))
    try write(bytes, to: folder.path + "/a/eval_info.json")
    try write(bytes, to: folder.path + "/b/eval_info.json")
    let error = try #require(refused(folder.path))
    #expect(error == AdapterError(.ambiguousInput, place: folder.path, message: ""))
    #expect(error.hint?.contains("/a/eval_info.json") == true)
    #expect(error.hint?.contains("/b/eval_info.json") == true)
  }

  @Test func `a folder without results is refused`() throws {
    try write([1], to: folder.path + "/other.json")
    #expect(refused(folder.path)?.code == .noResultsFile)
  }

  @Test(arguments: [
    ("lbm_eval", "lbm_eval/good/results-2026-03-02T09:15:30.250-05:00.json"),
    ("vla-eval", "vla-eval/good/LIBEROBenchmark_libero_goal_aggregate.json"),
    ("openpi", "openpi/good/libero-goal-3x4.log"),
    ("gr00t-n1.7", "gr00t-n1.7/good/libero-10.log"),
    ("embodied-gov-bench", "embodied-gov-bench/good/episodes.jsonl"),
  ])
  func `results of other formats are found in a folder by name and content`(
    word: String, path: String
  ) throws {
    let name = Path.lastComponent(path)
    try write(
      try Fixtures.read(Fixtures.path("formats/" + path)), to: folder.path + "/run/" + name)
    try write(Array("step 1\n".utf8), to: folder.path + "/train.log")
    try write(Array("{}\n".utf8), to: folder.path + "/steps.jsonl")
    for format in [word, "auto"] {
      let run = try read(folder.path, as: format)
      #expect(run.format.name == word && run.inputs.first?.relativePath == "run/" + name)
    }
  }

  @Test func `two logs with results in one folder are named`() throws {
    let bytes = try Fixtures.read(Fixtures.path("formats/openpi/good/libero-goal-3x4.log"))
    try write(bytes, to: folder.path + "/a.log")
    try write(bytes, to: folder.path + "/b.log")
    do throws(AdapterError) {
      _ = try read(folder.path, as: "auto")
      Issue.record("accepted")
    } catch {
      #expect(error.code == .ambiguousInput)
      #expect(error.hint?.contains("/a.log") == true && error.hint?.contains("/b.log") == true)
    }
  }

  @Test(arguments: [
    ("vla-eval", "vla-eval/good/LIBEROBenchmark_libero_goal_aggregate.json", "merged.json"),
    (
      "vla-eval", "vla-eval/good/LIBEROBenchmark_libero_goal_sync_1779264000.json",
      "LIBERO_realtime_1779264000.json"
    ),
    ("lerobot", "lerobot/good/pusht-10-v0.4.json", "eval_info_400.json"),
    ("gr00t-n1.7", "gr00t-n1.7/good/libero-10.log", "slurm-4711.out"),
    ("openpi", "openpi/good/libero-goal-3x4.log", "slurm-4711.err"),
  ])
  func `results under other names are found by their content`(
    word: String, path: String, name: String
  ) throws {
    try write(
      try Fixtures.read(Fixtures.path("formats/" + path)), to: folder.path + "/run/" + name)
    try write(Array("{\"per_step\": []}\n".utf8), to: folder.path + "/run/config.json")
    try write(Array("step 1\n".utf8), to: folder.path + "/run/slurm-4710.out")
    for format in [word, "auto"] {
      let run = try read(folder.path, as: format)
      #expect(run.format.name == word && run.inputs.first?.relativePath == "run/" + name)
    }
  }

  @Test func `logs of the older LIBERO script are results of gr00t too`() throws {
    let bytes = try Fixtures.read(Fixtures.path("formats/openpi/good/libero-goal-3x4.log"))
    let table = Fixtures.path("formats/openpi/good/droid/eval_09:02AM_July_04_2026.csv")
    try write(bytes, to: folder.path + "/libero_eval_libero_goal.log")
    try write(Array("step 1\n".utf8), to: folder.path + "/train.log")
    try write(try Fixtures.read(table), to: folder.path + "/" + Path.lastComponent(table))
    let run = try read(folder.path, as: "gr00t-n1.7")
    #expect(run.format.name == "gr00t-n1.7" && run.format.generation == "libero_log")
    try write(bytes, to: folder.path + "/libero_eval_libero_10.log")
    do throws(AdapterError) {
      _ = try read(folder.path, as: "gr00t-n1.7")
      Issue.record("accepted")
    } catch {
      #expect(error.code == .ambiguousInput)
      for name in ["goal", "10"] {
        #expect(error.hint?.contains("libero_eval_libero_\(name).log") == true)
      }
      #expect(error.hint?.contains(".csv") == false)
    }
  }

  @Test func `a link inside of a folder is not followed`() throws {
    try write(try Fixtures.read(good("pusht-10-v0.4")), to: folder.path + "/out/eval_info.json")
    mkdir(folder.path + "/in", 0o755)
    symlink(folder.path + "/out", folder.path + "/in/dir")
    symlink(folder.path + "/out/eval_info.json", folder.path + "/in/eval_info.json")
    #expect(refused(folder.path + "/in")?.code == .noResultsFile)
  }

  @Test func `a pipe is refused without waiting for it`() {
    mkfifo(folder.path + "/pipe", 0o644)
    #expect(
      refused(folder.path + "/pipe")
        == AdapterError(.notRegularFile, place: folder.path + "/pipe", message: ""))
  }

  @Test func `a file that is not there is named`() {
    #expect(
      refused(folder.path + "/none")
        == AdapterError(.fileNotFound, place: folder.path + "/none", message: ""))
    #expect(refused("")?.code == .pathInvalid)
    #expect(refused("a\0b")?.code == .pathInvalid)
  }

  @Test(arguments: [
    (FileSystem.Operation.open, EACCES, AdapterError.Code.permissionDenied),
    (.status, EACCES, .permissionDenied), (.open, ENOENT, .fileNotFound), (.map, EIO, .readFailed),
  ])
  func `what the system refuses is passed on`(
    operation: FileSystem.Operation, number: Int32, code: AdapterError.Code
  ) throws {
    let failing = FileSystem { what, _, _ in what == operation ? .fail(number) : nil }
    #expect(refused(good("pusht-10-v0.4"), files: failing)?.code == code)
  }

  @Test func `no input and two inputs are refused`() throws {
    func refused(_ inputs: [String]) -> AdapterError? {
      do throws(AdapterError) {
        _ = try readSavedRun(
          format: "lerobot", inputs: inputs, options: ReadOptions(), files: FileSystem())
        return nil
      } catch {
        return error
      }
    }
    #expect(refused([])?.code == .noInput)
    let path = good("pusht-10-v0.4")
    #expect(refused([path, path])?.code == .tooManyInputs)
  }

  @Test func `a path as given enters nothing but the error`() throws {
    try write(try Fixtures.read(good("pusht-10-v0.4")), to: folder.path + "/secret/eval_info.json")
    let run = try read(folder.path + "/secret/eval_info.json")
    #expect(run.inputs.map(\.relativePath) == ["eval_info.json"])
    #expect(!summary(run).contains(folder.path))
  }
}

/// Names in a folder, in byte order.
func names(in folder: String) throws -> [String] {
  try FileSystem().list(folder).compactMap(\.name)
}
