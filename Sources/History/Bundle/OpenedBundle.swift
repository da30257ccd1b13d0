import ObjectStore
import Platform

/// A git bundle whose objects were taken out into a quarantine, where they can be checked.
final class OpenedBundle {
  let path: String
  /// Its claims and labels, in the bundle's order; what else it names is passed over.
  let arrivals: Arrivals
  /// Names of the refs that are none of ours.
  let ignored: [BundleHeader.Row]

  var rows: [Arrivals.Row] { arrivals.rows }
  var quarantine: Quarantine { arrivals.quarantine }
  var store: EvidenceStore { arrivals.store }

  /// - Parameters:
  ///   - folder: where the quarantine is made, and removed with this value.
  ///   - real: the store that is to take the objects; nil for none.
  /// - Throws: `bundle_…`, what is wrong with the pack, `bundle_without_claim`.
  init(
    _ path: String, in folder: String, beside real: ObjectStore? = nil, files: FileSystem
  ) throws {
    self.path = path
    let file = try files.map(path)
    let header = try BundleHeader(Self.head(of: file))
    var rows: [Arrivals.Row] = []
    var ignored: [BundleHeader.Row] = []
    for row in header.rows where row.name != .head {
      if let own = Arrivals.Row(row.name, row.target) {
        rows.append(own)
      } else {
        ignored.append(row)
      }
    }
    guard rows.contains(where: { $0.label == nil }) else {
      throw HistoryError(
        .bundleWithoutClaim, place: path, "the bundle has no claim of a store in it",
        hint: "wf export SLUG --format bundle makes one that has")
    }
    self.ignored = ignored
    let quarantine = try Quarantine(in: folder, beside: real, system: files)
    let newObjects = try quarantine.unpack(
      file, header, rows: rows.map { BundleHeader.Row($0.ref, $0.target) })
    arrivals = Arrivals(
      origin: path, rows: rows, head: header.rows.first { $0.name == .head }?.target,
      quarantine: quarantine, newObjects: newObjects)
  }

  /// Whether a file begins as a git bundle does.
  static func isBundle(_ file: MappedFile) -> Bool {
    BundleHeader.isBundle(unsafe file.withBytes { raw in unsafe Array(raw.prefix(32)) })
  }

  func reports(_ options: VerifyOptions) throws -> [TargetReport] {
    try arrivals.reports(options)
  }

  private static func head(of file: MappedFile) -> [UInt8] {
    unsafe file.withBytes { raw in
      unsafe Array(raw.prefix(BundleHeader.longest))
    }
  }
}
