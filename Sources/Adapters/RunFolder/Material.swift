/// What sort of thing a file of a run folder is (IMPORT §2).
enum MaterialKind: String, Sendable, CaseIterable {
  case hydra, config
  case lerobotResults = "lerobot_results"
  case lbmEvalResults = "lbm_eval_results"
  case vlaEvalResults = "vla_eval_results"
  case bridge
  case genericRows = "generic_rows"
  case json
  case wandb, mlflow, tensorboard
  case lerobotDatasetV2 = "lerobot_dataset_v2"
  case lerobotDatasetV3 = "lerobot_dataset_v3"
  case otherDataset = "other_dataset"
  case ros1Bag = "ros1_bag"
  case ros2Bag = "ros2_bag"
  case mcap, isaac, cosmos
  case hdf5, zarr, npy, safetensors, torch
  case otherBinary = "other_binary"
  case video, image, notebook, notes
  case archive, csv
  case lfsPointer = "lfs_pointer"
  case git, other, unreadable

  var group: MaterialGroup {
    switch self {
    case .hydra, .config: .config
    case .lerobotResults, .lbmEvalResults, .vlaEvalResults, .bridge, .genericRows, .json: .json
    case .wandb, .mlflow, .tensorboard: .tracker
    case .lerobotDatasetV2, .lerobotDatasetV3, .otherDataset: .dataset
    case .ros1Bag, .ros2Bag, .mcap, .isaac, .cosmos: .simulator
    case .hdf5, .zarr, .npy, .safetensors, .torch, .otherBinary: .binary
    case .video, .image, .notebook, .notes: .narrative
    case .archive: .archive
    case .csv: .csv
    case .lfsPointer, .git, .other, .unreadable: .none
    }
  }

  /// Kinds whose content begins with bytes of their own, so that a name alone proves nothing.
  var hasMagic: Bool {
    switch self {
    case .tensorboard, .lerobotDatasetV2, .lerobotDatasetV3, .otherDataset, .ros1Bag, .ros2Bag,
      .mcap, .hdf5, .npy, .safetensors, .torch, .video, .image, .archive:
      true
    default: false
    }
  }
}

/// The groups that the decision table speaks of.
enum MaterialGroup: String, Sendable, CaseIterable {
  case json, csv, config, tracker, dataset, simulator, binary, archive, narrative, none
}
