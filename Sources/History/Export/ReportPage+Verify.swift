import Audit
public import Evidence
import JSON
public import ObjectStore
public import Pages
import Platform

extension TargetReport {
  /// What the page of a package shows of this report: no path and no place, since a page is handed
  /// around.
  public var pageFindings: VerifyFindings {
    VerifyFindings(
      commit: commit, grade: displayedGrade ?? "none",
      caps: gradeCaps.map { VerifyFindings.Cap(word: $0.word, cap: $0.cap.rawValue) },
      signer: signer.map {
        VerifyFindings.Signer(principal: $0.principal, fingerprint: $0.fingerprint)
      },
      checks: checks.map {
        VerifyFindings.Check(
          check: $0.check.rawValue, state: $0.state.rawValue, reason: $0.reason, detail: $0.detail)
      })
  }
}

extension ReportPageContents {
  /// The page of a package's members, with what verify found for them.
  ///
  /// - Throws: `member_missing` without evidence.json, and the error of JSON that cannot be read.
  public init(members: PackageMembers, report: TargetReport?) throws {
    func digest(_ name: MemberName) -> String? {
      (try? members.bytes(name)).map { Digest.text(of: $0) }
    }
    self.init(
      evidence: try JSONValue.parse(try members.bytes(.evidence)),
      digests: ReportDigests(
        claim: digest(.claim), auditInput: digest(.auditInput), evidence: digest(.evidence),
        manifest: digest(.artifactManifest)),
      findings: report?.pageFindings)
  }
}

extension EvidenceStore {
  /// What the page of a stored version shows.
  ///
  /// - Parameter report: what verify found for it; nil: the page says that nothing was verified.
  /// - Throws: `not_a_package_version` for a registration.
  public func pageContents(
    of commit: ObjectID, report: TargetReport?
  ) throws -> ReportPageContents {
    let link = try packageLink(commit)
    // Only the few members that a page names; the rows of a million episodes stay where they are.
    var members = PackageMembers()
    for name: MemberName in [.claim, .auditInput, .evidence, .artifactManifest] {
      members.set(
        name.rawValue, to: try memberBytes(name.rawValue, tree: link.commit.tree, in: objects))
    }
    return try ReportPageContents(members: members, report: report)
  }

  /// Writes the page of a version, which appears whole or not at all.
  func exportPage(
    _ commit: ObjectID, to output: String, replacing: Bool, options: VerifyOptions?
  ) throws -> ExportedFile {
    let report = try options.map {
      try StoreVerification(store: self, options: $0).report(
        target: commit.hex, version: ResolvedVersion(commit: commit, slug: nil))
    }
    let page = reportPage(try pageContents(of: commit, report: report))
    try files.publish(page, at: output, replacing: replacing)
    return ExportedFile(
      name: Path.lastComponent(output), size: page.count, digest: Digest.text(of: page))
  }
}
