import Evidence
import JSON
import TestSupport
import Testing

/// Drafts from an address and a saved abstract.
@Suite struct PaperTests {
  @Test(
    arguments: [
      ("https://arxiv.org/abs/2406.09246", "arxiv", "2406.09246", nil),
      ("https://arxiv.org/abs/2406.09246v2", "arxiv", "2406.09246", "v2"),
      ("http://www.arxiv.org/pdf/2406.09246v12.pdf", "arxiv", "2406.09246", "v12"),
      ("https://arxiv.org/html/2604.11174v1#S3", "arxiv", "2604.11174", "v1"),
      ("https://arxiv.org/pdf/2406.09246?context=cs.RO", "arxiv", "2406.09246", nil),
      ("arxiv.org/abs/cs/0112017v1", "arxiv", "cs/0112017", "v1"),
      (
        "https://arxiv.org/abs/cond-mat.stat-mech/9912345", "arxiv", "cond-mat.stat-mech/9912345",
        nil
      ),
      ("arXiv:2406.09246v3", "arxiv", "2406.09246", "v3"),
      ("2406.09246", "arxiv", "2406.09246", nil),
      ("https://export.arxiv.org/abs/0704.0001", "arxiv", "0704.0001", nil),
      ("https://huggingface.co/papers/2406.09246", "arxiv", "2406.09246", nil),
      ("https://doi.org/10.48550/arXiv.2406.09246", "arxiv", "2406.09246", nil),
      (
        "https://doi.org/10.1109/ICRA57147.2024.10610288", "doi", "10.1109/ICRA57147.2024.10610288",
        nil
      ),
      ("doi:10.1177/02783649241273668", "doi", "10.1177/02783649241273668", nil),
      ("http://dx.doi.org/10.1002/(SICI)1097%2D0258", "doi", "10.1002/(SICI)1097-0258", nil),
      ("https://openreview.net/forum?id=ZMnD6QZAE6", "openreview", "ZMnD6QZAE6", nil),
      ("https://openreview.net/pdf?noteId=1&id=ZMnD6QZAE6", "openreview", "ZMnD6QZAE6", nil),
      (
        "https://huggingface.co/lerobot/smolvla_base", "hugging_face_model", "lerobot/smolvla_base",
        nil
      ),
      (
        "https://hf.co/openvla/openvla-7b/tree/31f090d", "hugging_face_model", "openvla/openvla-7b",
        "31f090d"
      ),
      ("https://huggingface.co/datasets/a/b", "project_page", "huggingface.co/datasets/a/b", nil),
      ("https://openvla.github.io/", "project_page", "openvla.github.io", nil),
      ("https://example.org/p/x?a=1&utm_source=y#top", "project_page", "example.org/p/x", nil),
    ] as [(String, String, String, String?)])
  func `an address says what it names`(
    _ text: String, _ kind: String, _ id: String, _ version: String?
  ) throws {
    let reference = try PaperReference(text)
    #expect(reference.kind.rawValue == kind)
    #expect(reference.id == id)
    #expect(reference.version == version)
    // What was understood is understood again.
    #expect(try PaperReference(reference.uri) == reference)
    let (claim, plan) = try draftClaim(
      from: reference, findings: [], now: ClaimMaker.now, random: ClaimMaker.random)
    #expect(claim["source"]?["uri"]?.string == reference.uri)
    #expect(claim["source"]?["kind"] == "paper")
    #expect(claim["metric"] == .null)
    #expect(checkClaim(claim: claim, protocol: plan).allSatisfy { $0.severity != .error })
  }

  @Test(arguments: [
    "", " ", "paper", "ftp://arxiv.org/abs/2406.09246", "https://user:pass@example.org/x",
    "https://arxiv.org/list/cs.RO/recent", "https://arxiv.org/abs/2413.00001",
    "https://arxiv.org/abs/2406.092", "https://doi.org/11.1000/1", "https://doi.org/10.1000",
    "https://openreview.net/group?x=1", "https://huggingface.co/papers/x", "file:///etc/passwd",
    "https://exa mple.org/", "https://example", "javascript:alert(1)", "https://a..b/x",
    "https://\u{7}example.org/",
  ])
  func `what is no address of a paper is refused`(_ text: String) {
    let error = #expect(throws: ClaimError.self) { try PaperReference(text) }
    #expect(error?.code == .paperURLInvalid)
    #expect(error?.hint != nil)
  }

  private static let abstract = """
    We present Foo, a 2.5 B policy. On LIBERO-Spatial it reaches an average success
    rate of 84.7 %, and 195/200 (97.5%) successes on SimplerEnv. It outperforms
    RT-2-X by 16.5% in absolute task success rate. Training is 40% faster!

    Of the real tasks, 29 out of 30 were solved. Success is 0.92 in the last suite.
    """

  @Test func `names, rates, differences and counts are found with sentence and place`() throws {
    let bytes = Array(Self.abstract.utf8)
    let found = try findings(inPaperText: bytes)
    #expect(
      found.map { "\($0.kind.rawValue) \($0.text)" } == [
        "benchmark LIBERO-Spatial", "benchmark SimplerEnv", "rate 84.7 %", "counts 195/200",
        "rate 97.5%", "difference 16.5%", "counts 29/30", "rate 0.92",
      ])
    for finding in found {
      let slice = String(decoding: bytes[finding.start..<finding.end], as: UTF8.self)
      let flat = slice.split { $0.isWhitespace }.joined(separator: " ")
      #expect(flat == finding.sentence)
      if finding.kind == .rate { #expect(flat.contains(finding.text)) }
    }
    #expect(found[2].sentence.hasPrefix("On LIBERO-Spatial it reaches"))
    #expect(found[2].sentence.hasSuffix("on SimplerEnv."))
  }

  @Test func `a finding is a question to be confirmed, and fills no number`() throws {
    let found = try findings(inPaperText: Array(Self.abstract.utf8))
    let (claim, _) = try draftClaim(
      from: try PaperReference("2406.09246"), findings: found, now: ClaimMaker.now,
      random: ClaimMaker.random)
    let questions = claim["open_questions"]?.array ?? []
    #expect(
      questions.prefix(8).allSatisfy { $0["text"]?.string?.contains("to be confirmed") == true })
    #expect(
      questions.filter { $0["field"] == "metric.threshold" }.count == 4,
      "three rates and the question itself")
    #expect(claim["metric"] == .null)
    #expect(claim["baseline"] == .null)
    // Two benchmarks are named, so none is filled in.
    #expect(claim["applicability"]?["benchmark"] == .null)
    let one = try findings(inPaperText: Array("Foo succeeds on LIBERO-Goal.".utf8))
    let draft = try draftClaim(
      from: try PaperReference("2406.09246"), findings: one, now: ClaimMaker.now,
      random: ClaimMaker.random)
    #expect(draft.claim["applicability"]?["benchmark"] == "LIBERO")
    #expect(draft.claim["open_questions"]?.array?.first?["field"] == "applicability.benchmark")
  }

  @Test func `a draft with everything answered can be frozen`() throws {
    let settings = [
      ("subject.id", "x/y"), ("subject.checkpoint_uri", "null"), ("claim_text", "X works."),
      ("capability", "pushing"), ("applicability.benchmark", "PushT"),
      ("applicability.benchmark_version", "null"), ("applicability.robot_embodiment", "null"),
      ("applicability.simulator", "gym-pusht"), ("metric.name", "success_rate"),
      ("metric.kind", "at_least"), ("metric.threshold", "80 %"), ("metric.confidence", "0.95"),
      ("metric.aggregate", "micro"), ("protocol.metric_contract.success_rule", "coverage"),
      ("protocol.frozen.tasks", "pusht"), ("protocol.frozen.episode_indexes", "0-49"),
      ("protocol.frozen.seeds.kind", "unset"),
      ("protocol.frozen.denominator_policy.policy", "errors_as_failures"),
    ]
    let (claim, plan) = try draftClaim(
      from: try PaperReference("2406.09246"), findings: [],
      settings: settings.map { (path: $0.0, value: $0.1) }, now: ClaimMaker.now,
      random: ClaimMaker.random)
    #expect(claim["open_questions"] == [])
    #expect(claim["metric"]?["threshold"] == "80 %", "the text is kept")
    #expect(try freezeProtocol(plan, claim: claim, now: ClaimMaker.now)["frozen_at"] != .null)
  }

  @Test(arguments: [[0xFF, 0xFE], [0x41, 0x00], [0xC0, 0x80]] as [[UInt8]])
  func `a text that is no UTF-8 is refused`(_ bytes: [UInt8]) {
    let error = #expect(throws: ClaimError.self) { try findings(inPaperText: bytes) }
    #expect(error?.code == .paperTextInvalid)
  }

  @Test(arguments: [
    "", "\n\n\n", "...", "100 % 101 % -5 % success", "success 201/200 0/0 1/1 5/",
    "Success is 99.99.99 %.", "Mail me@example.org for /home/me/x, success 50%.",
    "success \u{200B}\u{301}\u{FEFF}%%%% 1e5%",
  ])
  func `odd texts give a valid draft or nothing`(_ text: String) throws {
    let found = try findings(inPaperText: Array(text.utf8))
    for finding in found {
      #expect(!finding.sentence.contains("@example") && !finding.sentence.contains("/home"))
      #expect(finding.text != "101 %" && finding.text != "-5 %" && finding.text != "201/200")
    }
    _ = try draftClaim(
      from: try PaperReference("2406.09246"), findings: found, now: ClaimMaker.now,
      random: ClaimMaker.random)
  }
}
