import Adapters
import Evidence
import Glibc
import JSON
import Platform
import TestSupport

/// Reads one file as lerobot or another format.
func read(
  _ path: String, as format: String = "lerobot", options: ReadOptions = ReadOptions(),
  files: FileSystem = FileSystem()
) throws(AdapterError) -> SavedRun {
  try readSavedRun(format: format, inputs: [path], options: options, files: files)
}

/// Reads bytes by way of a file.
func read(
  _ bytes: [UInt8], as format: String = "lerobot", options: ReadOptions = ReadOptions()
) throws -> SavedRun {
  let folder = TemporaryFolder()
  let path = folder.path + "/eval_info.json"
  try write(bytes, to: path)
  return try read(path, as: format, options: options)
}

func read(text: String, as format: String = "lerobot") throws -> SavedRun {
  try read(Array(text.utf8), as: format)
}

/// The error of reading bytes; nil when they are accepted.
func refusal(_ bytes: [UInt8], as format: String = "lerobot") throws -> AdapterError? {
  do {
    _ = try read(bytes, as: format)
    return nil
  } catch let error as AdapterError {
    return error
  }
}

func refusal(_ text: String, as format: String = "lerobot") throws -> AdapterError? {
  try refusal(Array(text.utf8), as: format)
}

func write(_ bytes: [UInt8], to path: String) throws {
  let parts = path.split(separator: "/").dropLast()
  var folder = ""
  for part in parts {
    folder += "/" + part
    mkdir(folder, 0o755)
  }
  guard let file = fopen(path, "wb") else { throw WriteFailed(path: path) }
  defer { fclose(file) }
  guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw WriteFailed(path: path) }
}

func good(_ name: String) -> String { Fixtures.path("formats/lerobot/good/\(name).json") }

/// Everything of a run that a package may depend on, as one text.
func summary(_ run: SavedRun) -> String {
  var lines = [
    "\(run.format.name) \(run.format.generation ?? "-") \(run.seedLabel) \(run.notes.warnings)",
    "\(run.sourceAggregates.map { "\($0.members)" } ?? "-") \(run.denominatorRule ?? "-")",
  ]
  for task in run.tasks {
    lines.append("\(task.suite)/\(task.taskID) \(String(decoding: task.outcomes, as: UTF8.self))")
    lines.append("\(task.indexes ?? []) \(task.seeds ?? []) \(task.media)")
    lines.append(texts(task.sumRewards, of: run) + " | " + texts(task.maxRewards, of: run))
  }
  return lines.joined(separator: "\n")
}

/// The lexemes of a column, `null` for none.
func texts(_ spans: [LexemeSpan]?, of run: SavedRun) -> String {
  var bytes: [UInt8] = []
  for span in spans ?? [] {
    if span.isNone { bytes += Array("null".utf8) } else { run.lexemes?.append(span, to: &bytes) }
    bytes.append(0x20)
  }
  return String(decoding: bytes, as: UTF8.self)
}

/// A lerobot file of one task per row: group, id, outcomes.
func lerobotText(_ tasks: [(String, Int, [Bool])]) -> String {
  func mean(_ all: [Bool]) -> String {
    all.isEmpty ? "NaN" : "\(Double(all.count { $0 }) / Double(all.count))"
  }
  func percent(_ all: [Bool]) -> String {
    all.isEmpty ? "NaN" : "\(100 * Double(all.count { $0 }) / Double(all.count))"
  }
  func aggregate(_ all: [Bool]) -> String {
    """
    {"avg_sum_reward": \(mean(all)), "avg_max_reward": \(mean(all)), "pc_success": \(percent(all)), \
    "n_episodes": \(all.count), "video_paths": []}
    """
  }
  let entries = tasks.map { group, id, outcomes in
    let rewards = outcomes.map { $0 ? "1.0" : "0.0" }.joined(separator: ", ")
    return """
      {"task_group": "\(group)", "task_id": \(id), "metrics": {"sum_rewards": [\(rewards)], \
      "max_rewards": [\(rewards)], "successes": \(outcomes), "video_paths": []}}
      """
  }
  var groups: [(String, [Bool])] = []
  for (group, _, outcomes) in tasks {
    if let place = groups.firstIndex(where: { $0.0 == group }) {
      groups[place].1 += outcomes
    } else {
      groups.append((group, outcomes))
    }
  }
  let perGroup = groups.map { "\"\($0.0)\": \(aggregate($0.1))" }.joined(separator: ", ")
  return """
    {"per_task": [\(entries.joined(separator: ", "))], "per_group": {\(perGroup)},
     "overall": \(aggregate(tasks.flatMap { $0.2 }))}
    """
}

struct WriteFailed: Error {
  let path: String
}
