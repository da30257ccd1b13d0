import JSON
import Platform
import TestSupport
import Testing

/// Packages of the real program against the published schemas, and its refusals of bad claims.
struct SchemaPackageTests {
  private static let lerobot = [
    ("four-suites-parallel-order-v0.6", "lerobot-libero"),
    ("libero-spatial-500-v0.6", "openpi-libero"),
    ("nan-reward-v0.4", "lerobot-libero"), ("no-seed-7-v0.3", "lerobot-pusht"),
    ("pusht-10-v0.3", "lerobot-pusht"), ("pusht-10-v0.4", "vla-eval-libero"),
    ("ci95-pr4628", "gr00t-simpler"), ("unknown-keys-safety", "lbm-eval"),
    ("recording-no-videos-v0.6", "embodied-gov-bench"), ("no-tasks-v0.4", "cosmos-predict-bridge"),
    ("zero-episodes-v0.4", "lerobot-libero"),
  ]

  @Test func `every member of every package that the program makes fits its schema`() throws {
    let program = try Program.prepared()
    var packages: [String] = []
    for (number, (input, template)) in Self.lerobot.enumerated() {
      let claim = "claim\(number)"
      try #require(
        try program("claim", "create", "--template", template, "--output", claim).status == 0)
      let output = "package\(number)"
      let audit = try program(
        "audit", "lerobot", Fixtures.path("formats/lerobot/good/\(input).json"),
        "--claim-package", claim, "--client-run-id", "run-\(number)", "--output", output)
      try #require([0, 3].contains(audit.status), "\(input): \(audit.err)")
      packages.append(program.work + "/" + output)
    }
    for version in ["v1", "v2"] {
      let folder = Fixtures.path("demo/" + version)
      let audit = try program(
        "audit", "auto", folder + "/eval_info.json", "--claim-package", "claim0", "--raw", folder,
        "--model-id", "example-org/vla", "--checkpoint-digest",
        "sha256:" + String(repeating: "a", count: 64), "--output", version)
      try #require(audit.status == 0, "\(audit.err)")
      packages.append(program.work + "/" + version)
    }
    #expect(try SchemaValidator.faults(packages: packages) == "")
  }

  @Test func `a custom contract is bound, audited and kept private`() throws {
    let program = try Program.prepared()
    let steps = [
      "$WF claim create --template lerobot-libero --output claim",
      "echo '[]' > tasks.json",
      "$WF eval-profile create --output draft.json",
      "$WF eval-profile create --output contract.json --protocol claim/protocol.json "
        + "--metric-schema pick/1 --task-manifest tasks.json --include all --no-exclusions "
        + "--no-replay-keys --task-source 'line 2' --consent not_given --use-case 'order picking' "
        + "--acceptance-question q --workflow-claim w --task-owner 'cell engineer'",
      "$WF audit lerobot \(Fixtures.path("demo/v1/eval_info.json")) --claim-package claim "
        + "--custom-eval-contract contract.json --output package",
      "$WF commit package", "$WF verify --recompute || test $? -eq 3",
    ]
    for step in steps {
      let done = try program.shell(step)
      try #require(done.status == 0, "\(step): \(done.out)\(done.err)")
    }
    #expect(try SchemaValidator.faults(packages: [program.work + "/package"]) == "")
    let held = try program.shell("grep -l 'order picking\\|cell engineer' -r package")
    #expect(held.out.isEmpty)
    let manifest = try JSONValue.parse(
      try Fixtures.read(program.work + "/package/raw_evidence_manifest.json"))
    let contract = manifest["references"]?.array?.first { $0["role"] == "contract" }
    #expect(contract?["state"] == "present")
    let evidence = try JSONValue.parse(
      try Fixtures.read(program.work + "/package/evidence.json"))
    let labels = (evidence["missing_evidence"]?.array ?? []).compactMap { $0["label"]?.string }
    #expect(labels.contains("custom_contract_unreviewed"))
    for (contract, reason) in [("draft.json", "contract_incomplete"), ("tasks.json", "field_type")]
    {
      let refused = try program(
        "audit", "lerobot", Fixtures.path("demo/v1/eval_info.json"), "--claim-package", "claim",
        "--custom-eval-contract", contract, "--output", "other", "--json")
      #expect(refused.status == 4)
      #expect(try Program.reason(refused) == reason)
    }
  }

  @Test func `a draft from a paper is checked, and registered only when answered`() throws {
    let program = try Program.prepared()
    let made = try program(
      "claim", "from-paper-url", "https://arxiv.org/pdf/2406.09246v2", "--output", "draft", "--json"
    )
    #expect(made.status == 0, "\(made.err)")
    let document = try JSONValue.parse(made.outBytes)
    #expect(document["schema"] == "wf.paper/1")
    #expect(document["reference"]?["version"] == "v2")
    #expect((document["open_questions"]?.array?.count ?? 0) > 10)
    #expect(try program("claim", "check", "draft").status == 0)
    let refused = try program("claim", "register", "draft", "--json")
    #expect(refused.status == 4)
    #expect(try Program.reason(refused) == "question_open")
    let bad = try program("claim", "from-paper-url", "ftp://x.y/z", "--output", "bad", "--json")
    #expect(bad.status == 4)
    #expect(try Program.reason(bad) == "paper_url_invalid")
    #expect(!FileSystem().exists(program.work + "/bad"))
    // What the draft leaves open caps an audit against it.
    let audit = try program(
      "audit", "lerobot", Fixtures.path("demo/v1/eval_info.json"), "--claim-package", "draft",
      "--output", "package", "--json")
    let answer = try JSONValue.parse(audit.outBytes)
    #expect(answer["verdict"] == "not_auditable", "\(audit.out)")
    #expect(answer["grade"] == "D")
  }

  @Test(arguments: [
    (#"s/"threshold":"0.8"/"threshold":"1.2"/"#, "claim.json", 4),
    (#"s/"threshold":"0.8"/"threshold":"NaN"/"#, "claim.json", 4),
    (#"s/"threshold":"0.8"/"threshold":NaN/"#, "claim.json", 4),
    (#"s/"threshold":"0.8"/"threshold":-0.8/"#, "claim.json", 4),
    (#"s/"threshold":"0.8"/"threshold":"0"/"#, "claim.json", 4),
    (#"s/"confidence":"0.95"/"confidence":"95"/"#, "claim.json", 4),
    (#"s/"confidence":"0.95"/"confidence":"0.3"/"#, "claim.json", 4),
    (#"s/"claim_id":"clm_01/"claim_id":"clm_00/"#, "protocol.json", 4),
    (#"s/"name":"success_rate"/"name":"reward"/"#, "protocol.json", 4),
    (#"s/"task_id":"1"/"task_id":"0"/"#, "protocol.json", 4),
    (#"s/"threshold":"0.8"/"threshold":"80 %"/"#, "claim.json", 0),
    (#"s/"threshold":"0.8"/"threshold":"0.80"/"#, "claim.json", 0),
  ])
  func `check, register and audit agree on a bad claim folder`(
    _ edit: String, _ file: String, _ status: Int32
  ) throws {
    let program = try Program.prepared()
    try #require(
      try program("claim", "create", "--template", "lerobot-libero", "--output", "claim").status
        == 0)
    let before = try Fixtures.read(program.work + "/claim/" + file)
    try #require(try run(["sed", "-i", edit, program.work + "/claim/" + file]).status == 0)
    try #require(try Fixtures.read(program.work + "/claim/" + file) != before, "\(edit)")
    let check = try program("claim", "check", "claim", "--json")
    #expect(check.status == status, "\(check.out)")
    let register = try program("claim", "register", "claim", "--json")
    #expect(register.status == status, "\(register.out)")
    if status != 0 {
      #expect(try Program.reason(register) != nil)
      #expect(try program("claims", "--json").out.contains("lerobot-policy") == false)
    }
  }
}
