public import JSON

/// What the page of one package is made from: shareable data alone.
public struct ReportPageContents: Sendable, Equatable {
  /// evidence.json as packaged.
  public var evidence: JSONValue
  public var digests: ReportDigests
  /// nil where nothing was verified: the page then says so.
  public var findings: VerifyFindings?

  public init(evidence: JSONValue, digests: ReportDigests, findings: VerifyFindings?) {
    self.evidence = evidence
    self.digests = digests
    self.findings = findings
  }
}

/// `sha256:…` of the members that the page names; nil is shown as not known.
public struct ReportDigests: Sendable, Equatable {
  public var claim: String?
  public var auditInput: String?
  public var evidence: String?
  public var manifest: String?

  public init(claim: String?, auditInput: String?, evidence: String?, manifest: String?) {
    self.claim = claim
    self.auditInput = auditInput
    self.evidence = evidence
    self.manifest = manifest
  }
}

/// What verify found for the package: evidence.json cannot know it (SCHEMAS §5.1).
public struct VerifyFindings: Sendable, Equatable {
  /// Hex id of the signed commit; nil for a package without one.
  public var commit: String?
  /// The letter to show, never better than that of evidence.json.
  public var grade: String
  /// Why it is not better: the caps of evidence.json, then those of history.
  public var caps: [Cap]
  /// Who signed, when a signature held.
  public var signer: Signer?
  /// Every check in the order in which it was made.
  public var checks: [Check]

  /// The first failed check.
  public var failure: Check? { checks.first { $0.state == "fail" } }

  /// A reason for the grade and the best letter that it leaves.
  public struct Cap: Sendable, Equatable {
    public var word: String
    public var cap: String

    public init(word: String, cap: String) {
      self.word = word
      self.cap = cap
    }
  }

  public struct Signer: Sendable, Equatable {
    public var principal: String?
    /// `SHA256:…` of the key.
    public var fingerprint: String

    public init(principal: String?, fingerprint: String) {
      self.principal = principal
      self.fingerprint = fingerprint
    }
  }

  /// A check of `wf verify`: `pass`, `fail` or `skipped`.
  public struct Check: Sendable, Equatable {
    public var check: String
    public var state: String
    public var reason: String?
    public var detail: String

    public init(check: String, state: String, reason: String?, detail: String) {
      self.check = check
      self.state = state
      self.reason = reason
      self.detail = detail
    }
  }

  public init(commit: String?, grade: String, caps: [Cap], signer: Signer?, checks: [Check]) {
    self.commit = commit
    self.grade = grade
    self.caps = caps
    self.signer = signer
    self.checks = checks
  }
}
