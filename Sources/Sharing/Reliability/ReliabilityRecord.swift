internal import Audit
internal import Evidence
public import JSON
internal import Platform

/// What may be told of one evaluation for statistics over many: labels, buckets and a month.
///
/// `wf.reliability/1` (SHARING §12). Made from the page data of a verified package alone, so that
/// nothing can be in it that a reviewer would not see; no text, id, digest, count or address is.
public struct ReliabilityRecord: Sendable, Equatable {
  public static let schema = "wf.reliability/1"
  public static let policyVersion = "1"

  /// `rel_…`, random, known to the sender alone.
  public let recordID: String
  /// All fields but the id, in a form that is compared and stored as it is.
  private let fields: JSONObject

  /// - Parameters:
  ///   - dto: `wf.share_dto/1` of a verified package.
  ///   - time: Unix seconds, of which the month is told.
  ///   - random: ten bytes or more.
  public init(dto: JSONValue, time: Int64, random: [UInt8]) {
    // No time is in the id: a ULID would tell the second.
    recordID = ULID.text(
      prefix: "rel", milliseconds: Self.milliseconds(random.dropFirst(10)), random: random)
    let result = dto["result"]
    let month = UTCTime(seconds: time).rfc3339.prefix(7)
    var fields: JSONObject = [
      "schema": .string(Self.schema), "consent_policy": .string(Self.policyVersion),
      "grade": Self.letter(result?["grade"]?["letter"]),
      "episodes_bucket": .string(Self.episodes(result?["primary"]?["n"]?.int ?? 0)),
      "rate_bucket": .string(Self.rate(result?["primary"])), "month": .string(String(month)),
      "missing_evidence": Self.words(dto["missing_evidence"], "label", Vocabulary.missingLabels),
      "next_axes": Self.words(dto["next_falsification_axes"], "axis", Vocabulary.axes),
    ]
    for (field, words) in ReliabilityLists.labels {
      fields[field] = .string(ReliabilityLists.word(Self.source(field, dto), of: words))
    }
    self.fields = fields
  }

  /// Reads a record strictly: every field, every word of its list, and nothing else.
  ///
  /// nil for any other value.
  public init?(json: JSONValue) {
    guard var object = json.object, let id = object["record_id"]?.string,
      ULID.isValid(id, prefix: "rel")
    else { return nil }
    object["record_id"] = nil
    guard Set(object.keys) == Self.names, object.count == Self.names.count,
      object["schema"]?.string == Self.schema,
      object["consent_policy"]?.string == Self.policyVersion,
      Self.isMonth(object["month"]?.string)
    else { return nil }
    for (field, words) in ReliabilityLists.labels + Self.buckets {
      guard let word = object[field]?.string,
        words.contains(word) || (word == ReliabilityLists.other && field != "grade")
      else { return nil }
    }
    for (field, words) in Self.lists {
      guard let rows = object[field]?.array, rows.count <= 32,
        rows.allSatisfy({
          $0.string.map { words.contains($0) || $0 == ReliabilityLists.other } ?? false
        })
      else { return nil }
    }
    recordID = id
    fields = object
  }

  public var json: JSONValue {
    var object = fields
    object["record_id"] = .string(recordID)
    return .object(object)
  }

  /// `YYYY-MM`.
  public var month: String { fields["month"]?.string ?? "" }

  public static func == (one: Self, other: Self) -> Bool {
    guard let a = try? CanonicalJSON.bytes(one.json), let b = try? CanonicalJSON.bytes(other.json)
    else { return false }
    return a == b
  }

  // MARK: - Fields

  private static let buckets: [(field: String, words: [String])] = [
    ("grade", ReliabilityLists.grades), ("episodes_bucket", ReliabilityLists.episodes),
    ("rate_bucket", ReliabilityLists.rates),
  ]
  private static let lists: [(field: String, words: [String])] = [
    ("missing_evidence", Vocabulary.missingLabels), ("next_axes", Vocabulary.axes),
  ]
  /// Every field but the id.
  static let names: Set<String> = Set(
    ReliabilityLists.labels.map(\.field) + buckets.map(\.field) + lists.map(\.field)
      + ["schema", "consent_policy", "month"])

  private static func source(_ field: String, _ dto: JSONValue) -> String? {
    switch field {
    case "benchmark": dto["scope"]?["benchmark"]?.string
    case "suite": suite(dto["scope"]?["suites"]?.array ?? [])
    case "embodiment_class": dto["deployment_summary"]?["embodiment_class"]?.string
    case "setting": dto["deployment_summary"]?["setting"]?.string
    case "capability": dto["claim"]?["capability"]?.string
    case "metric": dto["result"]?["metric"]?.string
    case "verdict": dto["result"]?["verdict"]?.string
    case "denominator_policy": dto["result"]?["primary"]?["policy"]?.string
    default: nil
    }
  }

  private static func suite(_ suites: [JSONValue]) -> String? {
    suites.count > 1 ? "several" : suites.first?.string
  }

  private static func letter(_ value: JSONValue?) -> JSONValue {
    .string(value?.string.flatMap { ReliabilityLists.grades.contains($0) ? $0 : nil } ?? "D")
  }

  private static func words(
    _ rows: JSONValue?, _ key: String, _ list: [String]
  ) -> JSONValue {
    var seen: [String] = []
    for row in rows?.array ?? [] {
      let word = ReliabilityLists.word(row[key]?.string, of: list)
      if !seen.contains(word) { seen.append(word) }
    }
    return .array(seen.map { .string($0) })
  }

  static func episodes(_ n: Int64) -> String {
    switch n {
    case 1...9: "1_9"
    case 10...49: "10_49"
    case 50...199: "50_199"
    case 200...999: "200_999"
    case 1000...: "1000_plus"
    default: ReliabilityLists.other
    }
  }

  /// From the counts, so that no rounding moves a rate over an edge; a part of a percent counts to
  /// the bucket below.
  static func rate(_ primary: JSONValue?) -> String {
    guard let k = primary?["k"]?.int, let n = primary?["n"]?.int, n > 0, (0...n).contains(k),
      n < 1 << 50
    else { return ReliabilityLists.other }
    switch k * 100 / n {
    case ..<20: return "0_19"
    case ..<40: return "20_39"
    case ..<60: return "40_59"
    case ..<80: return "60_79"
    case ..<95: return "80_94"
    default: return "95_100"
    }
  }

  private static func milliseconds(_ bytes: ArraySlice<UInt8>) -> Int64 {
    bytes.prefix(6).reduce(0) { $0 << 8 | Int64($1) }
  }

  private static func isMonth(_ text: String?) -> Bool {
    text.map { $0.utf8.count == 7 && UTCTime(rfc3339: $0 + "-01T00:00:00Z") != nil } ?? false
  }
}
