import Audit
import JSON
import Terminal
import TestSupport
import Testing

/// The screens of the real program: widths, locales, and the same words everywhere.
struct ScreenCommandTests {
  private static func words(_ text: String) -> String {
    text.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
  }

  private static func lines(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  @Test func `wf inspect fits the terminal, with Unicode and without`() throws {
    let program = try CommandJSONTests.demo()
    for width in [40, 60, 80, 120, 200] {
      for locale in ["C.UTF-8", "C"] {
        let screen = try program(
          "inspect", "demo@v1", env: ["COLUMNS": String(width), "LC_ALL": locale])
        #expect(screen.status == 0)
        let lines = Self.lines(screen.out)
        let widest = lines.max { displayWidth(of: $0) < displayWidth(of: $1) } ?? ""
        #expect(displayWidth(of: widest) <= width, "\(width) \(locale): \(widest)")
        #expect(lines.contains { $0.contains("49/50") })
        #expect(lines.contains { $0.hasSuffix("100 %") })
        #expect(screen.out.contains("├") == (locale != "C"))
        if locale == "C" { #expect(screen.outBytes.allSatisfy { $0 < 0x80 }) }
      }
    }
  }

  @Test func `audit, verify and inspect use the same sentences`() throws {
    let program = try CommandJSONTests.demo()
    let audit = try program(
      "audit", "lerobot", Fixtures.path("demo/v1/eval_info.json"), "--claim-package", "claim",
      "--raw", Fixtures.path("demo/v1"), "--model-id", "example-org/example-vla", "--output",
      "again")
    #expect(audit.status == 0)
    #expect(Self.lines(audit.out).count <= 24, "at most a screen")
    let inspect = Self.words(try program("inspect", "demo@v1").out)
    let evidence = try JSONValue.parse(try Fixtures.read(program.work + "/again/evidence.json"))
    let labels = (evidence["missing_evidence"]?.array ?? []).compactMap { $0["label"]?.string }
    #expect(labels.count == 9)
    for label in labels {
      let sentence = Wording.bracketed(Wording.label(label), label)
      #expect(Self.words(audit.out).contains(sentence), "\(label)")
      #expect(inspect.contains(sentence), "\(label)")
    }
    let verify = Self.words(try program("verify", "demo@v1").out)
    for sentence in [
      "at most C Neither seeds nor initial states are recorded. [seeds_and_states_missing]",
      "at most B Nothing proves that claim and protocol were registered before the run. "
        + "[registration]",
      "at most B Nobody but the signer has confirmed it. [independent_signer]",
    ] {
      #expect(verify.contains(sentence), "\(sentence)")
      #expect(inspect.contains(sentence), "\(sentence)")
    }
    #expect(
      verify.contains(
        "The run records no start, and its planned seeds do not depend on the registration. "
          + "[start_not_recorded]"))
  }

  @Test func `quiet leaves the results and drops the remarks`() throws {
    let program = try CommandJSONTests.demo()
    let loud = try program("verify", "demo")
    let quiet = try program("verify", "demo", "--quiet")
    #expect(quiet.out == loud.out)
    let audit = try program(
      "audit", "lerobot", Fixtures.path("demo/v1/eval_info.json"), "--claim-package", "claim",
      "--output", "again", "--quiet")
    #expect(audit.status == 0 && audit.err.isEmpty)
    #expect(audit.out.hasPrefix("Wrote WF-"))
  }

  @Test func `a package that was changed says what failed and shows no letter`() throws {
    let program = try Program.prepared()
    let package = try program.examplePackage()
    _ = try program.shell("sed -i 's/\"letter\":\"C\"/\"letter\":\"A\"/' \(package)/evidence.json")
    let screen = try program("inspect", package)
    #expect(screen.out.contains("Grade  not shown, since a check failed"))
    #expect(screen.out.contains("Checks  FAILED"))
    #expect(screen.out.contains("[digest_mismatch]"))
  }

  @Test(arguments: [
    "inspect", "audit", "verify", "log", "claim", "claim create", "claim check", "claim register",
  ])
  func `help has examples and exit codes, and fits 80 columns`(command: String) throws {
    let program = try Program()
    let help = try run(
      [program.binary, "help"] + command.split(separator: " ").map(String.init),
      env: program.environment())
    #expect(help.status == 0)
    #expect(help.out.contains("Examples:"), "\(command)")
    #expect(help.out.contains("Exit codes"), "\(command)")
    // The line of the usage is the parser's own and is not broken.
    let widest =
      Self.lines(help.out).filter { !$0.hasPrefix("USAGE:") }
      .max { displayWidth(of: $0) < displayWidth(of: $1) } ?? ""
    #expect(displayWidth(of: widest) <= 80, "\(widest)")
  }
}
