extension Shape {
  /// The fields of claim.metric, which may also stand in protocol.metric_contract (SCHEMAS §2).
  static let metricFields = [
    optionalField("aggregate", .word(ClaimMetric.Aggregate.allCases.map(\.rawValue))),
    optionalField("confidence", .fraction(includingEnds: false)),
    optionalField("margin", .fraction(includingEnds: true)),
    optionalField("threshold", .fraction(includingEnds: true)),
  ]

  /// claim.json, SCHEMAS §2.
  static let claim = Shape.object([
    field("applicability", .object(applicabilityFields)),
    field("baseline", .either(.object(baselineFields), .optional(.bareBaseline))),
    field("capability", .long),
    field("claim_text", .long),
    optionalField("created_at", .time),
    field("id", .id("clm")),
    optionalField(
      "metric",
      .object(
        metricFields + [
          field("kind", .word(ClaimMetric.Kind.allCases.map(\.rawValue))), field("name", .name),
        ])),
    optionalField(
      "open_questions",
      .array(
        .object([field("field", .name), field("id", .text(64)), field("text", .long)]),
        atMost: 1000)),
    field("schema_version", .version(of: .claim)),
    field("slug", .slug),
    optionalField(
      "source",
      .object([
        field("kind", .word(["template", "paper", "manual"])), optionalField("template", .name),
        optionalField("uri", .uri(schemes: nil)),
      ])),
    field(
      "subject",
      .object([
        optionalField("checkpoint_uri", .uri(schemes: ["hf", "https", "oci", "local"])),
        field("id", .name),
        field("type", .word(["hf_model", "local_model", "api_model", "policy"])),
      ])),
  ])

  private static let applicabilityFields = [
    optionalField("benchmark", .long), optionalField("benchmark_version", .long),
    optionalField("camera_distribution", .long), optionalField("robot_embodiment", .long),
    optionalField("simulator", .long),
  ]

  private static let baselineFields = [
    optionalField(
      "episodes", .object([field("denominator", .count), nullable("succeeded", .count)])),
    optionalField("id", .name), field("kind", .word(["reported", "measured", "none"])),
    optionalField("metric", .name), optionalField("source_uri", .uri(schemes: nil)),
    optionalField("value", .decimal),
  ]

  /// A baseline as it comes from elsewhere: shown, never compared.
  private static let bareBaseline = Shape.either(.bareNumber, .long)

  /// A decimal from 0 to 1.
  static func fraction(includingEnds: Bool) -> Shape {
    .checked(.fraction(includingEnds: includingEnds)) { text in
      let expected = "a decimal string from 0 to 1 such as 0.8 or 80 %"
      guard let value = DecimalText(text), !text.hasPrefix("-"),
        value.numerator <= value.denominator,
        includingEnds || (value.numerator > 0 && value.numerator < value.denominator)
      else { return Objection(code: .fieldRange, expected: expected) }
      return nil
    }
  }

  /// A URI of these schemes, without user, password and query; nil = any scheme, query allowed.
  static func uri(schemes: [String]?) -> Shape {
    .checked(.uri(schemes: schemes)) { text in
      if let objection = Shape.text(400).objection(to: text) { return objection }
      let scheme = text.prefix { $0 != ":" }
      let expected = (schemes ?? ["https"]).map { $0 + ":" }.joined(separator: ", ")
      guard scheme.utf8.count < text.utf8.count,
        schemes.map({ $0.contains(String(scheme)) }) ?? true
      else { return Objection(code: .uriScheme, expected: "a URI that begins " + expected) }
      if scheme == "local" {
        return text == "local:redacted"
          ? nil : Objection(code: .uriScheme, expected: "local:redacted")
      }
      let rest = text.dropFirst(scheme.count + 1)
      let authority = rest.hasPrefix("//") ? rest.dropFirst(2).prefix { $0 != "/" } : ""
      // A query may be a signed one; of a page that is only cited it is part of the address.
      if authority.contains("@") || (schemes != nil && rest.contains("?")) {
        return Objection(code: .uriCredentials, expected: "a URI without user and query")
      }
      return nil
    }
  }
}
