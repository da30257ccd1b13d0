import History
import Signing
import Terminal

/// Finds the versions that a diff names.
struct DiffSides {
  let session: Session

  /// Two versions, or the last two package versions of one claim.
  func sides(_ a: String, _ b: String?) throws -> (DiffSide, DiffSide) {
    if let b {
      let store = try? session.store()
      return (try side(a, store), try side(b, store))
    }
    let store = try session.store()
    let slug = try claim(a, store)
    let packages = try store.chain(from: try store.tip(of: slug)).filter {
      $0.kind != .registration
    }
    guard packages.count > 1 else { throw tooFew(slug) }
    let last = packages.count
    return (
      try DiffSide(
        name: "\(slug)@v\(last - 1)",
        version: ResolvedVersion(commit: packages[1].id, slug: slug), in: store),
      try DiffSide(
        name: "\(slug)@v\(last)",
        version: ResolvedVersion(commit: packages[0].id, slug: slug), in: store)
    )
  }

  /// The last versions of a claim, fewer where there are not so many.
  func series(_ text: String, last: Int) throws -> VersionSeries {
    let store = try session.store()
    let slug = try claim(text, store)
    let options = try store.ownOptions()
    let series = try VersionSeries(
      of: slug, last: last, comparesWhole: true, in: store, options: options)
    guard series.versions.count > 1 else { throw tooFew(slug) }
    if series.versions.count < last {
      session.console.remark("The claim has \(series.versions.count) package versions")
    }
    return series
  }

  private func claim(_ text: String, _ store: EvidenceStore) throws -> String {
    guard case .tip(let slug) = try session.version(text, in: store) else {
      throw CommandError(
        .optionInvalid, place: text, "one version cannot be compared with nothing",
        hint: "wf diff OLD NEW, or wf diff SLUG for its last two versions")
    }
    return slug
  }

  private func tooFew(_ slug: String) -> HistoryError {
    HistoryError(
      .versionUnknown, place: slug, "this claim has fewer than two package versions",
      hint: "wf log \(slug)")
  }

  private func side(_ text: String, _ store: EvidenceStore?) throws -> DiffSide {
    let name = try session.version(text, in: store)
    if case .path(let path) = name {
      let (members, _) = try FileVerification.read(
        path, files: session.files, temporaryFolder: session.temporaryFolder)
      return try DiffSide(name: text, members: members)
    }
    let store = try store ?? session.store()
    return try DiffSide(name: text, version: try store.resolve(name), in: store)
  }
}
