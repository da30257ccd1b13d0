import Audit
import JSON

/// What only history can tell: signature, registration, and the checks of verify.
struct HistorySection {
  let fields: EvidenceFields
  let findings: VerifyFindings?

  @MarkupBuilder var markup: Markup {
    section(.history, "Signature and history") {
      if let findings {
        element(.ul) {
          element(.li) { signature(findings) }
          for word in ["registration", "independent_signer"] {
            element(.li) { fact(word, findings) }
          }
        }
        element(.details) {
          element(.summary) { Self.summary(findings) }
          table(findings)
        }
      } else {
        element(.p) { "Nothing was verified for this page." }
      }
    }
  }

  private func signature(_ findings: VerifyFindings) -> Markup {
    guard let signer = findings.signer else {
      return worded(Wording.cap("signature"), "signature")
    }
    return Markup(joining: [
      Markup(text: "Signed by "),
      element(.strong) { signer.principal ?? "a key without a name" },
      Markup(text: ", key "),
      element(.code, .classes(.wrap)) { signer.fingerprint },
      Markup(text: "."),
    ])
  }

  private static let proven = [
    "registration": "Claim and protocol are proven to have been registered before the run.",
    "independent_signer": "Somebody other than the signer has confirmed it.",
  ]

  private func fact(_ word: String, _ findings: VerifyFindings) -> Markup {
    let isOpen = findings.caps.contains { $0.word == word }
    return worded(isOpen ? Wording.cap(word) : Self.proven[word] ?? "", word)
  }

  private static func summary(_ findings: VerifyFindings) -> String {
    func count(_ state: String) -> Int { findings.checks.count { $0.state == state } }
    let failed = count("fail")
    return "\(count("pass")) of \(findings.checks.count) checks of wf verify passed, "
      + (failed == 0 ? "none failed" : "\(failed) failed") + ", \(count("skipped")) skipped"
  }

  private func table(_ findings: VerifyFindings) -> Markup {
    element(.table) {
      element(.caption) { "The checks of wf verify, in their order" }
      element(.thead) {
        element(.tr) {
          for name in ["Check", "State", "Why"] { element(.th, .scope(.col)) { name } }
        }
      }
      element(.tbody) {
        for check in findings.checks {
          let ink: StyleClass =
            check.state == "fail" ? .bad : check.state == "pass" ? .good : .neutral
          element(.tr) {
            element(.th, .scope(.row)) { check.check }
            element(.td, .classes(ink)) { check.state }
            element(.td) { check.reason.map(Wording.plain) ?? "–" }
          }
        }
      }
    }
  }
}

/// The ids and digests by which everything on the page is found again.
struct ProvenanceSection {
  let fields: EvidenceFields
  let contents: ReportPageContents

  @MarkupBuilder var markup: Markup {
    section(.provenance, "Provenance") {
      element(.dl) {
        for (term, value) in rows {
          element(.dt) { term }
          element(.dd) {
            element(.code, .classes(.wrap)) { value ?? "not known" }
          }
        }
      }
    }
  }

  private var rows: [(String, String?)] {
    let digests = contents.digests
    let frozen = fields.text("protocol", "frozen_at")
    var rows = [
      ("Display id", fields.displayID), ("Package", fields.text("package_id")),
      ("Claim", fields.text("claim", "id")), ("claim.json", digests.claim),
      ("Protocol freeze", fields.text("protocol", "freeze_digest")),
      ("Frozen at", frozen ?? "not frozen"), ("audit_input.json", digests.auditInput),
      ("evidence.json", digests.evidence), ("artifact_manifest.json", digests.manifest),
      ("Rules", fields.text("rules")),
    ]
    if let commit = contents.findings?.commit { rows.append(("Commit", commit)) }
    return rows
  }
}
