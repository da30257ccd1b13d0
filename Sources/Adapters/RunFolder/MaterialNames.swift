/// Tells what a file should be by its path (IMPORT §2, the column of patterns).
struct MaterialNames: Sendable {
  /// Folders of datasets, as relative paths with a slash behind; the folder itself is the empty path.
  let datasetFolders: [(path: [UInt8], kind: MaterialKind)]

  /// The group that a folder gives to everything in it, whatever its extension.
  func folderKind(of path: [UInt8], parts: [ArraySlice<UInt8>]) -> MaterialKind? {
    let folders = parts.dropLast()
    if folders.contains(where: { $0.elementsEqual("wandb".utf8) }) { return .wandb }
    if folders.contains(where: { $0.elementsEqual("mlruns".utf8) }) { return .mlflow }
    for (folder, kind) in datasetFolders {
      if folder.isEmpty {
        // The run folder itself is one: only the dataset's own folders belong to it.
        if let first = folders.first, Self.datasetParts.contains(Array(first)) { return kind }
      } else if path.starts(with: folder) {
        return kind
      }
    }
    return nil
  }

  private static let datasetParts = Set(
    ["meta", "data", "videos", "images"].map { Array($0.utf8) })

  /// The kind that a path asks for, its name given in lower case; nil where it asks for none.
  func kind(of parts: [ArraySlice<UInt8>], name: String) -> MaterialKind? {
    let parent = parts.dropLast().last.map { Array($0) } ?? []
    if parent.elementsEqual(".hydra".utf8), name.hasSuffix(".yaml") { return .hydra }
    if name == "wandb-summary.json" || name == "wandb-metadata.json" { return .wandb }
    if name == "mlflow.db" { return .mlflow }
    if Self.isEventFile(name) { return .tensorboard }
    if parent.elementsEqual("meta".utf8), let kind = Self.datasetFiles[name] { return kind }
    if [".zarray", ".zgroup", "zarr.json"].contains(name) { return .zarr }
    if Self.isTarball(name) { return .archive }
    guard let dot = name.lastIndex(of: ".") else { return nil }
    return Self.extensions[String(name[name.index(after: dot)...])]
  }

  /// Whether the folder says that its files come from a simulator, unless they say more themselves.
  static func isSimulated(_ parts: [ArraySlice<UInt8>], name: String) -> MaterialKind? {
    let isaac = Array("isaac".utf8)
    if parts.dropLast().contains(where: { part in
      part.count >= isaac.count && zip(isaac, part).allSatisfy { $0 == $1 | 0x20 }
    }) {
      return .isaac
    }
    return name.hasPrefix("cosmos") ? .cosmos : nil
  }

  /// Result files by name; one that cannot be read is more than a file less.
  static func isResult(_ name: String) -> Bool {
    name == "eval_info.json" || name.hasSuffix("_eval_info.json") || name == "results.json"
      || (name.hasPrefix("results-") && name.hasSuffix(".json")) || name == "episodes.json"
      || name == "episodes.jsonl" || name == "audit_input.json"
  }

  /// Whether a name holds `tfevents`.
  private static func isEventFile(_ name: String) -> Bool {
    let mark = "tfevents".utf8
    let name = name.utf8
    var place = name.startIndex
    while let found = name[place...].firstIndex(of: 0x74) {
      if name[found...].starts(with: mark) { return true }
      place = name.index(after: found)
    }
    return false
  }

  private static func isTarball(_ name: String) -> Bool {
    let parts = name.split(separator: ".")
    return parts.count > 2 && parts[parts.count - 2] == "tar"
  }

  private static let datasetFiles: [String: MaterialKind] = [
    "episodes.jsonl": .lerobotDatasetV2, "tasks.jsonl": .lerobotDatasetV2,
    "episodes_stats.jsonl": .lerobotDatasetV2, "tasks.parquet": .lerobotDatasetV3,
    "modality.json": .otherDataset,
  ]

  private static let extensions: [String: MaterialKind] = [
    "json": .json, "jsonl": .json, "wandb": .wandb,
    "parquet": .otherDataset,
    "bag": .ros1Bag, "db3": .ros2Bag, "mcap": .mcap,
    "usd": .isaac, "usda": .isaac, "usdc": .isaac,
    "h5": .hdf5, "hdf5": .hdf5, "npy": .npy, "npz": .npy, "safetensors": .safetensors,
    "pt": .torch, "pth": .torch, "ckpt": .torch, "bin": .torch,
    "mp4": .video, "mov": .video, "webm": .video, "mkv": .video, "avi": .video,
    "gif": .image, "png": .image, "jpg": .image, "jpeg": .image,
    "zip": .archive, "tar": .archive, "tgz": .archive, "7z": .archive, "rar": .archive,
    "zst": .archive, "gz": .archive, "bz2": .archive, "xz": .archive,
    "ipynb": .notebook, "csv": .csv, "tsv": .csv,
    "md": .notes, "txt": .notes, "log": .notes, "out": .notes, "err": .notes, "html": .notes,
    "pdf": .notes, "rst": .notes,
    "yaml": .config, "yml": .config, "toml": .config, "ini": .config, "cfg": .config,
  ]
}
