import Audit
public import JSON
public import ObjectStore
import Platform
public import Signing

/// One line of `wf log`.
public struct LogEntry: Sendable, Equatable {
  /// Number of the package version; nil for other commits.
  public let version: Int?
  public let kind: String
  public let commit: ObjectID
  /// RFC 3339, the committer's own word.
  public let time: String
  public let subject: String
  public let verdict: String?
  /// The letter of the package, lowered by what its signature and history lack (SCHEMAS §5.1).
  public let grade: String?
  public let signedBy: String?
  public let signature: SignatureWord
  public let labels: [String]
  public let claim: String?

  /// One element of `entries` in `wf.log/1`.
  public var json: JSONValue {
    [
      "version": version.map { .number(JSONNumber(Int64($0))) } ?? .null, "kind": .string(kind),
      "commit": .string(commit.hex), "time": .string(time), "subject": .string(subject),
      "verdict": text(verdict), "grade": text(grade), "signed_by": text(signedBy),
      "signature": .string(signature.rawValue), "claim": text(claim),
      "labels": .array(labels.map { .string($0) }),
    ]
  }

  private func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
}

extension EvidenceStore {
  /// A claim's history, newest first.
  public func log(of slug: String, options: VerifyOptions) throws -> [LogEntry] {
    let links = try chain(from: try tip(of: slug))
    let labels = try labelsByCommit(of: slug)
    let coSignatures = CoSignatures(store: self)
    let coSigned = try coSignatures.commits()
    let registration = links.last?.kind == .registration ? links.last : nil
    var version = links.filter { $0.kind != .registration }.count
    return try links.map { link in
      let check = try coSignatures.check(
        of: link.id, isCoSigned: coSigned.contains(link.id), options: options)
      let verdict = check.verdict(on: link.commit)
      let isPackage = link.kind != .registration
      defer { if isPackage { version -= 1 } }
      return LogEntry(
        version: isPackage ? version : nil, kind: link.kind?.rawValue ?? "unknown",
        commit: link.id, time: UTCTime(seconds: link.commit.committer.seconds).rfc3339,
        subject: link.commit.subject, verdict: link.message?.verdict,
        grade: try link.message?.grade.map {
          try shownLetter($0, of: link, registration, check, signature: verdict.word)
        },
        signedBy: verdict.fingerprint,
        signature: link.commit.signatures.count > 1 ? .bad : verdict.word,
        labels: labels[link.id] ?? [], claim: link.message?.claim)
    }
  }

  /// What `verify` would show.
  ///
  /// Whether the registration came first is in the package; it is read only where somebody else than
  /// the signer vouches for the version, since without that it changes no letter.
  private func shownLetter(
    _ letter: String, of link: ChainLink, _ registration: ChainLink?, _ check: SignatureCheck,
    signature: SignatureWord
  ) throws -> String {
    let isIndependent = check.independentSigner(of: link.commit) != nil
    var isRegistered = false
    if isIndependent {
      let members = try StoredPackage(tree: link.commit.tree, in: objects).members
      isRegistered = RegistrationOrder(of: members, after: registration).isProven
    }
    return Audit.displayedGrade(
      letter: letter,
      history: HistoryFacts(
        isRegisteredBeforeRun: isRegistered, isSigned: signature == .good,
        hasIndependentSigner: isIndependent)
    ).letter.rawValue
  }

  /// Labels of a claim by the commit that each names.
  public func labelsByCommit(of slug: String) throws(ObjectError) -> [ObjectID: [String]] {
    var labels: [ObjectID: [String]] = [:]
    let prefix = "refs/tags/\(slug)/"
    for ref in try objects.refs(prefix) {
      guard let label = ref.name.dropping(prefix) else { continue }
      labels[try objects.peel(ref.target), default: []].append(label)
    }
    return labels
  }
}
