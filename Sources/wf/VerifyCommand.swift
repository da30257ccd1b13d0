import ArgumentParser
import Attestation
import History
import JSON
import ObjectStore
import Platform
import Signing
import Terminal

struct VerifyCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check that nothing changed, who signed, and what follows",
    discussion: """
      Checks in this order: graph, signature, history, shape, manifest, schema,
      cross, raw, recompute, log, attestation. A target is a version of the store, or
      what wf export wrote: a folder, tar, tar.gz, zip, OCI layout or git bundle,
      told apart by content, which needs no store. Without a target every claim of
      the store is verified.

      A check that fails says what is wrong with what, and why in one machine word.
      The check history also says whether anything shows that a registration came
      before the run: the run's recorded seeds follow from the registration commit,
      or its recorded start is later. The grade is that of the package, lowered by
      what signature and history lack; it is never raised, and a package whose bytes
      are not sound gets none.

      A revoked key fails whatever it signed. With --signed-before-revocation TIME a
      commit of it counts where something else than the signer's word shows that it
      was there before TIME: this machine's own memory of tips, a log of tips that
      this machine saw or that witnesses cosigned (--checkpoint, --witness), or a
      time stamp or log entry in the package's Sigstore bundle (with its policy).
      The result then reads good (revoked later), never plainly good. TIME is the
      last moment at which you know the key to have been in its owner's hand, and
      goes for every revoked key.

      Examples:
        wf verify
        wf verify my-claim@v2 --recompute
        wf verify evidence.tar --trust allowed_signers
        wf verify my-claim.bundle
        wf verify my-claim --raw /data/run-17
        wf verify evidence.tar --trusted-signer-config signers.json
        wf verify public.tar --sigstore-policy-config policy.json
        wf verify my-claim --signed-before-revocation 2026-03-01T00:00:00Z

      Exit codes are those of the first failed check: 20 bytes changed; 21 something
      is missing; 22 unsigned; 23 signer not trusted; 24 key expired or revoked; 25
      history rewritten.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Versions, package folders, archives or bundles (default: every claim).")
  var versions: [String] = []
  @Flag(help: "Derive evidence.json and evidence.md again; they must be the same.")
  var recompute = false
  @Option(help: "Folder in which raw evidence still lies, to be hashed again.")
  var raw: String?
  @OptionGroup var believing: BelievingOptions
  @OptionGroup var attesting: AttestingOptions
  @OptionGroup var sigstore: SigstoreOptions
  @OptionGroup var signedBefore: SignedBeforeOptions
  @Option(help: "Commit that the version must be or come after, from another channel.")
  var expect: String?

  func perform(_ session: Session) throws -> ExitStatus {
    var options = try believing.verifyOptions(session)
    options.recompute = recompute
    options.rawFolder = raw
    options.attestation = try attesting.options(session, targets: versions)
    options.bundleCheck = try sigstore.check(session)
    options.signedBefore = try signedBefore.options(
      session, bundleProof: try sigstore.ageProof(session))
    if let expect {
      guard let id = ObjectID(hex: expect) else {
        throw CommandError(
          .optionInvalid, place: "--expect \(expect)",
          "an expected commit is given by all its 64 digits")
      }
      options.expected = id
    }
    for warning in options.trust.warnings {
      session.console.remark("allowed signers, \(warning)")
    }
    let report = sigstore.completed(try run(session, options))
    if session.console.json {
      session.console.result(jsonLine(report.json))
    } else {
      for target in report.targets {
        for line in VerifyScreen(report: target, style: session.console.style).lines {
          session.console.result(line)
        }
        if let failure = target.firstFailure { session.console.remark(nextStep(failure)) }
      }
      if report.targets.isEmpty { session.console.result("No claims to verify yet.") }
    }
    return status(of: report)
  }

  private func run(_ session: Session, _ options: VerifyOptions) throws -> VerifyReport {
    FreedMemory.keep()
    if versions.isEmpty {
      let store = try session.store()
      return VerifyReport(
        targets: try StoreVerification(store: store, options: try store.believing(options))
          .everyClaim())
    }
    let store = try? session.store()
    var targets: [TargetReport?] = []
    var stored: [(place: Int, target: StoreVerification.Target)] = []
    for text in versions {
      let name = try session.version(text, in: store)
      if case .path(let path) = name {
        targets += try FileVerification(
          options: options, files: session.files, temporaryFolder: session.temporaryFolder
        ).reports(path: path)
      } else {
        // Opens again where there was none, so that the error says why.
        let found = try (store ?? session.store()).resolve(name)
        stored.append((targets.count, StoreVerification.Target(name: text, version: found)))
        targets.append(nil)
      }
    }
    if !stored.isEmpty {
      let store = try store ?? session.store()
      let reports = try StoreVerification(store: store, options: try store.believing(options))
        .reports(stored.map(\.target))
      for (row, report) in zip(stored, reports) { targets[row.place] = report }
    }
    return VerifyReport(targets: targets.compactMap { $0 })
  }

  private func status(of report: VerifyReport) -> ExitStatus {
    guard let failure = report.targets.first(where: { !$0.ok })?.firstFailure else { return .done }
    return ExitStatus(failure.failureKind)
  }

  private func nextStep(_ failure: CheckResult) -> String {
    let advice =
      switch failure.fault {
      case _ where failure.reason == SigningError.Code.thresholdNotReached.rawValue:
        "somebody else whom the policy names: wf cosign VERSION"
      case .untrusted
      where failure.check == .signature
        && [SigningError.Code.claimNotInPolicy, .signerNotAllowed]
          .contains { $0.rawValue == failure.reason }:
        "wf trust policy shows who may sign what"
      case _ where failure.reason == AttestationError.Code.statementUnsupported.rawValue:
        "what counts here is made by wf attest without --predicate"
      case .unsigned where failure.check == .attestation:
        "--envelope FILE, when signature.dsse.json does not lie beside the members"
      case .untrusted where failure.check == .attestation:
        "if you believe the signer: add the key to the file of --trusted-signer-config"
      case .untrusted where failure.check == .sigstore:
        "if you believe the signer: add issuer and subject to the policy"
      case .unsigned where failure.check == .sigstore:
        "get the package together with its \(BundledPackage.fileName)"
      case .untrusted: "if you believe the signer: wf trust add PRINCIPAL KEY"
      case .unsigned: "ask the author for a signed version"
      case _ where failure.reason == SigningError.Code.keyRevoked.rawValue:
        "if it was made before the key was lost: --signed-before-revocation TIME"
      case _ where failure.reason == SigningError.Code.revokedAgeUnproven.rawValue:
        "a checkpoint that a witness cosigned proves the age: --checkpoint FILE --witness KEY"
      case .expired: "ask the author for a version signed with a valid key"
      case .historyRewritten: "compare with another copy of the store before you believe either"
      case .missing: "get the missing part from another copy"
      default: "do not rely on this version; get it again from its author"
      }
    return "  try: \(advice)"
  }
}
