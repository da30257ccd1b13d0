// Sources: gym-pusht's registration; eval/sim/SimplerEnv and the defaults of eval/rollout_policy.py in
// Isaac-GR00T; the skill lists of lbm_eval 1.1.0.
extension BenchmarkSuite {
  static let pushT = BenchmarkSuite(
    id: "pusht", benchmark: "PushT", title: "PushT", spoken: ["pusht", "push t"],
    tasks: numbered(["push the T-shaped block onto the T-shaped target"]),
    setup: RobotSetup(
      embodiment: "planar point pusher", simulator: "gym-pusht",
      cameras: "default fixed top view",
      profile: RobotSetup.Profile(
        id: "pusht-point-pusher-v1", embodimentClass: "planar_pusher", robotModel: "point-pusher",
        simulatorFamily: "pusht", controlMode: "absolute_position", degreesOfFreedom: 2,
        actions: ["target_position"], observations: ["rgb_top_camera", "agent_position"],
        cameraTopology: "static")), horizons: ["lerobot-pusht": 300])

  static let simpler = [simplerGoogle, simplerWidowX]

  private static let simplerGoogle = BenchmarkSuite(
    id: "simpler_env_google", benchmark: "SimplerEnv", title: "SimplerEnv (Google robot)",
    spoken: ["simplerenv google robot", "simplerenv google", "simpler env google"],
    tasks: named(
      [
        "pick_coke_can", "pick_object", "move_near", "open_drawer", "close_drawer",
        "place_in_closed_drawer",
      ].map { "google_robot_" + $0 }),
    setup: simplerSetup(
      embodiment: "Google robot", profile: "simpler-google-robot-v1",
      embodimentClass: "mobile_manipulator", robotModel: "google-robot"),
    horizons: ["gr00t-simpler": 504])

  private static let simplerWidowX = BenchmarkSuite(
    id: "simpler_env_widowx", benchmark: "SimplerEnv", title: "SimplerEnv (WidowX)",
    spoken: ["simplerenv widowx", "simpler env widowx"],
    tasks: named(
      [
        "spoon_on_towel", "carrot_on_plate", "stack_cube", "put_eggplant_in_basket",
        "put_eggplant_in_sink", "open_drawer", "close_drawer",
      ].map { "widowx_" + $0 }),
    setup: simplerSetup(
      embodiment: "WidowX", profile: "simpler-widowx-v1", embodimentClass: "single_arm_tabletop",
      robotModel: "widowx"), horizons: ["gr00t-simpler": 504])

  private static func simplerSetup(
    embodiment: String, profile: String, embodimentClass: String, robotModel: String
  ) -> RobotSetup {
    RobotSetup(
      embodiment: embodiment, simulator: "ManiSkill2 (SAPIEN)",
      cameras: "default camera of the environment",
      profile: RobotSetup.Profile(
        id: profile, embodimentClass: embodimentClass, robotModel: robotModel,
        simulatorFamily: "simpler_env", controlMode: "delta_pose", degreesOfFreedom: 6,
        actions: ["end_effector_delta_pose", "gripper_action"],
        observations: ["rgb_camera", "proprioception", "language_instruction"],
        cameraTopology: "single"))
  }

  static let lbmEval = BenchmarkSuite(
    id: "lbm_eval", benchmark: "LBM Eval", title: "LBM Eval", spoken: ["lbm eval"],
    tasks: named(cabotSkills + riverwaySkills),
    setup: RobotSetup(
      embodiment: "two Franka Panda arms", simulator: "Drake",
      profile: RobotSetup.Profile(
        id: "lbm-eval-dual-panda-v1", embodimentClass: "dual_arm_tabletop",
        robotModel: "dual-franka-panda", simulatorFamily: "drake")), horizons: [:])

  /// Skills of the station Cabot.
  private static let cabotSkills = [
    "dump_vegetables_from_small_to_large_container", "pick_and_place_box",
    "place_cup_by_coaster", "place_cup_on_coaster", "push_coaster_to_center_of_table",
    "push_coaster_to_mug", "put_banana_in_center_of_table", "put_banana_on_saucer",
    "put_containers_on_plate", "put_cup_in_center_of_table", "put_cup_on_saucer",
    "put_fruit_in_large_container_and_cover_with_plate", "put_green_apple_in_center_of_table",
    "put_green_apple_on_saucer", "put_kiwi_in_center_of_table", "put_kiwi_on_saucer",
    "put_mug_in_center_of_table", "put_mug_on_saucer", "put_orange_in_center_of_table",
    "put_orange_on_saucer", "separate_fruits_vegetables_into_containers",
    "turn_cup_upside_down", "turn_large_container_upside_down", "turn_mug_rightside_up",
  ]

  /// Skills of the station Riverway.
  private static let riverwaySkills = [
    "bimanual_hang_mugs_on_mug_holder_from_drying_rack",
    "bimanual_hang_mugs_on_mug_holder_from_table",
    "bimanual_lay_cereal_box_on_cutting_board_from_top_shelf",
    "bimanual_lay_cereal_box_on_cutting_board_from_under_shelf",
    "bimanual_place_apple_from_bowl_into_bin", "bimanual_place_apple_from_bowl_on_cutting_board",
    "bimanual_place_avocado_from_bowl_into_bin",
    "bimanual_place_avocado_from_bowl_on_cutting_board",
    "bimanual_place_fruit_from_bowl_into_bin", "bimanual_place_fruit_from_bowl_on_cutting_board",
    "bimanual_place_pear_from_bowl_into_bin", "bimanual_place_pear_from_bowl_on_cutting_board",
    "bimanual_put_mugs_on_plates_from_drying_rack", "bimanual_put_mugs_on_plates_from_table",
    "bimanual_put_red_bell_pepper_in_bin", "bimanual_put_spatula_on_plate_from_drying_rack",
    "bimanual_put_spatula_on_plate_from_table",
    "bimanual_put_spatula_on_plate_from_utensil_crock",
    "bimanual_put_spatula_on_table_from_drying_rack",
    "bimanual_put_spatula_on_table_from_utensil_crock",
    "bimanual_stack_plates_on_table_from_drying_rack",
    "bimanual_stack_plates_on_table_from_table", "bimanual_store_cereal_box_under_shelf",
    "put_spatula_in_utensil_crock", "put_spatula_in_utensil_crock_from_drying_rack",
  ]
}
