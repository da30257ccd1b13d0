import Adapters
import Evidence
import JSON
import TestSupport
import Testing

struct GR00TTests {
  @Test func `suite and task are the two parts of the environment's name`() throws {
    let text = "results:  ('a/b/c', [True, False], {})\nresults:  ('plain', [False], {})\n"
    let run = try read(text: text, as: "auto")
    #expect(run.tasks.map(\.suite) == ["", "a"] && run.tasks.map(\.taskID) == ["plain", "b/c"])
    #expect(run.tasks.map { String(decoding: $0.outcomes, as: UTF8.self) } == ["F", "SF"])
    #expect(run.sourceAggregates == nil)
  }

  @Test(arguments: [
    ("results:  ('a', [True, False], {})\nsuccess rate:  0.6\n", "aggregate_mismatch", 2),
    ("\nresults:  ('a', [True; False], {})\n", "success_not_boolean", 2),
    ("results:  ('a', [True, ], {})\n", "success_not_boolean", 1),
    ("results:  ('a', [true], {})\n", "success_not_boolean", 1),
    ("results:  ('a', [True, False\n", "truncated", 1),
    ("results:  ('a\n", "truncated", 1),
    ("results:  ('a', [ ], {})\n", "no_episodes", 1),
    (
      "Running collecting 3 episodes for a with 1 vec envs\nresults:  ('a', [True], {})\n",
      "counter_mismatch", 2
    ),
    (
      "Running collecting 1 episodes for a with 3 vec envs\nresults:  ('a', [True], {})\n",
      "counter_mismatch", 2
    ),
    ("results:  ('a', [True], {})\nresults:  ('a', [True], {})\n", "duplicate_task", 2),
  ])
  func `a line that says something else is refused with its number`(
    text: String, reason: String, line: Int
  ) throws {
    let error = try #require(try refusal(text, as: "gr00t-n1.7"))
    #expect(error.reason == reason && error.place?.hasSuffix(": line \(line)") == true, "\(error)")
  }

  @Test func `a beginning of another environment says nothing about this one`() throws {
    let text =
      "Running collecting 9 episodes for b with 1 vec envs\nresults:  ('a', [True], {})\n"
    #expect(try refusal(text, as: "gr00t-n1.7") == nil)
  }

  @Test func `the log of the older script is read as a LIBERO log of this format`() throws {
    let bytes = try Fixtures.read(
      Fixtures.path("formats/openpi/good/no-prefix-no-totals.log"))
    let run = try read(bytes, as: "gr00t-n1.7")
    #expect(run.format.name == "gr00t-n1.7" && run.format.generation == "libero_log")
    #expect(run.notes.partial == nil && run.tasks.count == 3)
  }

  @Test func `a dictionary that is Python is taken as text`() throws {
    let text = "results:  ('a', [True], {'x': np.float64(0.25), 'y': lambda: ['results: ']})\n"
    #expect(try read(text: text, as: "auto").notes.warnings == [])
  }
}
