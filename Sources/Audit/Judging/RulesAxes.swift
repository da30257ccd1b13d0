/// What can be varied next, in the fixed order that also breaks ties (STATISTICS §10).
enum FalsificationAxis: String, Sendable, CaseIterable {
  case task
  case initialState = "initial_state"
  case seed
  case objectInstance = "object_instance"
  case distractors
  case cameraPose = "camera_pose"
  case lighting, texture
  case languageInstruction = "language_instruction"
  case robotInitialPose = "robot_initial_pose"
  case embodiment, dynamics, latency, horizon
}

/// What is known about a benchmark, a simulator or a robot: which axes it varies and which it could.
struct AxisTemplate: Sendable {
  let name: String
  /// Lower-case words of benchmark, suite, simulator or simulator family that select it.
  let words: [String]
  let variedBySuite: [FalsificationAxis]
  let variable: [FalsificationAxis]
}

extension Rules {
  /// The first template with a matching word is taken; without one nothing can be varied but what
  /// every set-up can: tasks, seeds and the horizon.
  static let axisTemplates: [AxisTemplate] = [
    AxisTemplate(
      name: "simplerenv", words: ["simpler"],
      variedBySuite: [
        .task, .initialState, .objectInstance, .distractors, .cameraPose, .lighting, .texture,
      ],
      variable: simulated),
    AxisTemplate(
      name: "libero", words: ["libero"], variedBySuite: [.task, .initialState], variable: simulated),
    AxisTemplate(
      name: "pusht", words: ["pusht", "push-t"], variedBySuite: [.initialState, .seed],
      variable: [.initialState, .seed, .texture, .dynamics, .latency, .horizon]),
    AxisTemplate(
      name: "aloha", words: ["aloha"], variedBySuite: [.initialState, .seed], variable: simulated),
    AxisTemplate(
      name: "lbm_eval", words: ["lbm", "drake"],
      variedBySuite: [.task, .initialState, .seed], variable: simulated),
    AxisTemplate(
      name: "robocasa", words: ["robocasa", "robosuite"],
      variedBySuite: [.task, .initialState, .objectInstance, .texture], variable: simulated),
    AxisTemplate(
      name: "behavior", words: ["behavior", "omnigibson"],
      variedBySuite: [.task, .initialState, .objectInstance], variable: simulated),
    AxisTemplate(
      name: "cosmos", words: ["cosmos", "bridge"], variedBySuite: [.initialState],
      variable: [.initialState, .seed, .languageInstruction]),
    AxisTemplate(
      name: "real_robot", words: ["real_robot"], variedBySuite: [],
      variable: [
        .task, .initialState, .objectInstance, .distractors, .cameraPose, .lighting,
        .languageInstruction, .robotInitialPose, .latency, .horizon,
      ]),
    AxisTemplate(
      name: "simulator", words: ["mujoco", "isaac", "pybullet", "sapien", "maniskill", "gazebo"],
      variedBySuite: [], variable: simulated),
  ]

  /// Everything that a rendered simulator can vary for an unchanged policy.
  private static let simulated: [FalsificationAxis] =
    FalsificationAxis.allCases.filter { $0 != .embodiment }

  /// Phrases of a claim that name an axis, lower case.
  static func phrases(_ axis: FalsificationAxis) -> [String] {
    switch axis {
    case .task:
      [
        "across tasks", "any task", "all tasks", "every task", "unseen task", "new task",
        "novel task",
      ]
    case .initialState:
      ["initial state", "initial condition", "starting state", "start state", "initial position"]
    case .seed: ["random seed", "across seeds", "any seed", "all seeds"]
    case .objectInstance:
      ["object instance", "unseen object", "novel object", "new object", "different object"]
    case .distractors: ["distractor", "clutter"]
    case .cameraPose: ["camera pose", "camera position", "camera angle", "viewpoint", "cameras"]
    case .lighting: ["lighting", "illumination"]
    case .texture: ["texture", "background", "appearance"]
    case .languageInstruction: ["instruction", "paraphras", "prompt", "wording"]
    case .robotInitialPose: ["robot initial pose", "robot pose", "starting pose", "initial pose"]
    case .embodiment: ["embodiment", "any robot", "across robots", "different robot"]
    case .dynamics: ["dynamics", "friction", "payload", "mass"]
    case .latency: ["latency", "delay"]
    case .horizon: ["horizon", "time limit", "longer episodes"]
    }
  }

  /// Words before a phrase that take the axis out of the claim.
  static let exclusions = ["fixed", "default", "static", "without", "constant", "same", "no"]
}
