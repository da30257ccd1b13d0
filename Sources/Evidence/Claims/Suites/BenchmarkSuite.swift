/// A suite of a public benchmark: its tasks in their published order, on its robot.
public struct BenchmarkSuite: Sendable, Equatable {
  /// A task as the suite's own harness names it.
  public struct Task: Sendable, Equatable {
    public let id: String
    /// The instruction; nil where the harness states none.
    public let name: String?
  }

  /// As sources write it, for example `libero_spatial`.
  public let id: String
  /// The benchmark it belongs to, for example `LIBERO`.
  public let benchmark: String
  /// As a sentence names it, for example `LIBERO-Spatial`.
  public let title: String
  /// Spoken forms in lower case, words separated by single spaces.
  let spoken: [String]
  public let tasks: [Task]
  let setup: RobotSetup
  /// Steps after which an episode ends, by template; missing where the harness fixes none.
  let horizons: [String: Int]

  /// The suites whose tasks are known.
  public static let known: [BenchmarkSuite] = libero + [pushT] + simpler + [lbmEval]

  /// The suite with an id.
  public static func named(_ id: String) -> BenchmarkSuite? { known.first { $0.id == id } }

  /// Tasks that are numbered in their order.
  static func numbered(_ instructions: [String]) -> [Task] {
    instructions.enumerated().map { Task(id: String($0.offset), name: $0.element) }
  }

  /// Tasks that have a name of their own and no instruction.
  static func named(_ ids: [String]) -> [Task] { ids.map { Task(id: $0, name: nil) } }
}

/// The robot, simulator and cameras of a suite.
///
/// What the suite's sources do not say is nil.
struct RobotSetup: Sendable, Equatable {
  /// As applicability.robot_embodiment says it.
  var embodiment: String?
  /// As applicability.simulator says it.
  var simulator: String?
  /// As applicability.camera_distribution says it.
  var cameras: String?
  var profile: Profile

  /// frozen.robot_policy_profile.
  struct Profile: Sendable, Equatable {
    var id: String?
    var embodimentClass: String?
    var robotModel: String?
    var simulatorFamily: String?
    var controlMode: String?
    var degreesOfFreedom: Int?
    var actions: [String] = []
    var observations: [String] = []
    var cameraTopology: String?
  }

  static let unknown = RobotSetup(profile: Profile())
}
