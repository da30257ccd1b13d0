import Audit
import Evidence
import History
import JSON
import Terminal
import TestSupport
import Testing

@testable import wf

/// Screens of the worked example, changed by a test.
enum Screen {
  static func style(_ width: Int = 80, unicode: Bool = true) -> Style {
    Style(colour: false, unicode: unicode, width: width)
  }

  static func example() throws -> JSONValue {
    try JSONValue.parse(Fixtures.bytes("package-example/evidence.json"))
  }

  static func report(
    _ evidence: JSONValue, isSigned: Bool = true,
    order: RegistrationOrder.Word = .historyNotHere, failing: [CheckResult] = []
  ) -> TargetReport {
    var report = TargetReport(
      target: "package", commit: nil, checks: failing,
      signer: isSigned
        ? .init(principal: "lab@example.org", fingerprint: "SHA256:x", time: 0) : nil)
    let words = RegistrationOrder(order, registration: nil)
    report.registrationOrder = words
    guard failing.isEmpty else { return report }
    report.grade = displayedGrade(
      evidence: evidence,
      history: HistoryFacts(
        isRegisteredBeforeRun: words.isProven, isSigned: isSigned, hasIndependentSigner: false))
    return report
  }

  static func lines(
    _ evidence: JSONValue, _ report: TargetReport? = nil, style: Style = style()
  ) -> [String] {
    EvidenceScreen(
      evidence: evidence, report: report ?? Screen.report(evidence), style: style
    ).lines
  }

  /// All words in one line, so that a sentence is found wherever it was broken.
  static func words(_ lines: [String]) -> String {
    lines.joined(separator: " ").split(separator: " ").joined(separator: " ")
  }
}

extension JSONValue {
  /// A copy with the value at a path of keys and positions replaced.
  func setting(_ path: [String], to value: JSONValue) -> JSONValue {
    guard let first = path.first else { return value }
    let rest = Array(path.dropFirst())
    if var object = object {
      object[first] = (object[first] ?? .null).setting(rest, to: value)
      return .object(object)
    }
    if var array = array, let place = Int(first), array.indices.contains(place) {
      array[place] = array[place].setting(rest, to: value)
      return .array(array)
    }
    return self
  }

  /// Every path at which something stands.
  var paths: [[String]] {
    if let object {
      return object.keys.flatMap { key in
        [[key]] + (object[key]?.paths ?? []).map { [key] + $0 }
      }
    }
    if let array {
      return array.enumerated().flatMap { place, value in
        [[String(place)]] + value.paths.map { [String(place)] + $0 }
      }
    }
    return []
  }

  /// A copy with every string changed but those of some keys.
  func mapStrings(keeping kept: Set<String>, _ change: (String) -> String) -> JSONValue {
    if let string { return .string(change(string)) }
    if let array { return .array(array.map { $0.mapStrings(keeping: kept, change) }) }
    guard let object else { return self }
    var result = JSONObject()
    for key in object.keys {
      let value = object[key]
      result[key] = kept.contains(key) ? value : value?.mapStrings(keeping: kept, change)
    }
    return .object(result)
  }
}
