import Adapters
import Platform

/// Where an import writes: never into the folder that it looks at, and for this user alone.
struct ImportOutputs {
  let report: String
  let auditInput: String?
  let folder: String
  let replaces: Bool
  let files: FileSystem

  /// The report in words lies beside the one in JSON.
  var words: String {
    report.hasSuffix(".json") ? String(report.dropLast(5)) + ".md" : report + ".md"
  }

  /// Refuses what must not be written to, before anything is read.
  func check() throws {
    let root = try files.status(folder)
    guard root.kind == .directory else {
      throw RunFolderError(
        .folderUnreadable, place: folder, "this is not a folder",
        hint: "a single file: wf audit auto FILE")
    }
    for path in [report, words, auditInput].compactMap({ $0 }) {
      if try lies(path, in: root) {
        throw RunFolderError(
          .outputInsideInput, place: path, "this would be written into the folder that is read",
          hint: "choose a place outside of \(folder)")
      }
      if !replaces, try files.statusIfPresent(path, followingLinks: false) != nil {
        throw PlatformError(
          .outputExists, place: path, message: "the output is already there")
      }
    }
  }

  func write(_ report: ImportReport, _ json: String) throws {
    try write(Array((json + "\n").utf8), to: self.report)
    let text = ["*private, do not share*", ""] + report.lines
    try write(Array((text.joined(separator: "\n") + "\n").utf8), to: words)
  }

  /// Beside its place, then renamed; readable for the owner only.
  func write(_ bytes: [UInt8], to path: String) throws {
    try files.write(bytes, to: path, mode: 0o600)
  }

  /// Whether the folder is above an output, however the path goes there.
  private func lies(_ path: String, in root: FileStatus) throws -> Bool {
    var place = Path.parent(path)
    var last: FileStatus?
    while true {
      let status = try files.status(place)
      if status.isSameFile(as: root) { return true }
      if let last, last.isSameFile(as: status) { return false }
      last = status
      place = Path.join(place, "..")
    }
  }
}
