import Adapters
import Evidence
import JSON
import TestSupport
import Testing

struct OpenPITests {
  private static func fixture(_ name: String) throws -> String {
    String(
      decoding: try Fixtures.read(Fixtures.path("formats/openpi/" + name)), as: UTF8.self)
  }

  private func edited(_ name: String, _ old: String, _ new: String) throws -> String {
    let text = try Self.fixture(name)
    let range = try #require(text.firstRange(of: old), "\(old)")
    return text.replacingCharacters(in: range, with: new)
  }

  // MARK: - LIBERO logs

  @Test func `names, initial states and videos come from the lines`() throws {
    let run = try read(text: try Self.fixture("good/libero-goal-3x4.log"), as: "openpi")
    let task = try #require(run.tasks.first)
    #expect(task.name == "open the middle drawer of the cabinet")
    #expect(task.initialStates == ["0", "1", "2", "3"] && task.indexes == nil)
    #expect(
      task.media == [
        MediaReference(
          row: nil, role: "rollout_video",
          path: "rollout_open_the_middle_drawer_of_the_cabinet_success.mp4"),
        MediaReference(
          row: nil, role: "rollout_video",
          path: "rollout_open_the_middle_drawer_of_the_cabinet_failure.mp4"),
      ])
    #expect(run.sourceAggregates?["n_episodes"]?.int == 12)
    #expect(run.model.identity == .unknown && run.createdAt == nil)
  }

  @Test func `an exception makes an episode errored, with all lines of its text`() throws {
    let run = try read(text: try Self.fixture("good/multi-line-exception.log"), as: "openpi")
    #expect(
      run.tasks.first?.failures[1]
        == "Error in inference server:\nTraceback (most recent call last):\n"
        + "  File \"policy.py\", line 12, in infer\nValueError: INFO shape mismatch")
    // A line of the text that looks like a message is none.
    let text = try edited(
      "good/multi-line-exception.log", "ValueError: INFO shape", "Success: True\nStarting episode 9"
    )
    #expect(try read(text: text, as: "openpi").tasks.map(\.outcomes) == run.tasks.map(\.outcomes))
  }

  @Test(arguments: [
    ("# episodes completed so far: 3\n", "", 19),
    ("INFO:root:Success: False\n", "", 18),
    ("INFO:root:Starting episode 3...\n", "", 17),
    ("Starting episode 3", "Starting episode 4", 17),
    ("Starting episode 1", "Starting episode 2", 5),
    ("Starting episode 1", "Starting episode 0", 5),
    ("Total success rate: 0.75", "Total success rate: 0.76", 81),
    ("Current total success rate: 0.75", "Current total success rate: 0.7", 28),
    ("# successes: 1 (", "# successes: 0 (", 8),
    ("Total episodes: 12", "Total episodes: 11", 82),
  ])
  func `lines and counters that disagree are refused with the line`(
    old: String, new: String, line: Int
  ) throws {
    let error = try #require(
      try refusal(try edited("good/libero-goal-3x4.log", old, new), as: "openpi"))
    #expect(error.code == .counterMismatch, "\(error)")
    let found = (error.place ?? "").split(separator: " ").last.flatMap { Int($0) }
    #expect(found == line, "\(error)")
  }

  @Test func `a counter that grows in an episode with an exception is refused`() throws {
    let text = try edited(
      "good/libero-goal-errors.log", "# successes: 3 (60.0%)", "# successes: 4 (60.0%)")
    #expect(try refusal(text, as: "openpi")?.code == .counterMismatch)
  }

  @Test func `a text of an exception keeps a bar of its own, and loses a collector's`() throws {
    let text = try edited(
      "good/multi-line-exception.log", "ValueError: INFO shape", "policy | ValueError: INFO shape")
    let failure = try read(text: text, as: "openpi").tasks.first?.failures[1]
    #expect(failure?.hasSuffix("\npolicy | ValueError: INFO shape mismatch") == true)
    let collected = text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "" : "runtime-1  | " + $0 }.joined(separator: "\n")
    #expect(try read(text: collected, as: "openpi").tasks.first?.failures[1] == failure)
  }

  @Test func `a run that was appended to another one is refused with what to do`() throws {
    let text = try Self.fixture("good/libero-goal-3x4.log")
    let error = try #require(try refusal(text + text, as: "openpi"))
    #expect(error.code == .counterMismatch)
    #expect(error.hint?.contains("file of its own") == true)
  }

  @Test func `a bar behind a success is let through, a letter is not`() throws {
    let bar = try edited("good/libero-goal-3x4.log", "Success: True", "Success: True█████")
    #expect(try refusal(bar, as: "openpi") == nil)
    let letter = try edited("good/libero-goal-3x4.log", "Success: True", "Success: Trueish")
    #expect(try refusal(letter, as: "openpi")?.code == .successNotBoolean)
  }

  @Test func `a log without its head counts what came before as missing`() throws {
    let lines = try Self.fixture("good/libero-goal-3x4.log").split(
      separator: "\n", omittingEmptySubsequences: false)
    // From the third episode of the first task on.
    let text = lines.dropFirst(14).joined(separator: "\n")
    let run = try read(text: text, as: "openpi")
    #expect(run.notes.partial == SourceNotes.Partial(reason: "log_head_missing", missing: 2))
    #expect(run.tasks.map(\.suite) == ["", "", ""])
    #expect(run.tasks.map(\.taskID) == ["", "+1", "+2"])
    #expect(run.tasks.first?.indexes == [2, 3])
    #expect(run.tasks.first?.initialStates == ["2", "3"])
  }

  @Test func `every cut of a log is partial or refused`() throws {
    let text = Array(try Self.fixture("good/libero-goal-3x4.log").utf8)
    let whole = try read(text, as: "openpi")
    for length in stride(from: 0, to: text.count - 24, by: 37) {
      do {
        let run = try read(Array(text[..<length]), as: "openpi")
        #expect(run.notes.partial?.reason == "log_truncated", "\(length)")
        let read = run.tasks.flatMap(\.outcomes)
        #expect(whole.tasks.flatMap(\.outcomes).starts(with: read), "\(length)")
      } catch let error as AdapterError {
        #expect(
          ["empty_input", "no_results", "counter_mismatch", "success_not_boolean"]
            .contains(error.reason), "\(length): \(error)")
      }
    }
  }

  // MARK: - DROID tables

  private static let header = ",success,duration,video_filename\n"

  @Test(arguments: [
    ("0,1.0,5,a\n1,0.0,6,b\n", "SF", [String](), nil as String?),
    ("0,0.01,5,a\n1,0.0,6,b\n2,1.0,7,c\n", "SFS", ["droid_y_recorded_as_0_01"], nil),
    ("0,1.0,5,a\n1,0.99,6,b\n", "SF", ["graded_success"], "1.0 0.99 "),
    ("0,1.0,5,a\r\n", "S", [], nil), ("", "", ["no_episodes"], nil),
  ])
  func `scores of a table are answers or grades`(
    rows: String, outcomes: String, warnings: [String], rewards: String?
  ) throws {
    let run = try read(text: Self.header + rows, as: "auto")
    let task = try #require(run.tasks.first)
    #expect(String(decoding: task.outcomes, as: UTF8.self) == outcomes)
    #expect(run.notes.warnings == warnings)
    #expect(task.maxRewards.map { texts($0, of: run) } == rewards)
  }

  @Test func `steps and videos are read from a table`() throws {
    let task = try #require(
      try read(text: Self.header + "0,1.0,312,video_1\n", as: "openpi").tasks.first)
    // The column holds the index of the last step.
    #expect(task.steps == [313])
    #expect(task.media == [MediaReference(row: 0, role: "rollout_video", path: "video_1.mp4")])
  }

  @Test(arguments: [
    ("1,1.0,5,a\n", "bad_row"), ("0,1.0,5,a,b\n", "bad_row"), ("0,1.0,5\n", "bad_row"),
    ("0,1.0,5,\"a\"\n", "bad_row"), ("\n", "bad_row"), ("0,,5,a\n", "success_not_number"),
    ("0,inf,5,a\n", "success_not_number"), ("0,0x1p-1,5,a\n", "success_not_number"),
    ("0,-0.1,5,a\n", "success_out_of_range"), ("0,1.0,5.5,a\n", "not_an_integer"),
    ("0,1.0,5,a", "truncated"), ("0,0.01,5,a\n1,0.3,5,b\n", "ambiguous_success"),
  ])
  func `a row that says something else is refused`(rows: String, reason: String) throws {
    #expect(try refusal(Self.header + rows, as: "openpi")?.reason == reason)
  }
}
