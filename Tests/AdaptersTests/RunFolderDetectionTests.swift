import Platform
import TestSupport
import Testing

@testable import Adapters

struct RunFolderDetectionTests {
  /// Path, first bytes, kind, and whether the two disagree.
  private static let table: [(String, [UInt8], MaterialKind, Bool)] = [
    ("a/.hydra/config.yaml", Array("policy: x".utf8), .hydra, false),
    ("x.yaml", Array("a: 1".utf8), .config, false),
    ("x.json", Array("{}".utf8), .json, false),
    ("x.JSONL", Array("{}".utf8), .json, false),
    ("wandb/run/files/x.json", Array("{}".utf8), .wandb, false),
    ("run-x.wandb", Array(":W&B".utf8) + [0xE1, 0xBE, 0], .wandb, false),
    ("mlruns/0/meta.yaml", Array("x".utf8), .mlflow, false),
    ("m/meta.yaml", Array("experiment_id: '0'\n".utf8), .mlflow, false),
    ("m/metrics/loss", Array("1700000000000 0.5 3\n".utf8), .mlflow, false),
    ("mlflow.db", Array("SQLite format 3\0".utf8), .mlflow, false),
    ("other.db", Array("SQLite format 3\0".utf8), .otherBinary, false),
    ("r/x.db3", Array("SQLite format 3\0".utf8), .ros2Bag, false),
    ("r/metadata.yaml", Array("rosbag2_bagfile_information:\n".utf8), .ros2Bag, false),
    (
      "e", [13, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 0x1A] + Array("brain.Event:2".utf8), .tensorboard,
      false
    ),
    ("d/x.parquet", Array("PAR1".utf8), .otherDataset, false),
    ("x.bag", Array("#ROSBAG V2.0\n".utf8), .ros1Bag, false),
    ("x.mcap", [0x89] + Array("MCAP0\r\n".utf8), .mcap, false),
    ("x.usda", Array("#usda 1.0".utf8), .isaac, false),
    ("x.h5", [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], .hdf5, false),
    (
      "x.h5",
      [UInt8](repeating: 0, count: 1024) + [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], .hdf5,
      false
    ),
    ("z/.zgroup", Array("{}".utf8), .zarr, false),
    ("x.npy", [0x93] + Array("NUMPY".utf8), .npy, false),
    ("x.npz", zip("a.npy"), .npy, false),
    ("x.pt", zip("archive/data.pkl"), .torch, false),
    ("x.zip", zip("a.txt"), .archive, false),
    ("x.ckpt", [0x80, 0x02, 0x7D], .torch, false),
    ("x.safetensors", [2, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D], .safetensors, false),
    ("x.safetensors", [0, 0, 0, 0, 0, 0, 0, 0x7F, 0x7B, 0x7D], .otherBinary, true),
    ("x.gguf", Array("GGUF".utf8), .otherBinary, false),
    ("x", [1, 2, 0], .otherBinary, false),
    ("x.mp4", [0, 0, 0, 24] + Array("ftypisom".utf8), .video, false),
    ("x.mkv", [0x1A, 0x45, 0xDF, 0xA3], .video, false),
    ("x.avi", Array("RIFF1234AVI ".utf8), .video, false),
    ("x.gif", Array("GIF89a".utf8), .image, false),
    ("x.png", [0x89] + Array("PNG\r\n".utf8), .image, false),
    ("x.jpg", [0xFF, 0xD8, 0xFF, 0xE0], .image, false),
    ("x.tar", [UInt8](repeating: 0x61, count: 257) + Array("ustar".utf8), .archive, false),
    ("x.tar.gz", [0x1F, 0x8B, 8], .archive, false),
    ("x.ipynb", Array("{}".utf8), .notebook, false),
    ("x.tsv", Array("a\tb".utf8), .csv, false),
    ("x.md", Array("# a".utf8), .notes, false),
    ("x.pdf", Array("%PDF-1.7".utf8), .notes, false),
    ("x.bin", Array("text".utf8), .other, false),
    ("x.mp4", Array("text".utf8), .other, true),
    ("x.json", [0x1F, 0x8B, 8], .archive, true),
    ("x.mp4", zip("a.txt"), .archive, true),
    ("x.mp4", [], .video, false),
    ("a/.git/config", Array("[core]".utf8), .git, false),
    ("x.json", Array("version https://git-lfs.github.com/spec/v1\n".utf8), .lfsPointer, false),
    ("Isaac_runs/x.yaml", Array("a: 1".utf8), .isaac, false),
    ("Isaac_runs/x.log", Array("a".utf8), .notes, false),
    ("LICENSE", Array("text".utf8), .other, false),
  ]

  private static func zip(_ name: String) -> [UInt8] {
    [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 22) + [UInt8(name.utf8.count), 0, 0, 0]
      + Array(name.utf8)
  }

  @Test(arguments: table)
  func `a file is told by its bytes before its name`(
    _ path: String, _ head: [UInt8], _ kind: MaterialKind, _ isMismatch: Bool
  ) throws {
    let folder = try MadeRunFolder(["x": ""])
    let file = WalkedFile(
      path: Array(path.utf8), status: try FileSystem().status(folder.path + "/x"))
    let found = MaterialDetection(names: MaterialNames(datasetFolders: [])).kind(
      of: file, head: head[...])
    #expect(found == MaterialDetection.Found(kind: kind, isMismatch: isMismatch))
  }

  @Test func `every kind has a group and every group a name`() {
    for kind in MaterialKind.allCases { #expect(MaterialGroup.allCases.contains(kind.group)) }
    #expect(
      Set(MaterialGroup.allCases.map(ImportWording.group)).count == MaterialGroup.allCases.count)
  }

  @Test func `every reason has a sentence and a step of its own order`() {
    var sentences = Set<String>()
    for reason in ImportReason.allCases {
      sentences.insert(ImportWording.sentence(reason))
      #expect(!ImportWording.step(reason).text.isEmpty)
    }
    #expect(sentences.count == ImportReason.allCases.count)
    let kinds = ImportReason.allCases.map(\.decision)
    // Rejecting words come before those that only report, and acceptance is last.
    #expect(kinds.firstIndex(of: .reportOnly) == 21 && kinds.lastIndex(of: .reject) == 20)
    #expect(kinds.last == .accept)
  }
}
