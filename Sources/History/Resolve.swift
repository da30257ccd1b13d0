public import ObjectStore
import Platform

/// A version that was named and found in the store.
public struct ResolvedVersion: Sendable, Equatable {
  public let commit: ObjectID
  /// The claim's slug, from the name or from the commit's message.
  public let slug: String?
  /// The tag object by which the version was named, if it was.
  public let tag: ObjectID?

  public init(commit: ObjectID, slug: String?, tag: ObjectID? = nil) {
    self.commit = commit
    self.slug = slug
    self.tag = tag
  }
}

extension EvidenceStore {
  /// Finds what a version name means; paths are not for this function.
  ///
  /// - Throws: `claim_unknown` `version_unknown` `version_ambiguous` `registration_missing`.
  public func resolve(_ name: VersionName) throws -> ResolvedVersion {
    switch name {
    case .tip(let slug):
      return ResolvedVersion(commit: try tip(of: slug), slug: slug)
    case .back(let slug, let count):
      let links = try chain(from: try tip(of: slug), limit: count + 1)
      guard links.count == count + 1, let last = links.last else {
        throw unknown("\(slug)~\(count)", "the history has only \(links.count) commits")
      }
      return ResolvedVersion(commit: last.id, slug: slug)
    case .number(let slug, let number):
      let packages = try chain(from: try tip(of: slug)).filter { $0.kind != .registration }
      guard number <= packages.count else {
        throw unknown("\(slug)@v\(number)", "the claim has \(packages.count) package versions")
      }
      return ResolvedVersion(commit: packages[packages.count - number].id, slug: slug)
    case .registration(let slug):
      guard let root = try chain(from: try tip(of: slug)).last, root.kind == .registration else {
        throw HistoryError(
          .registrationMissing, place: slug, "this claim was never registered",
          hint: "wf claim register DIR, before the run")
      }
      return ResolvedVersion(commit: root.id, slug: slug)
    case .label(let slug, let label):
      guard let tag = RefName.tag(slug, label), let target = try objects.ref(tag) else {
        throw unknown("\(slug)@\(label)", "there is no such label", labels: try labels(of: slug))
      }
      let isTag = try objects.kind(of: target) == .tag
      return ResolvedVersion(
        commit: try objects.peel(target), slug: slug, tag: isTag ? target : nil)
    case .commit(let prefix):
      return try resolve(prefix: prefix)
    case .path(let path):
      throw HistoryError(.versionNameInvalid, place: path, "a file is not a version of the store")
    }
  }

  /// The labels of a claim, in order.
  public func labels(of slug: String) throws(ObjectError) -> [String] {
    let prefix = "refs/tags/\(slug)/"
    return try objects.refs(prefix).compactMap { $0.name.dropping(prefix) }
  }

  private func resolve(prefix: String) throws -> ResolvedVersion {
    var candidates: [ChainLink] = []
    for id in try objects.ids(startingWith: prefix) where try objects.kind(of: id) == .commit {
      candidates.append(try link(id))
    }
    guard let first = candidates.first else {
      throw unknown(prefix, "no commit's id begins like this")
    }
    guard candidates.count == 1 else {
      let list = candidates.prefix(8).map { "\($0.id.hex.prefix(16)) (\($0.commit.subject))" }
      throw HistoryError(
        .versionAmbiguous, place: prefix, "\(candidates.count) commits begin like this",
        hint: "more digits of one of: " + list.joined(separator: ", "))
    }
    return ResolvedVersion(commit: first.id, slug: first.message?.claim)
  }

  private func unknown(
    _ place: String, _ why: String, labels: [String] = []
  ) -> HistoryError {
    HistoryError(
      .versionUnknown, place: place, why,
      hint: labels.isEmpty
        ? "wf log shows the versions" : "the labels are: " + labels.joined(separator: ", "))
  }
}
