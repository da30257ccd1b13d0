internal import JSON

/// Runs the rows of a statistics oracle (`wf.statistics.oracle/1`) against the product's functions.
///
/// One result per row, named by its id, in file order. A procedure or an output field that is not
/// known fails; so does a computed value that the row does not mention.
///
/// - Parameter only: the one procedure to run; nil runs all.
/// - Throws: `JSONError` when the bytes are not JSON, `OracleError` when they are not such an oracle.
public func statisticsCases(_ bytes: [UInt8], only: String? = nil) throws -> [CaseResult] {
  let oracle = try JSONValue.parse(bytes)
  guard oracle["schema"]?.string == "wf.statistics.oracle/1",
    let procedures = oracle["statistics"]?.object
  else { throw OracleError.notAnOracle }
  var results: [CaseResult] = []
  for (name, procedure) in procedures.members where only == nil || name == only {
    guard let cases = procedure["cases"]?.array else { throw OracleError.noCases(name) }
    let tolerance = Tolerance(procedure["tolerance"])
    for row in cases {
      results.append(statisticsCase(name, row, tolerance))
    }
  }
  return results
}

/// Why bytes are not a statistics oracle.
public enum OracleError: Error, Equatable {
  case notAnOracle
  case noCases(String)
}

private func statisticsCase(_ procedure: String, _ row: JSONValue, _ tolerance: Tolerance?)
  -> CaseResult
{
  let name = row["id"]?.string ?? procedure + "/?"
  func failure(_ got: String) -> CaseResult {
    CaseResult(
      name: name, passed: false, expected: row["out"].map(describe) ?? "no output", got: got)
  }
  guard let want = row["out"], let input = row["in"] else {
    return failure("a row without in or out")
  }
  guard let tolerance else { return failure("a tolerance that cannot be read") }
  guard let compute = StatisticsProcedures.table[procedure] else {
    return failure("an unknown procedure")
  }
  guard let got = compute(StatisticsInput(input)) else {
    return failure("an input that cannot be read")
  }
  guard let difference = mismatch(want, got, tolerance, at: "") else {
    return CaseResult(name: name, passed: true, expected: describe(want), got: got.description)
  }
  return failure(difference)
}

/// How far a real may lie from the expected one.
struct Tolerance {
  let relative: Double
  let absolute: Double

  /// Nil when it is neither `exact` nor a pair of parts.
  init?(_ value: JSONValue?) {
    if value?.string == "exact" {
      (relative, absolute) = (0, 0)
      return
    }
    guard let relative = value?["relative"]?.string.flatMap({ Double($0) }),
      let absolute = value?["absolute"]?.string.flatMap({ Double($0) })
    else { return nil }
    (self.relative, self.absolute) = (relative, absolute)
  }

  func accepts(_ got: Double, for want: Double) -> Bool {
    abs(got - want) <= max(absolute, relative * abs(want))
  }
}

/// A computed output, shaped like the expected one.
indirect enum Computed: CustomStringConvertible {
  case undefined
  case real(Double)
  case integer(Int)
  case flag(Bool)
  case text(String)
  case list([Computed])
  case fields([(String, Computed)])

  static func real(_ value: Double?) -> Computed { value.map { .real($0) } ?? .undefined }
  static func integer(_ value: Int?) -> Computed { value.map { .integer($0) } ?? .undefined }

  var description: String {
    switch self {
    case .undefined: "null"
    case .real(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .flag(let value): "\(value)"
    case .text(let value): "\"\(value)\""
    case .list(let items): "[" + items.map(\.description).joined(separator: ",") + "]"
    case .fields(let members):
      "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
    }
  }
}

/// The first place where the computed value is not the expected one, in words; nil when all agree.
private func mismatch(_ want: JSONValue, _ got: Computed, _ tolerance: Tolerance, at place: String)
  -> String?
{
  func differs() -> String { "\(place): \(got) for \(describe(want))" }
  switch (want, got) {
  case (.null, .undefined): return nil
  case (.bool(let expected), .flag(let value)): return expected == value ? nil : differs()
  case (.number(let expected), .integer(let value)):
    return expected.integer == Int64(value) ? nil : differs()
  case (.string(let expected), .text(let value)): return expected == value ? nil : differs()
  case (.string(let expected), .real(let value)):
    guard let number = Double(expected), tolerance.accepts(value, for: number) else {
      return differs()
    }
    return nil
  case (.array(let expected), .list(let values)):
    guard expected.count == values.count else { return differs() }
    for (i, pair) in zip(expected, values).enumerated() {
      if let found = mismatch(pair.0, pair.1, tolerance, at: "\(place)/\(i)") { return found }
    }
    return nil
  case (.object(let expected), .fields(let members)):
    return mismatch(expected, members, tolerance, at: place)
  default: return differs()
  }
}

private func mismatch(
  _ want: JSONObject, _ got: [(String, Computed)], _ tolerance: Tolerance, at place: String
) -> String? {
  for (key, value) in want.members {
    guard let own = got.first(where: { $0.0 == key }) else {
      return "\(place)/\(key): an output that is not computed"
    }
    if let found = mismatch(value, own.1, tolerance, at: "\(place)/\(key)") { return found }
  }
  // A field that the row leaves out is one that is not defined there.
  for (key, value) in got where want[key] == nil {
    if case .undefined = value { continue }
    return "\(place)/\(key): \(value) where none is expected"
  }
  return nil
}

private func describe(_ value: JSONValue) -> String {
  guard let bytes = try? CanonicalJSON.bytes(value) else { return "a value without canonical form" }
  return String(decoding: bytes, as: UTF8.self)
}
