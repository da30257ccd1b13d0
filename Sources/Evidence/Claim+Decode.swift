internal import JSON

extension Claim {
  /// Reads claim.json (SCHEMAS §2); missing optional fields are as null.
  ///
  /// - Parameter spelling: `.canonical` for the member of a package.
  public static func decode(
    _ bytes: [UInt8], spelling: MemberSpelling = .any
  ) throws(EvidenceError) -> Claim {
    let value = try readMember(bytes, .claim, spelling: spelling)
    let applicability = value["applicability"]
    return Claim(
      id: value["id"]?.string ?? "", slug: value["slug"]?.string ?? "",
      text: value["claim_text"]?.string ?? "",
      subject: Subject(
        type: value["subject"]?["type"]?.string ?? "", id: value["subject"]?["id"]?.string ?? "",
        checkpointURI: value["subject"]?["checkpoint_uri"]?.string),
      capability: value["capability"]?.string ?? "",
      applicability: Applicability(
        benchmark: applicability?["benchmark"]?.string,
        benchmarkVersion: applicability?["benchmark_version"]?.string,
        robotEmbodiment: applicability?["robot_embodiment"]?.string,
        simulator: applicability?["simulator"]?.string,
        cameraDistribution: applicability?["camera_distribution"]?.string),
      baseline: value["baseline"] ?? nil, metric: value["metric"].flatMap { ClaimMetric($0) },
      createdAt: value["created_at"]?.string, source: value["source"] ?? nil,
      openQuestions: (value["open_questions"]?.array ?? []).map {
        OpenQuestion(
          id: $0["id"]?.string ?? "", field: $0["field"]?.string ?? "",
          text: $0["text"]?.string ?? "")
      })
  }
}

extension OpenQuestion {
  var value: JSONValue {
    ["id": .string(id), "field": .string(field), "text": .string(text)]
  }
}

extension ClaimMetric {
  /// From a checked object; nil for null.
  init?(_ value: JSONValue) {
    guard let name = value["name"]?.string,
      let kind = value["kind"]?.string.flatMap(Kind.init(rawValue:))
    else { return nil }
    self.init(name: name, kind: kind, fields: value)
  }

  /// From the decimals of a checked object.
  init(name: String, kind: Kind, fields value: JSONValue) {
    self.init(
      name: name, kind: kind, threshold: value["threshold"]?.string,
      confidence: value["confidence"]?.string,
      aggregate: value["aggregate"]?.string.flatMap(Aggregate.init(rawValue:)),
      margin: value["margin"]?.string)
  }
}
