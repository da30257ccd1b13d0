import ArgumentParser
import JSON
import Platform
import Signing
import Terminal

struct TrustPolicy: Command {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Show who may sign which claims",
    discussion: """
      A signing policy is one file, signing_policy.json in your config folder, or
      one that --policy names. The first rule whose claims fit decides: which
      principals may sign, and how many of them have to, each with a key of their
      own (the author, and others by wf cosign). clock says what the dates of keys
      are held against: claimed, the date in the commit, or log, the time at which
      the log of tips took it up. A policy narrows what your allowed signers
      believe; without one, whoever is trusted may sign everything.

      Examples:
        wf trust policy --example > ~/.config/wf/signing_policy.json
        wf trust policy
        wf verify my-claim --policy release-policy.json

      Exit codes: 0 done; 4 the policy cannot be used.
      """)
  @OptionGroup var global: GlobalOptions
  @Option(help: "The policy (default: your own).")
  var policy: String?
  @Flag(help: "Print a policy to begin with.")
  var example = false

  func perform(_ session: Session) throws -> ExitStatus {
    if example {
      session.console.result(Self.exampleText)
      return .done
    }
    let user = try session.user()
    guard
      let found = try policy.map({ try KeyFolder.policy(at: $0, files: session.files) })
        ?? user.policy()
    else {
      if session.console.json {
        session.console.result(jsonLine(["schema": "wf.trust_policy/1", "policy": .null]))
      } else {
        session.console.result("No signing policy: whoever is trusted may sign every claim.")
        session.console.remark("Begin with: wf trust policy --example > \(user.policyPath)")
      }
      return .done
    }
    if session.console.json {
      session.console.result(
        jsonLine(["schema": "wf.trust_policy/1", "policy": Self.json(found)]))
      return .done
    }
    session.console.result("clock  \(found.clock.rawValue)")
    var table = Table([("claims", .left), ("signers", .left), ("of", .left)])
    for rule in found.rules {
      table.add([
        rule.claims.joined(separator: " "), "\(rule.threshold)",
        rule.principals.joined(separator: " "),
      ])
    }
    for line in table.lines(style: session.console.style) { session.console.result(line) }
    session.console.remark("The first row that fits decides; a claim that fits none is refused.")
    return .done
  }

  private static func json(_ policy: SigningPolicy) -> JSONValue {
    func texts(_ list: [String]) -> JSONValue { .array(list.map { .string($0) }) }
    return [
      "schema": .string(SigningPolicy.schema), "clock": .string(policy.clock.rawValue),
      "rules": .array(
        policy.rules.map {
          [
            "claims": texts($0.claims), "principals": texts($0.principals),
            "threshold": .number(JSONNumber(Int64($0.threshold))),
          ]
        }),
    ]
  }

  private static let exampleText = """
    {
      "schema": "wf.signing_policy/1",
      "clock": "claimed",
      "rules": [
        {"claims": ["release-*"], "principals": ["alice@lab.example", "bob@lab.example"], "threshold": 2},
        {"claims": ["*"], "principals": ["alice@lab.example", "bob@lab.example"]}
      ]
    }
    """
}
