/// What sort of failure a recorded text speaks of: the words of SCHEMAS §10.
///
/// The text stays in the house; only the word may be public, so it comes from a fixed list and never
/// from the source.
enum FailureClass: String, CaseIterable, Sendable {
  case timeoutWithoutSuccess = "timeout_without_success"
  case earlyTermination = "early_termination"
  case simulatorError = "simulator_error"
  case policyError = "policy_error"
  case communicationError = "communication_error"
  case outOfMemory = "out_of_memory"
  case safetyStop = "safety_stop"
  case excludedByRule = "excluded_by_rule"
  case missingEpisode = "missing_episode"
  case unlabelled

  /// The class of an error text by the first rule that knows a part of it.
  ///
  /// Memory and safety come first, because such errors surface inside of simulators and policies;
  /// a policy server that cannot be reached is a matter of communication.
  init(errorText: String) {
    let text = errorText.lowercased()
    self = Self.signs.first { $0.parts.contains { text.contains($0) } }?.label ?? .unlabelled
  }

  /// The words by which rules know an error; the label says them already.
  static let signWords = Set(signs.flatMap { $0.parts.flatMap(words) })

  private static let signs: [(label: FailureClass, parts: [String])] = [
    (
      .outOfMemory,
      ["out of memory", "outofmemory", "cannot allocate memory", "memoryerror", "bad_alloc"]
    ),
    (
      .safetyStop,
      ["emergency stop", "e-stop", "estop", "protective stop", "safety", "guardrail", "collision"]
    ),
    (
      .simulatorError,
      [
        "mujoco", "simulat", "unstable", "physx", "robosuite", "sapien", "pybullet", "isaac",
        "drake", "qacc", "renderer", "egl",
      ]
    ),
    (
      .communicationError,
      [
        "connection", "unreachable", "websocket", "socket", "timed out", "timeout", "broken pipe",
        "grpc", "disconnected",
      ]
    ),
    (
      .policyError,
      ["policy", "checkpoint", "inference", "torch", "cuda", "jax", "tensor", "action chunk"]
    ),
  ]
}

/// The words of a text in lower case: runs of letters and digits.
func words(_ text: String) -> [String] {
  var result: [String] = []
  var word = ""
  for scalar in text.unicodeScalars {
    let properties = scalar.properties
    if properties.isAlphabetic || properties.numericType != nil {
      word.unicodeScalars.append(scalar)
    } else if !word.isEmpty {
      result.append(word.lowercased())
      word = ""
    }
  }
  if !word.isEmpty { result.append(word.lowercased()) }
  return result
}
