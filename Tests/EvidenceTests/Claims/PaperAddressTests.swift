import Evidence
import JSON
import TestSupport
import Testing

/// Addresses as people paste them, and as somebody hostile would make them.
@Suite struct PaperAddressTests {
  private static let arXiv: [(String, String, String?)] = [
    ("https://arxiv.org/abs/2406.09246v1", "2406.09246", "v1"),
    ("https://arxiv.org/abs/2406.09246/", "2406.09246", nil),
    ("  https://arxiv.org/abs/2406.09246\n", "2406.09246", nil),
    ("<https://arxiv.org/abs/2406.09246>", "2406.09246", nil),
    ("HTTPS://ARXIV.ORG/abs/2406.09246", "2406.09246", nil),
    ("https://arxiv.org/pdf/2406.09246v2", "2406.09246", "v2"),
    ("https://arxiv.org/pdf/2406.09246.pdf#page=7", "2406.09246", nil),
    ("https://arxiv.org/html/2406.09246v3/x1.png", "2406.09246", "v3"),
    ("https://arxiv.org/html/2406.09246v3/#S4.T1", "2406.09246", "v3"),
    ("https://arxiv.org/html/cs/0112017v1/x1.png", "cs/0112017", "v1"),
    ("https://arxiv.org/format/2406.09246", "2406.09246", nil),
    ("https://arxiv.org/e-print/2406.09246v2", "2406.09246", "v2"),
    ("https://arxiv.org/abs/hep-th/9901001", "hep-th/9901001", nil),
    ("https://arxiv.org/abs/hep-th%2F9901001v2", "hep-th/9901001", "v2"),
    ("https://arxiv.org/pdf/math.GT/0309136v1.pdf", "math.GT/0309136", "v1"),
    ("https://export.arxiv.org/pdf/2406.09246v2", "2406.09246", "v2"),
    ("http://export.arxiv.org/api/query?id_list=2406.09246v2", "2406.09246", "v2"),
    ("https://ar5iv.labs.arxiv.org/html/2406.09246", "2406.09246", nil),
    ("https://www.alphaxiv.org/abs/2406.09246", "2406.09246", nil),
    ("https://hf.co/papers/2604.15483", "2604.15483", nil),
    ("https://doi.org/10.48550/arxiv.2604.15483", "2604.15483", nil),
    ("arXiv:2604.15483v1 [cs.RO]", "2604.15483", "v1"), ("arxiv: 2604.15483", "2604.15483", nil),
    ("2604.15483v11", "2604.15483", "v11"), ("0704.0001", "0704.0001", nil),
    ("1412.9999", "1412.9999", nil), ("1501.00001", "1501.00001", nil),
    ("quant-ph/0201082v1", "quant-ph/0201082", "v1"),
    ("https://arxiv.org:443/abs/2406.09246", "2406.09246", nil),
  ]

  private static let others: [(String, String, String, String?)] = [
    ("10.1109/ICRA57147.2024.10610288", "doi", "10.1109/ICRA57147.2024.10610288", nil),
    ("DOI: 10.1177/02783649241273668", "doi", "10.1177/02783649241273668", nil),
    ("doi.org/10.15607/RSS.2024.XX.095", "doi", "10.15607/RSS.2024.XX.095", nil),
    ("https://www.doi.org/10.1000/182?utm_source=x#s", "doi", "10.1000/182", nil),
    ("https://doi.org/10.1000/a%23b%3Fc", "doi", "10.1000/a#b?c", nil),
    (
      "https://doi.org/10.1002/(SICI)1097-0258(19980815/30)17:15/16%3C1661::AID-SIM968%3E3.0.CO;2-2",
      "doi", "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2", nil
    ),
    ("https://openreview.net/forum?id=rJl-b3RcF7", "openreview", "rJl-b3RcF7", nil),
    ("https://openreview.net/forum?id=S1x_4g&noteId=abc", "openreview", "S1x_4g", nil),
    ("https://openreview.net/pdf?id=ZMnD6QZAE6", "openreview", "ZMnD6QZAE6", nil),
    ("https://openreview.net/attachment?id=ZMnD6QZAE6&name=pdf", "openreview", "ZMnD6QZAE6", nil),
    ("https://huggingface.co/openvla/openvla-7b", "hugging_face_model", "openvla/openvla-7b", nil),
    (
      "https://huggingface.co/openvla/openvla-7b/blob/main/README.md", "hugging_face_model",
      "openvla/openvla-7b", "main"
    ),
    (
      "https://huggingface.co/a/b/resolve/0123456789abcdef/config.json", "hugging_face_model",
      "a/b", "0123456789abcdef"
    ),
    (
      "https://huggingface.co/a/b/tree/refs%2Fpr%2F1", "hugging_face_model", "a/b", "refs/pr/1"
    ),
    ("https://huggingface.co/a/b/discussions/4", "hugging_face_model", "a/b", nil),
    ("https://huggingface.co/api/models/a/b", "hugging_face_model", "a/b", nil),
    ("https://huggingface.co/a/b?library=lerobot", "hugging_face_model", "a/b", nil),
    ("https://huggingface.co/spaces/a/b", "project_page", "huggingface.co/spaces/a/b", nil),
    (
      "https://huggingface.co.example.org/a/b", "project_page", "huggingface.co.example.org/a/b",
      nil
    ),
    (
      "https://arxiv.org.example.com/abs/2406.09246", "project_page",
      "arxiv.org.example.com/abs/2406.09246", nil
    ),
    ("https://openvla.github.io/#results", "project_page", "openvla.github.io", nil),
    (
      "https://toyotaresearchinstitute.github.io/lbm1/", "project_page",
      "toyotaresearchinstitute.github.io/lbm1", nil
    ),
    ("http://example.org:8080/a", "project_page", "example.org/a", nil),
    ("https://example.org/stra\u{DF}e", "project_page", "example.org/stra%C3%9Fe", nil),
    ("https://example.org/a\u{202E}b", "project_page", "example.org/a%E2%80%AEb", nil),
    ("https://xn--bcher-kva.example/x", "project_page", "xn--bcher-kva.example/x", nil),
  ]

  @Test func `every form names the paper, the version and one address for both`() throws {
    let rows = Self.arXiv.map { ($0.0, "arxiv", $0.1, $0.2) } + Self.others
    #expect(rows.count + Self.hostile.count >= 60)
    for (text, kind, id, version) in rows {
      guard let reference = try? PaperReference(text) else {
        Issue.record("refused: \(text)")
        continue
      }
      #expect(reference.kind.rawValue == kind && reference.id == id, "\(text): \(reference)")
      #expect(reference.version == version, "\(text): \(reference)")
      #expect(try PaperReference(reference.uri) == reference, "\(reference.uri)")
      #expect(reference.uri.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "\(reference.uri)")
      let (claim, plan) = try draftClaim(
        from: reference, findings: [], now: ClaimMaker.now, random: ClaimMaker.random)
      #expect(checkClaim(claim: claim, protocol: plan).allSatisfy { $0.severity != .error })
      let questions = claim["open_questions"]?.array ?? []
      #expect(questions.count >= 13 && claim["metric"] == .null && claim["baseline"] == .null)
    }
  }

  private static let hostile = [
    "https://arxiv.org/abs/2406.09246v0", "https://arxiv.org/abs/2406.0924", "2406.0924",
    "0703.0001", "1501.0001", "1412.00001", "https://arxiv.org/abs/2406.09246/../x",
    "https://export.arxiv.org/list/cs.RO/recent", "https://arxiv.org/listing/cs.RO",
    "http://export.arxiv.org/api/query?id_list=2406.09246,2406.09247",
    "http://export.arxiv.org/api/query?search_query=all:robot", "https://arxiv.org/",
    "https://arxiv.org@evil.example/abs/2406.09246", "https://\u{430}rxiv.org/abs/2406.09246",
    "https://arxiv\u{2024}org/abs/2406.09246", "https://192.168.0.1/paper", "https://[::1]/paper",
    "https://localhost/x", "//arxiv.org/abs/2406.09246", "data:text/plain,2406.09246",
    "https://doi.org/", "https://doi.org/10.1/x", "doi:10.1000/", "doi:10.1000/a b",
    "https://openreview.net/forum", "https://openreview.net/forum?id=", "https://openreview.net/",
    "https://openreview.net/forum?id=../../x", "https://openreview.net/forum?id=%00",
    "https://huggingface.co/a/b/tree/%2e%2e", "https://huggingface.co/a/b/tree/a%2F%2Fb",
    "https://huggingface.co/papers/", "https://example.org/" + String(repeating: "a", count: 2000),
    "https://exam\u{0}ple.org/x", "https://example.org/\u{1B}[31m", "https://-/", "http://",
    "arxiv:",
    "doi:", "https://example.org/a\nb",
  ]

  @Test(arguments: hostile)
  func `what names no paper is refused with a hint`(_ text: String) {
    let error = #expect(throws: ClaimError.self) { try PaperReference(text) }
    #expect(error?.code == .paperURLInvalid && error?.hint != nil, "\(text)")
  }

  @Test(arguments: [
    "https://example.org/x?token=hf_" + String(repeating: "aB3dE5gH", count: 5),
    "https://example.org/x?X-Amz-Signature=" + String(repeating: "0a", count: 32),
    "https://example.org/?mail=me@example.org",
  ])
  func `a private part of an address never reaches the claim`(_ text: String) throws {
    let reference = try PaperReference(text)
    #expect(throws: ClaimError.self) {
      try draftClaim(
        from: reference, findings: [], now: ClaimMaker.now, random: ClaimMaker.random)
    }
  }

  // MARK: - Texts

  @Test(arguments: [
    ("Its success rate is 84,7 %.", ["rate 84,7 %"]),
    ("Die Erfolgsquote (success) ist 84,7% und 0,92.", ["rate 84,7%", "rate 0,92"]),
    ("We reach 84.7 ± 1.2 % success.", ["rate 84.7 ± 1.2 %"]),
    ("We reach 84.7±1.2% success.", ["rate 84.7±1.2%"]),
    ("We reach 84.7% ± 1.2% success.", ["rate 84.7% ± 1.2%"]),
    ("We reach 84.7% (±1.2%) success.", ["rate 84.7% ±1.2%"]),
    ("It succeeds in 80-85% of trials.", ["rate 80-85%"]),
    ("It succeeds in 80–85 % of trials.", ["rate 80–85 %"]),
    ("Success is between 80% and 85%.", ["rate 80%", "rate 85%"]),
    ("It solves 8/10 and 9 out of 10 tasks.", ["counts 8/10", "counts 9/10"]),
    ("1,000 successes, 50,000 steps, 1,234% success.", []),
    ("Success on 10/12/2025, version 2.1.3, 24/7.", []),
    ("Success rate: **97.1%**", ["rate 97.1%"]),
    ("The success is 85.2 percent!", ["rate 85.2 %"]), ("Success of 90%? Yes.", ["rate 90%"]),
    (#"Success rates of 80.1\%, 90.2 \% and 70%."#, ["rate 80.1%", "rate 90.2 %", "rate 70%"]),
    ("Success rises by 3.2 ± 0.4 % in all.", ["difference 3.2 ± 0.4 %"]),
    (
      "| Task | Success rate |\n|---|---|\n| pick | 84.7% |\n| place | 8/10 |\n\nCost is 5%.",
      ["rate 84.7%", "counts 8/10"]
    ),
    ("| Task | Speed |\n| pick | 84.7% |\n", []),
    ("success success 100.0% 100.1% -3% 0% 1e2%", ["rate 100.0%", "rate 0%"]),
  ])
  func `numbers are found as they are written`(_ text: String, _ expected: [String]) throws {
    let bytes = Array(text.utf8)
    let found = try findings(inPaperText: bytes)
    #expect(found.map { "\($0.kind.rawValue) \($0.text)" } == expected, "\(text)")
    for finding in found {
      // The place is in bytes, and holds the sentence as it stands.
      let slice = String(decoding: bytes[finding.start..<finding.end], as: UTF8.self)
      #expect(slice.split { $0.isWhitespace }.joined(separator: " ") == finding.sentence)
    }
  }

  @Test func `a row of a table is its own sentence`() throws {
    let text = "| Task | Success |\r\n| pick | 84.7% |\r\n| place | 8/10 |\r\n"
    let found = try findings(inPaperText: Array(text.utf8))
    #expect(found.map(\.sentence) == ["| pick | 84.7% |", "| place | 8/10 |"])
  }

  @Test(arguments: ["%PDF-1.7\n%\u{E2}", "<!DOCTYPE html>\n<p>success 50%", "<html><body>50%"])
  func `a document that is no text is refused by name`(_ text: String) {
    let error = #expect(throws: ClaimError.self) {
      try findings(inPaperText: Array(text.utf8))
    }
    #expect(error?.code == .paperTextInvalid && error?.hint != nil)
  }

  @Test func `very many findings are cut, and it can be seen`() throws {
    let text = String(repeating: "Success is 50%. ", count: 500)
    let found = try findings(inPaperText: Array(text.utf8))
    #expect(found.count == mostFindings + 1)
    let (claim, _) = try draftClaim(
      from: try PaperReference("2406.09246"), findings: found, now: ClaimMaker.now,
      random: ClaimMaker.random)
    let asked = (claim["open_questions"]?.array ?? []).count {
      $0["text"]?.string?.hasPrefix("Draft, to be confirmed") == true
    }
    #expect(asked == mostFindings)
  }
}
