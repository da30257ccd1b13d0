import ArgumentParser
import Evidence
import History
import JSON
import ObjectStore
import Platform
import Terminal

struct ClaimCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claim", abstract: "Make, check and register what is claimed",
    discussion: """
      A claim is one sentence with its number, and a protocol says how the evaluation
      is to be run. Both are made from a template, checked against each other, and
      registered before the run: the registration is the first commit of the claim's
      history, and only what follows it can show that nothing was changed afterwards.

      Examples:
        wf claim templates
        wf claim create --template lerobot-libero --output claim
        wf claim check claim
        wf claim register claim

      Exit codes: 0 done; 4 contradictions, open questions, invalid settings, or the
      claim has a history already; 10 no store here. wf help claim create tells how
      seeds prove that the run came after the registration.
      """,
    subcommands: [
      ClaimCreate.self, ClaimFromPaperURL.self, ClaimTemplates.self, ClaimCheckCommand.self,
      ClaimRegister.self,
    ])
}

struct ClaimCreate: Command {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make claim.json and protocol.json from a template",
    discussion: """
      A path in --set is a dotted path in claim.json, with protocol. in front in
      protocol.json.

      Examples:
        wf claim create --template lerobot-libero --output claim
        wf claim create --template lerobot-libero --output claim \\
          --set subject.id=my-org/policy --set metric.threshold=0.9 \\
          --set slug=my-policy-spatial
        wf claim create --template lerobot-pusht --output claim \\
          --set protocol.frozen.seeds.kind=challenge --set protocol.grade_planned=A

      With seeds of kind challenge the run's start seed follows from the
      registration commit, so a run that records it can only have come after the
      registration. Step 1 and a seed for each frozen episode are filled in;
      protocol.frozen.seeds.step, .count and .same_for_every_task change that.

      Exit codes: 0 written; 4 a setting is not valid, or the output is there.
      """)
  @OptionGroup var global: GlobalOptions
  @Option(help: "Name of a template; wf claim templates lists them.")
  var template: String
  @Option(help: "Folder to write to.")
  var output: String
  @Option(name: .customLong("set"), help: ArgumentHelp("Fill a field.", valueName: "path=value"))
  var settings: [String] = []
  @Flag(help: "Replace an output that is there.")
  var force = false

  func perform(_ session: Session) throws -> ExitStatus {
    try CommandError.refuseSecret(output, of: "--output")
    let (claim, plan) = try makeClaim(
      template: template, settings: try settingPairs(settings), now: session.surroundings.now(),
      random: session.surroundings.randomBytes)
    let publication = try writeClaimFolder(
      claim: claim, protocol: plan, to: output, replacing: force, session)
    let remarks = allRemarks(claim: claim, plan: plan)
    if session.console.json {
      session.console.result(
        jsonLine([
          "schema": "wf.claim/1", "output": .string(publication.target),
          "claim": claim["slug"] ?? .null, "remarks": .array(remarks.map(row)),
        ]))
      return .done
    }
    session.console.result("Wrote claim.json and protocol.json: \(publication.target)")
    let text = SentenceLayout(style: session.console.style)
    for line in text.paragraph(plainText(claim["claim_text"]?.string ?? "")) {
      session.console.result(line)
    }
    tell(remarks, session.console)
    session.console.remark(
      "Next: wf claim check \(output), then wf claim register \(output) before the run")
    return .done
  }
}

struct ClaimTemplates: Command {
  static let configuration = CommandConfiguration(
    commandName: "templates", abstract: "List the built-in templates")
  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws -> ExitStatus {
    if session.console.json {
      session.console.result(
        jsonLine([
          "schema": "wf.templates/1",
          "templates": .array(
            ClaimTemplate.all.map {
              ["name": .string($0.name), "summary": .string($0.summary)]
            }),
        ]))
      return .done
    }
    var table = Table([("template", .left), ("what it is for", .left)])
    for template in ClaimTemplate.all {
      table.add([template.name, template.summary])
    }
    for line in table.lines(style: session.console.style) { session.console.result(line) }
    return .done
  }
}

struct ClaimCheckCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Look for contradictions between claim and protocol",
    discussion: """
      Compares the claim's text with its threshold, benchmark and protocol, and
      lists open questions.

      Examples:
        wf claim check claim
        wf claim check claim --json

      Exit codes: 0 nothing contradicts; 4 something does.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Folder with claim.json and protocol.json.")
  var directory: String

  func perform(_ session: Session) throws -> ExitStatus {
    let (claim, plan) = try readClaimFolder(directory, session)
    let remarks = allRemarks(claim: claim, plan: plan)
    let failed = remarks.contains { $0.severity == .error }
    if session.console.json {
      session.console.result(
        jsonLine([
          "schema": "wf.claim_check/1", "ok": .bool(!failed), "remarks": .array(remarks.map(row)),
        ]))
    } else {
      tell(remarks, session.console)
      session.console.result(
        failed
          ? "Claim and protocol contradict each other; no audit of them would mean anything."
          : "Nothing contradicts.")
    }
    return failed ? .invalidInput : .done
  }
}

struct ClaimRegister: Command {
  static let configuration = CommandConfiguration(
    commandName: "register", abstract: "Commit claim and protocol before the run",
    discussion: """
      Freezes the protocol where it is a draft and commits both, signed. A package
      that is committed later with another claim or protocol is refused.

      Where the protocol's seeds are a challenge, the start seed of the run is
      printed. It follows from the commit, so nobody can know it before: a run whose
      saved files record these seeds, one for each counted episode, came after the
      registration, whatever its clock says. Seeds given with wf audit --seed-start
      are not recorded ones and prove nothing.

      Examples:
        wf claim register claim
        wf claim register claim --json

      Exit codes: 0 done; 4 contradictions, open questions, or the claim has a
      history already.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Folder with claim.json and protocol.json; the frozen protocol is written back.")
  var directory: String
  @Flag(help: "Commit without a signature; verify will say so.")
  var unsigned = false

  func perform(_ session: Session) throws -> ExitStatus {
    let store = try session.store()
    var (claim, plan) = try readClaimFolder(directory, session)
    if let worst = checkClaim(claim: claim, protocol: plan).first(where: { $0.severity == .error })
    {
      throw HistoryError(
        .packageInvalid, place: worst.place, "\(worst.text) (\(worst.reason))",
        hint: "wf claim check \(directory) lists everything")
    }
    let isDraft = plan["frozen_at"]?.string == nil
    if isDraft {
      plan = try freezeProtocol(plan, claim: claim, now: session.surroundings.now())
    }
    let claimBytes = try CanonicalJSON.bytes(claim) + [0x0A]
    let planBytes = try CanonicalJSON.bytes(plan) + [0x0A]
    let done = try store.register(
      RegistrationRequest(claim: claimBytes, evaluationProtocol: planBytes, unsigned: unsigned))
    // After the commit: a protocol that reads as frozen here is one that was registered.
    let name = Path.join(directory, MemberName.evaluationProtocol.rawValue)
    if isDraft { try session.files.write(planBytes, to: name, .durable) }
    let challenge = ChallengeWords(claim: claim, plan: plan)
    let seed = challenge?.first(done)
    if session.console.json {
      session.console.result(
        jsonLine([
          "schema": "wf.register/1", "claim": .string(done.slug),
          "commit": .string(done.commit.hex),
          "tree": .string(done.tree.hex), "signed_by": done.signedBy.map { .string($0) } ?? .null,
          "start_seed": seed.map { .number(JSONNumber($0)) } ?? .null,
          "challenge_seed": seed.map { .number(JSONNumber($0)) } ?? .null,
        ]))
    } else {
      session.console.result("Registered \(done.slug) before its run")
      session.console.result("  commit   \(done.commit)")
      session.console.result("  signed   \(done.signedBy ?? "no (--unsigned)")")
      if isDraft { session.console.result("  frozen   \(name)") }
      if let challenge, let seed {
        tell(challenge.lines(first: seed), session.console)
      }
      session.console.remark(
        "Next: run the evaluation, then wf audit with --claim-package \(directory)")
    }
    return .done
  }
}

/// What contradicts or is open, and what a challenge asks of the run.
private func allRemarks(claim: JSONValue, plan: JSONValue) -> [ClaimRemark] {
  let challenge = ChallengeWords(claim: claim, plan: plan).map { [$0.remark] } ?? []
  return checkClaim(claim: claim, protocol: plan) + challenge
}

/// Both files of a claim folder, in any JSON spelling.
func readClaimFolder(
  _ directory: String, _ session: Session
) throws -> (claim: JSONValue, protocol: JSONValue) {
  func read(_ name: MemberName) throws -> JSONValue {
    try JSONValue.parse(
      try session.files.read(Path.join(directory, name.rawValue), limit: 64 << 20))
  }
  return (try read(.claim), try read(.evaluationProtocol))
}

private func row(_ remark: ClaimRemark) -> JSONValue {
  [
    "severity": .string(remark.severity.rawValue), "reason": .string(remark.reason),
    "place": .string(remark.place), "text": .string(remark.text),
  ]
}

private func tell(_ remarks: [ClaimRemark], _ console: Console) {
  let text = SentenceLayout(style: console.style)
  for remark in remarks {
    let ink: Style.Ink =
      switch remark.severity {
      case .error: .bad
      case .warning: .caution
      case .info: .quiet
      }
    let sentence = "\(remark.text) (\(remark.place)) [\(remark.reason)]"
    for line in text.item(remark.severity.rawValue, plainText(sentence), ink: ink, columns: 7) {
      console.result(line)
    }
  }
}

private func tell(_ seeds: [String], _ console: Console) {
  for (place, sentence) in seeds.enumerated() {
    let mark = place == 0 ? "  seeds    " : "           "
    for line in wrapped(sentence, width: SentenceLayout(style: console.style).width, behind: mark) {
      console.result(line)
    }
  }
}
