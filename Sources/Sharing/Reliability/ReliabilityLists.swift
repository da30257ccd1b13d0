internal import Audit

/// The closed lists of reliability metadata: no word outside of them is ever in a record.
public enum ReliabilityLists {
  /// What stands for everything that no list has.
  public static let other = "other"

  static let benchmarks = [
    "libero", "pusht", "aloha", "lbm_eval", "simplerenv", "robocasa", "robosuite", "behavior",
    "maniskill", "metaworld", "calvin", "rlbench", "robotwin", "embodied_gov_bench",
    "cosmos_predict", "bridge", "droid",
  ]
  static let suites = [
    "libero_spatial", "libero_object", "libero_goal", "libero_10", "libero_90", "pusht",
    "lbm_eval", "simpler_env_google", "simpler_env_widowx", "bridge", "several",
  ]
  static let embodiments = [
    "single_arm_tabletop", "dual_arm_tabletop", "planar_pusher", "mobile_manipulator", "humanoid",
    "quadruped", "mobile_base", "gripper", "dexterous_hand",
  ]
  static let settings = ["world_model", "real_robot", "simulation", "unknown"]
  static let capabilities = [
    "robot_manipulation", "dexterous_robot_manipulation", "planar_pushing",
    "governance_of_an_embodied_agent", "robot_manipulation_in_rollouts_generated_by_a_world_model",
    "navigation", "locomotion", "mobile_manipulation",
  ]
  static let metrics = [
    "success_rate", "governance_pass_rate", "task_progress", "normalized_score",
  ]
  static let verdicts = ["supported", "refuted", "inconclusive", "not_auditable"]
  static let grades = ["A", "B", "C", "D"]
  static let episodes = ["1_9", "10_49", "50_199", "200_999", "1000_plus"]
  static let rates = ["0_19", "20_39", "40_59", "60_79", "80_94", "95_100"]

  /// The list of each field that holds one label.
  public static let labels: [(field: String, words: [String])] = [
    ("benchmark", benchmarks), ("suite", suites), ("embodiment_class", embodiments),
    ("setting", settings), ("capability", capabilities), ("metric", metrics),
    ("verdict", verdicts), ("denominator_policy", Vocabulary.countingPolicies),
  ]

  /// A text as a word of a list, whatever its case and the signs between its parts.
  static func word(_ text: String?, of list: [String]) -> String {
    guard let text else { return other }
    var word = ""
    for byte in text.utf8 {
      let isUpper = (0x41...0x5A).contains(byte)
      let letter = isUpper ? byte | 0x20 : byte
      if (0x61...0x7A).contains(letter) || (0x30...0x39).contains(letter) {
        word.unicodeScalars.append(Unicode.Scalar(letter))
      } else if !word.hasSuffix("_"), !word.isEmpty {
        word.append("_")
      }
    }
    while word.hasSuffix("_") { word.removeLast() }
    return list.first { $0 == word } ?? other
  }
}
