import ArgumentParser

/// The command tree.
struct WF: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wf",
    abstract: "Evidence packages for robot-policy evaluations, signed and checkable",
    discussion: """
      wf reads a saved evaluation (it never runs the model), audits it against a
      claim and a protocol with exact statistics, and keeps every version as a
      signed commit that stock git can check.

      A first package, from a LeRobot eval_info.json:
        wf init
        wf claim create --template lerobot-libero --output claim
        wf audit lerobot eval_info.json --claim-package claim --output package
        wf commit package
        wf verify

      Exit codes: 0 done; 1 refuted, differs or regression; 2 inconclusive; 3 done
      in part; 4 input invalid; 10 no store; 11 locked; 12 wrong key; 20 bytes
      changed; 21 something missing; 22 unsigned; 23 signer not trusted; 24 key
      expired or revoked; 25 history rewritten; 30 network; 31 the other side says
      no; 64 usage; 70 bug in wf.
      """,
    version: "\(Product.name) \(Product.version)",
    subcommands: [
      InitCommand.self, ClaimCommand.self, ProtocolCommand.self, EvalProfileCommand.self,
      FormatsCommand.self,
      AuditCommand.self,
      InspectCommand.self, CommitCommand.self, CosignCommand.self, LogCommand.self,
      ShowCommand.self,
      ClaimsCommand.self, VerifyCommand.self, DiffCommand.self, HistoryCommand.self,
      ExportCommand.self, AttestCommand.self, ImportBundleCommand.self, CloneCommand.self,
      RemoteCommand.self, PushCommand.self, FetchCommand.self,
      PublishCommand.self, ShareCommand.self, ReliabilityCommand.self, ServeCommand.self,
      LogCheckCommand.self, WitnessCommand.self,
      KeyCommand.self, TrustCommand.self, FsckCommand.self, GcCommand.self, CompletionCommand.self,
      DebugCommand.self,
    ])
}
