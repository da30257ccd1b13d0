/// LIBERO's suites.
///
/// Sources: libero/benchmark/libero_suite_task_map.py of LIBERO; the step limits of
/// examples/libero/main.py in openpi, envs/libero.py in lerobot and benchmarks/libero of
/// vla-evaluation-harness.
extension BenchmarkSuite {
  static let libero = [spatial, object, goal, long, libero90]

  static let liberoSetup = RobotSetup(
    embodiment: "Franka Panda", simulator: "MuJoCo",
    cameras: "default fixed agent view and wrist camera",
    profile: RobotSetup.Profile(
      id: "libero-franka-panda-v1", embodimentClass: "single_arm_tabletop",
      robotModel: "franka-panda", simulatorFamily: "libero", controlMode: "delta_pose",
      degreesOfFreedom: 6, actions: ["end_effector_delta_pose", "gripper_action"],
      observations: [
        "rgb_static_camera", "rgb_wrist_camera", "proprioception", "language_instruction",
      ], cameraTopology: "static_and_wrist"))

  private static let spatial = BenchmarkSuite(
    id: "libero_spatial", benchmark: "LIBERO", title: "LIBERO-Spatial",
    spoken: ["libero spatial"],
    tasks: numbered(
      [
        "between the plate and the ramekin", "next to the ramekin", "from table center",
        "on the cookie box", "in the top drawer of the wooden cabinet", "on the ramekin",
        "next to the cookie box", "on the stove", "next to the plate", "on the wooden cabinet",
      ].map { "pick up the black bowl \($0) and place it on the plate" }),
    setup: liberoSetup,
    horizons: ["openpi-libero": 220, "lerobot-libero": 280, "vla-eval-libero": 220])

  private static let object = BenchmarkSuite(
    id: "libero_object", benchmark: "LIBERO", title: "LIBERO-Object", spoken: ["libero object"],
    tasks: numbered(
      [
        "alphabet soup", "cream cheese", "salad dressing", "bbq sauce", "ketchup", "tomato sauce",
        "butter", "milk", "chocolate pudding", "orange juice",
      ].map { "pick up the \($0) and place it in the basket" }),
    setup: liberoSetup,
    horizons: ["openpi-libero": 280, "lerobot-libero": 280, "vla-eval-libero": 280])

  private static let goal = BenchmarkSuite(
    id: "libero_goal", benchmark: "LIBERO", title: "LIBERO-Goal", spoken: ["libero goal"],
    tasks: numbered([
      "open the middle drawer of the cabinet", "put the bowl on the stove",
      "put the wine bottle on top of the cabinet", "open the top drawer and put the bowl inside",
      "put the bowl on top of the cabinet", "push the plate to the front of the stove",
      "put the cream cheese in the bowl", "turn on the stove", "put the bowl on the plate",
      "put the wine bottle on the rack",
    ]), setup: liberoSetup,
    horizons: ["openpi-libero": 300, "lerobot-libero": 300, "vla-eval-libero": 300])

  private static let long = BenchmarkSuite(
    id: "libero_10", benchmark: "LIBERO", title: "LIBERO-10",
    spoken: ["libero 10", "libero long"],
    tasks: numbered([
      "put both the alphabet soup and the tomato sauce in the basket",
      "put both the cream cheese box and the butter in the basket",
      "turn on the stove and put the moka pot on it",
      "put the black bowl in the bottom drawer of the cabinet and close it",
      "put the white mug on the left plate and put the yellow and white mug on the right plate",
      "pick up the book and place it in the back compartment of the caddy",
      "put the white mug on the plate and put the chocolate pudding to the right of the plate",
      "put both the alphabet soup and the cream cheese box in the basket",
      "put both moka pots on the stove",
      "put the yellow and white mug in the microwave and close it",
    ]), setup: liberoSetup,
    horizons: ["openpi-libero": 520, "lerobot-libero": 520, "vla-eval-libero": 520])
}
