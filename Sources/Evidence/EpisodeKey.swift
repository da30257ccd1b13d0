/// The name of one attempt of one episode: `suite/task_id/index`, `#attempt` from the second on.
public enum EpisodeKey {
  /// The key; `/`, `#` and `%` inside of suite and task id are percent-encoded (SCHEMAS §1.2).
  public static func text(suite: String, taskID: String, index: Int, attempt: Int = 1) -> String {
    let base = taskPrefix(suite: suite, taskID: taskID) + String(index)
    return attempt > 1 ? base + "#" + String(attempt) : base
  }

  /// `suite/task_id/` as it stands in the keys of one task.
  public static func taskPrefix(suite: String, taskID: String) -> String {
    encoded(suite) + "/" + encoded(taskID) + "/"
  }

  private static func encoded(_ part: String) -> String {
    guard part.utf8.contains(where: { $0 == 0x2F || $0 == 0x23 || $0 == 0x25 }) else { return part }
    var text = ""
    for scalar in part.unicodeScalars {
      switch scalar {
      case "/": text += "%2F"
      case "#": text += "%23"
      case "%": text += "%25"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
