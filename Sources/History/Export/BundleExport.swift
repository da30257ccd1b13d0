import Evidence
import ObjectStore
import Platform

extension EvidenceStore {
  /// The history of a claim up to a commit, with the labels in it, as a git bundle.
  func exportBundle(
    _ commit: ObjectID, to output: String, replacing: Bool, progress: (Int, Int) -> Void
  ) throws -> ExportedFile {
    let link = try link(commit)
    guard let slug = link.message?.claim, let ref = RefName.claim(slug) else {
      throw HistoryError(
        .notAPackageVersion, place: commit.hex, "this commit belongs to no claim",
        hint: "wf log shows the versions")
    }
    let publication = try files.beginFile(at: output, replacing: replacing)
    let rows =
      [BundleHeader.Row(.head, commit), BundleHeader.Row(ref, commit)]
      + (try labelRows(slug, in: Set(chain(from: commit).map(\.id))))
    _ = try objects.writeBundle(rows, to: publication.path, progress: progress)
    var digest = StreamingDigest()
    let reader = try files.openForReading(publication.path)
    while true {
      var piece: [UInt8] = []
      if try reader.read(into: &piece, upTo: 1 << 20) == 0 { break }
      digest.update(piece)
    }
    try publication.publish()
    return ExportedFile(
      name: Path.lastComponent(output), size: digest.size, digest: digest.text())
  }

  /// The claim's labels that stand for one of these commits.
  private func labelRows(
    _ slug: String, in history: Set<ObjectID>
  ) throws -> [BundleHeader.Row] {
    try objects.refs("refs/tags/\(slug)/").compactMap { ref in
      history.contains(try objects.peel(ref.target))
        ? BundleHeader.Row(ref.name, ref.target) : nil
    }
  }

  func bundleIsPrivate(_ output: String) -> HistoryError {
    HistoryError(
      .exportNotPublic, place: output,
      "a bundle holds whole versions, with the members that stay in the house",
      hint: "dir, tar, tar.gz, zip and oci have a public form")
  }
}
