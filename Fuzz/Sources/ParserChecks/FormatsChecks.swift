import Adapters
import Evidence
import Glibc
import Platform

/// Reads bytes as every format, by way of one file that is written anew each time.
final class FormatsChecks {
  private let path: String
  private let file: CInt

  /// nil when there is no place for the file.
  init?() {
    // In memory where that is possible: a file is written for every input.
    let folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    path = "\(folder)/fuzz-formats-\(getpid())"
    file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
    if file < 0 { return nil }
  }

  deinit {
    close(file)
    unlink(path)
  }

  /// Whether what must hold for any bytes holds for these.
  ///
  /// Reading ends in an error with a message or in a run whose columns fit together and whose
  /// numbers lie in the file; reading again gives the same.
  func isSound(_ bytes: [UInt8]) -> Bool {
    guard pwrite(file, bytes, bytes.count, 0) == bytes.count,
      ftruncate(file, bytes.count) == 0
    else { return true }
    return (Formats.all.map(\.word) + [Formats.auto]).allSatisfy { word in
      let first = read(word)
      return isSound(first) && isEqual(first, read(word))
    }
  }

  private func read(_ word: String) -> Result<SavedRun, AdapterError> {
    Result { () throws(AdapterError) in
      try readSavedRun(format: word, inputs: [path], options: ReadOptions(), files: FileSystem())
    }
  }

  private func isSound(_ result: Result<SavedRun, AdapterError>) -> Bool {
    switch result {
    case .failure(let error): !error.message.isEmpty && !error.reason.isEmpty
    case .success(let run): run.tasks.allSatisfy { isSound($0, of: run) } && areUnique(run.tasks)
    }
  }

  private func areUnique(_ tasks: [SavedTask]) -> Bool {
    Set(tasks.map { [$0.suite, $0.taskID] }).count == tasks.count
  }

  private func isSound(_ task: SavedTask, of run: SavedRun) -> Bool {
    let lengths =
      [
        task.indexes?.count, task.seeds?.count, task.initialStates?.count, task.steps?.count,
        task.durations?.count, task.sumRewards?.count, task.maxRewards?.count,
      ] + task.metadata.map(\.count)
    let spans = [task.durations, task.sumRewards, task.maxRewards].compactMap { $0 }
    var text: [UInt8] = []
    return lengths.allSatisfy { $0 == nil || $0 == task.count }
      && task.outcomes.allSatisfy("SFEX".utf8.contains)
      && task.failures.keys.allSatisfy { (0..<task.count).contains($0) }
      && task.media.allSatisfy { $0.row.map { (0..<task.count).contains($0) } ?? true }
      && (task.indexes.map { zip($0, $0.dropFirst()).allSatisfy { $0 < $1 } } ?? true)
      && (spans + task.metadata).allSatisfy { column in
        column.allSatisfy { span in
          if span.isNone { return true }
          text.removeAll(keepingCapacity: true)
          run.lexemes?.append(span, to: &text)
          return text.count == span.length
        }
      }
  }

  private func isEqual(
    _ one: Result<SavedRun, AdapterError>, _ other: Result<SavedRun, AdapterError>
  ) -> Bool {
    switch (one, other) {
    case (.failure(let a), .failure(let b)): a == b && a.message == b.message
    case (.success(let a), .success(let b)):
      a.format == b.format && a.notes == b.notes
        && a.tasks.map(\.outcomes) == b.tasks.map(\.outcomes)
    default: false
    }
  }
}
