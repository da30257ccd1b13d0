extension Wording {
  static func sentence(_ axis: FalsificationAxis) -> String {
    switch axis {
    case .task: "Try other tasks."
    case .initialState: "Start from other initial states."
    case .seed: "Repeat with other random seeds."
    case .objectInstance: "Use other objects of the same kind."
    case .distractors: "Add objects that do not belong to the task."
    case .cameraPose: "Move the cameras."
    case .lighting: "Change the lighting."
    case .texture: "Change textures and backgrounds."
    case .languageInstruction: "Word the instruction differently."
    case .robotInitialPose: "Start the robot from other poses."
    case .embodiment: "Use another robot."
    case .dynamics: "Change masses, friction or payload."
    case .latency: "Add delay to observations or actions."
    case .horizon: "Allow more or less time."
    }
  }

  static let gaps: [String: String] = [
    "not_recorded": "It was not recorded.",
    "single_level": "One level was seen.",
    "few_levels": "Few levels were seen.",
  ]

  static let whys: [String: String] = [
    "named_in_claim": "The claim names it.",
    "claim_unrestricted": "The claim does not limit it.",
    "varied_by_suite": "The suite varies it by design.",
    "gap_not_recorded": "It was not recorded.",
    "gap_single_level": "One level was seen.",
    "levels_differ": "Its levels differ in rate.",
    "failures_concentrated": "Failures concentrate on a few of its levels.",
    "can_be_varied": "It can be varied without training again.",
  ]
}
