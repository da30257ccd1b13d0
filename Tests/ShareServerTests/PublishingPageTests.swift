import JSON
import Platform
import TestSupport
import Testing

/// The console blocks of Docs/Publishing.md, run as they stand by the real programs; what they print
/// stands below them.
struct PublishingPageTests {
  @Test func `every command of the page works and prints what stands there`() throws {
    let page = String(
      decoding: try Fixtures.read(Fixtures.path("../Docs/Publishing.md")), as: UTF8.self)
    let steps = PublishingPage.steps(page)
    #expect(steps.count >= 15)
    var session = try PublishingSession()
    for step in steps {
      let printed = try session.run(step)
      let difference = session.page.difference(step.expected, printed)
      #expect(difference == nil, "$ \(step.command)\n\(difference ?? "")\n\(printed)")
    }
  }

  /// The comparison itself.
  @Test(
    arguments: [
      (["a", "b"], "a\nb\n", true), (["a"], "a\nb\n", false), (["a", "b"], "a\n", false),
      (["a", "…", "d"], "a\nb\nc\nd\n", true), (["a", "…", "d"], "a\nb\nc\n", false),
      (["{\"x\":1,…}"], "{\"x\":1,\"y\":2}\n", true),
      (["{\"x\":1,…}"], "{\"x\":2,\"y\":2}\n", false),
      (["shr_00000000000000000000000000 1"], "shr_0123456789ABCDEFGHJKMNPQRS 1\n", true),
      (["shr_00000000000000000000000000 1"], "shr_0123456789ABCDEFGHJKMNPQRS 2\n", false),
      (["shr_00000000000000000000000000 1"], "shr_1\n", false),
      // One id of the page is one id, wherever it stands.
      (
        ["shr_00000000000000000000000000", "shr_00000000000000000000000000"],
        "shr_0123456789ABCDEFGHJKMNPQRS\nshr_1123456789ABCDEFGHJKMNPQRS\n", false
      ),
      (
        ["shr_00000000000000000000000000", "shr_00000000000000000000000001"],
        "shr_0123456789ABCDEFGHJKMNPQRS\nshr_0123456789ABCDEFGHJKMNPQRS\n", false
      ),
      (["wfs_Ab-9…"], "wfs_" + String(repeating: "x", count: 43) + "\n", true),
    ] as [([String], String, Bool)])
  func `what differs is seen`(_ expected: [String], _ printed: String, _ isSame: Bool) {
    var page = PublishingPage()
    #expect((page.difference(expected, printed) == nil) == isSame)
  }
}

/// A store, a server, and what people do between the commands.
private struct PublishingSession {
  var page = PublishingPage()
  private let program: Program
  private let server: ServedFolder

  init() throws {
    program = try Program.prepared()
    server = try ServedFolder()
    let committed = try program("commit", Fixtures.path("package-example/package"))
    try #require(committed.status == 0, "\(committed.err)")
    page.learn("http://127.0.0.1:8080", "http://127.0.0.1:\(server.port)")
    page.learn("wfx_…", server.key)
  }

  /// What a command prints.
  mutating func run(_ step: PublishingPage.Step) throws -> String {
    let lines = [
      "wf() { \"$WF\" \"$@\"; }", "export SOURCE_DATE_EPOCH=\(TestPackage.now)",
      "[ ! -e ../key ] || . ../key", "{ \(page.filled(step.command)); } 2>&1",
    ]
    // Commands stand in the page without what the shell keeps between them.
    if step.command.hasPrefix("export WF_API_KEY=") {
      try FileSystem().write(
        Array("\(page.filled(step.command))\n".utf8), to: program.folder.path + "/key")
    }
    let done = try program.shell(lines.joined(separator: "\n"))
    #expect((done.status == 0) != step.fails, "\(step.command): \(done.out)")
    if step.command.hasSuffix("> signers.json") {
      let signers = try Fixtures.read(program.work + "/signers.json")
      try FileSystem().write(signers, to: server.data + "/trusted-signers.json")
    }
    if step.command.hasSuffix("--write-approval approval.json") { try answerQuestions() }
    return done.out
  }

  /// Somebody who may decide fills in the answers.
  private func answerQuestions() throws {
    let path = program.work + "/approval.json"
    var record = try #require(try JSONValue.parse(Fixtures.read(path)).object)
    let worked = try JSONValue.parse(Fixtures.bytes("package-example/share/approval.json"))
    for field in ["reviewer_label", "audience", "revocation_owner", "purpose", "customer_consent"] {
      record[field] = worked[field]
    }
    record["approver"] = "Evaluation lead"
    record["password_required"] = false
    record["redaction_reviewed_at"] = "2026-11-24T10:00:00Z"
    record["approved_at"] = "2026-11-24T10:05:00Z"
    try FileSystem().write(try CanonicalJSON.bytes(.object(record)), to: path)
  }
}
