import Audit
import Evidence
import JSON

/// Derives evidence.json and evidence.md of a package again (DESIGN §5, STATISTICS §1).
struct Recomputation {
  let members: PackageMembers

  struct Difference {
    let place: String
    let detail: String
  }

  /// The first thing that does not follow, or nil.
  func firstDifference() throws -> Difference? {
    let claimBytes = try members.bytes(.claim)
    let protocolBytes = try members.bytes(.evaluationProtocol)
    let inputBytes = try members.bytes(.auditInput)
    let packaged = try members.bytes(.evidence)
    let digests = InputDigests(
      claim: Digest.text(of: claimBytes), protocol: Digest.text(of: protocolBytes),
      auditInput: Digest.text(of: inputBytes))
    let stored = try JSONValue.parse(packaged)
    let rules = try RuleSet(name: stored["rules"]?.string ?? "")
    let derived = try judge(
      claim: try Claim.decode(claimBytes),
      protocol: try EvaluationProtocol.decode(protocolBytes),
      input: try AuditInput.decode(inputBytes), digests: digests, rules: rules)
    var bytes = try CanonicalJSON.bytes(derived)
    bytes.append(0x0A)
    if bytes != packaged {
      if let path = Self.firstDifference(stored, derived, path: "", isFloat: false) {
        return Difference(
          place: "\(MemberName.evidence.rawValue) \(path.pointer)",
          detail: "the package says \(path.stored), the inputs give \(path.derived)")
      }
      if stored == derived {
        return Difference(
          place: MemberName.evidence.rawValue, detail: "equal values, written in another form")
      }
    }
    let text = try evidenceText(
      evidence: stored, claimDigest: digests.claim, auditInputDigest: digests.auditInput)
    let packagedText = try members.bytes(.evidenceText)
    if text != packagedText {
      let line = Self.firstLine(text, packagedText)
      return Difference(
        place: "\(MemberName.evidenceText.rawValue), line \(line)",
        detail: "this line does not follow from evidence.json")
    }
    return nil
  }

  private struct Fork {
    let pointer: String
    let stored: String
    let derived: String
  }

  /// Fields that come from doubles: ±1 in the last place is allowed there, nowhere else.
  ///
  /// `bootstrap` lies inside of `macro` and is exact.
  /// E-values have no bound, so that six decimals may be more than a double holds: 1e-9 relative.
  private static let floatFields: Set<String> = [
    "p_value", "clopper_pearson", "wilson", "confidence_sequence", "macro", "e_above", "e_below",
    "p_support", "p_refute", "adjusted_support", "adjusted_refute", "tarone_z",
  ]

  private static func firstDifference(
    _ stored: JSONValue, _ derived: JSONValue, path: String, isFloat: Bool
  ) -> Fork? {
    if stored == derived { return nil }
    if let x = stored.object, let y = derived.object {
      for key in Set(x.keys).union(y.keys).sorted() {
        let inner = firstDifference(
          x[key] ?? .null, y[key] ?? .null, path: "\(path)/\(key)",
          isFloat: key != "bootstrap" && (isFloat || floatFields.contains(key)))
        if let inner { return inner }
        if (x[key] == nil) != (y[key] == nil) {
          return Fork(
            pointer: "\(path)/\(key)", stored: x[key] == nil ? "nothing" : "something",
            derived: y[key] == nil ? "nothing" : "something")
        }
      }
      return nil
    }
    if let x = stored.array, let y = derived.array, x.count == y.count {
      for (index, pair) in zip(x, y).enumerated() {
        if let inner = firstDifference(
          pair.0, pair.1, path: "\(path)/\(index)", isFloat: isFloat)
        {
          return inner
        }
      }
      return nil
    }
    if isFloat, let x = stored.string.flatMap(millionths),
      let y = derived.string.flatMap(millionths),
      abs(x - y) <= 1
    {
      return nil
    }
    if isFloat, path.hasSuffix("/e_above") || path.hasSuffix("/e_below"),
      let x = stored.string.flatMap(Double.init), let y = derived.string.flatMap(Double.init),
      abs(x - y) <= 1e-9 * y
    {
      return nil
    }
    return Fork(pointer: path, stored: shown(stored), derived: shown(derived))
  }

  /// The digits of a six-place decimal as an integer; nil for another text.
  private static func millionths(_ text: String) -> Int? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].utf8.count == 6, parts[0].utf8.count < 12 else { return nil }
    return Int(parts[0] + parts[1])
  }

  private static func shown(_ value: JSONValue) -> String {
    guard let bytes = try? CanonicalJSON.bytes(value) else { return "something else" }
    let text = String(decoding: bytes, as: UTF8.self)
    return text.count <= 80 ? text : text.prefix(79) + "…"
  }

  private static func firstLine(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var line = 1
    for (x, y) in zip(a, b) {
      if x != y { break }
      if x == 0x0A { line += 1 }
    }
    return line
  }
}
