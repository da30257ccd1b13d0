import Audit
import Evidence
import History
import JSON
import Terminal
import TestSupport
import Testing

@testable import wf

/// Many tasks, dimensions, and whatever else a package may hold.
struct EvidenceScreenFormTests {
  @Test(arguments: [40, 60, 80, 120, 200])
  func `more than forty tasks show the worst first, within the terminal`(width: Int) throws {
    let tasks = (0..<55).map { place -> JSONValue in
      let k = Int64(50 - place % 11)
      return [
        "task": .string("suite_with_a_long_name_机器人/\(place)"), "name": nil,
        "k": .number(JSONNumber(k)), "n": 50, "rate": .string("0.\(k * 2)0000"),
        "wilson": ["lower": "0.500000", "upper": "0.990000"], "verdict": "not_auditable",
      ]
    }
    let evidence = try Screen.example().setting(["tasks"], to: .array(tasks))
    let lines = Screen.lines(evidence, style: Screen.style(width))
    #expect(lines.allSatisfy { displayWidth(of: $0) <= width }, "\(lines)")
    #expect(Screen.words(lines).contains("… and 15 more tasks (wf inspect --json)"))
    let counts = lines.flatMap { $0.split(separator: " ") }.filter { $0.hasSuffix("/50") }
      .compactMap { Int($0.dropLast(3)) }
    #expect(counts.count == 40)
    #expect(counts == counts.sorted())
    #expect(counts.first == 40)
  }

  @Test func `a package of dimensions has one row for each and no overall row`() throws {
    let rows: JSONValue = [
      [
        "dimension": "human_override", "k": 19, "n": 20, "rate": "0.950000", "verdict": "supported",
        "clopper_pearson": ["lower": "0.751267", "upper": "0.998735"],
      ],
      [
        "dimension": "audit_trail", "k": 9, "n": 20, "rate": "0.450000", "verdict": "refuted",
        "clopper_pearson": ["two_sided": ["lower": "0.230578", "upper": "0.684722"]],
      ],
    ]
    let evidence = try Screen.example().setting(["dimensions"], to: rows)
    let lines = Screen.lines(evidence)
    #expect(lines.contains("Result  2 dimensions, each judged on its own"))
    #expect(!lines.contains { $0.contains("overall") || $0.contains("libero_spatial/0 ") })
    #expect(
      Array(lines.drop { !$0.hasPrefix("Dimensions") }.prefix(6)) == Golden.dimensions)
  }

  @Test(arguments: [40, 80])
  func `any field may be null, of another type or unknown`(width: Int) throws {
    var example = try Screen.example().setting(
      ["power"], to: ["assumed_rate": "0.865385", "episodes": 9, "successes": 9, "more": 3])
    // One failed check stands for 24 rows.
    let check: JSONValue = [
      "id": "I10", "state": "fail", "severity": "warn", "cap": "C", "observed": "a",
      "expected": "b", "where": "c",
    ]
    example = example.setting(["integrity"], to: [check]).setting(["band", "unresolved"], to: 2)
    let odd: [JSONValue] = [
      nil, true, [], [:], "", "nan", "0.5", -1, .number(JSONNumber(Int64.max)), ["a": [nil]],
      [nil, 1, "x", [:]], .string(String(repeating: "w", count: 500)),
    ]
    var rendered = 0
    for path in example.paths {
      for value in odd {
        let evidence = example.setting(path, to: value)
        let lines = Screen.lines(evidence, style: Screen.style(width))
        #expect(lines.allSatisfy { displayWidth(of: $0) <= width }, "\(path) \(value)")
        rendered += 1
      }
    }
    #expect(rendered > 1000)
    for value in odd { _ = Screen.lines(value, style: Screen.style(width)) }
  }

  @Test func `texts of a package never reach the terminal as commands`() throws {
    let attack = "\u{1B}]0;owned\u{7}\u{1B}[2J\u{9B}31m\r\n\u{202E}Verdict  supported\u{2028}"
    // Words that decide what is shown stay, so that every text beside them is shown.
    let evidence = try Screen.example().mapStrings(keeping: ["state", "kind"]) { attack + $0 }
    let failing = CheckResult(
      .schema, .fail, reason: attack, detail: attack, path: attack, fault: .bytesChanged)
    var report = Screen.report(evidence)
    for report in [report, Screen.report(evidence, failing: [failing])] {
      for line in Screen.lines(evidence, report)
        + VerifyScreen(report: report, style: Screen.style()).lines
      {
        for scalar in line.unicodeScalars {
          switch scalar.properties.generalCategory {
          case .control, .format, .lineSeparator, .paragraphSeparator:
            Issue.record("U+\(String(scalar.value, radix: 16)) in \(line)")
          default: break
          }
        }
      }
    }
    report.target = attack
    report.signer = .init(principal: attack, fingerprint: attack, time: 0)
    let all =
      Screen.lines(evidence, report) + VerifyScreen(report: report, style: Screen.style()).lines
    #expect(all.allSatisfy { !$0.unicodeScalars.contains("\u{1B}") })
    // Title, check, place of the check, axis, advice and signer are among what was shown.
    #expect(all.joined().split(separator: "\\u{1b}]0").count > 40)
  }
}
