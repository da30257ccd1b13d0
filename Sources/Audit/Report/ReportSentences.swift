package import JSON

/// The sentences about a result that evidence.md and the pages share; digits and fixed words alone.
package enum ReportSentences {
  /// What was counted, its interval, and what the claim would have needed.
  package static func result(_ evidence: JSONValue) -> String { report(evidence).sentence }

  /// How errors count, and who said so.
  package static func denominator(_ evidence: JSONValue) -> String { report(evidence).denominator }

  private static func report(_ evidence: JSONValue) -> EvidenceReport {
    EvidenceReport(evidence: evidence, claimDigest: "", auditInputDigest: "")
  }
}
