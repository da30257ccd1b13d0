internal import Audit
internal import JSON
internal import Pages

/// Everything that the page of a package shows, in the order of SHARING §10.
struct PageContents {
  let dto: JSONValue
  let token: String
  let files: SharedFiles
  /// The result as evidence.json has it, for the sentences that all pages share.
  let evidence: EvidenceFields

  init(dto: JSONValue, token: String, files: SharedFiles) {
    self.dto = dto
    self.token = token
    self.files = files
    evidence = EvidenceFields(evidence: Self.evidence(dto))
  }

  var fields: [String: PageFields.Field] {
    let parts = [
      verdict, claim, ResultFields(dto: dto, evidence: evidence).fields,
      GradeFields(dto: dto).fields, TaskFields(dto: dto, evidence: evidence).fields,
      ScopeFields(dto: dto, evidence: evidence).fields, AdviceFields(dto: dto).fields,
      VerificationFields(dto: dto, token: token, files: files).fields,
      ApprovalFields(dto: dto).fields,
      OfflineCommands(dto: dto, files: files).fields,
    ]
    return parts.reduce(into: ["notes": .texts(notes)]) { all, part in
      all.merge(part) { _, _ in preconditionFailure("two sections use one name") }
    }
  }

  private var verdict: [String: PageFields.Field] {
    let word = dto.text("result", "verdict") ?? "unknown"
    let state = RowState.verdict(word)
    let limits = ScopeSection(fields: evidence).sentence
    let verified = PageWords.moment(dto.text("verification", "verified_at"))
    return [
      "display_id": .text(dto.text("display_id") ?? "WF-?"),
      "verdict": .text(word), "verdict_word": .text(capitalised(state.word)),
      "verdict_sentence": .text(PageWords.lowered(Wording.verdict(word))),
      "ink": .text(state.ink.rawValue), "limits": .text(limits),
      "disc": .flag(state.marker == .disc), "ring": .flag(state.marker == .ring),
      "square": .flag(state.marker == .square), "bar": .flag(state.marker == .bar),
      "signature_line": .text(
        "Bytes and signature were checked by this server on \(verified): who signed, and how to "
          + "check it yourself"),
      "confidence": .text(evidence.confidence),
    ]
  }

  private var claim: [String: PageFields.Field] {
    let baseline = dto["claim"]?["baseline"]
    return [
      "claim_text": .text(dto.text("claim", "text") ?? "The claim has no text."),
      "subject": .text(dto.text("claim", "subject_id") ?? "not stated"),
      "capability": .text(dto.text("claim", "capability") ?? "not stated"),
      "slug": .text(dto.text("claim", "slug") ?? "not stated"),
      "baseline": .group(
        baseline?.object.map { object in
          PageFields([
            "id": .text(object["id"]?.string ?? "not stated"),
            "metric": .text(object["metric"]?.string ?? "not stated"),
            "value": .text(object["value"]?.string ?? "not stated"),
          ])
        }),
    ]
  }

  /// What the page is and is not, last of all.
  private var notes: [String] {
    dto.rows("wording").compactMap(\.string).map(PageWords.note) + [
      "This page loads nothing from anywhere else."
    ]
  }

  /// The parts of evidence.json that the DTO has, in their places.
  private static func evidence(_ dto: JSONValue) -> JSONValue {
    let result = dto["result"]
    var claim: JSONObject = [:]
    for key in ["kind", "threshold", "confidence", "aggregate", "margin"] {
      claim[key] = result?[key] ?? .null
    }
    claim["subject_id"] = dto["claim"]?["subject_id"] ?? .null
    var evidence: JSONObject = ["claim": .object(claim)]
    for key in ["counts", "primary", "intervals", "policies", "band", "verdict", "reasons"] {
      evidence[key] = result?[key] ?? .null
    }
    for key in ["display_id", "scope", "deployment_summary", "protocol"] {
      evidence[key] = dto[key] ?? .null
    }
    return .object(evidence)
  }
}

extension JSONValue {
  /// The value below a path of keys; nil where one is absent.
  func at(_ path: [String]) -> JSONValue? { path.reduce(Optional(self)) { $0?[$1] } }
  func text(_ path: String...) -> String? { at(path)?.string }
  func count(_ path: String...) -> Int64? { at(path)?.int }
  func rows(_ path: String...) -> [JSONValue] { at(path)?.array ?? [] }
}

/// The first letter in upper case, where it is one of a to z.
func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
