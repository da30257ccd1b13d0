import ArgumentParser
import Attestation
import Evidence
import History
import JSON
import Platform
import Signing
import Sigstore
import Terminal

struct AttestCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "attest", abstract: "Sign a statement about a package, for other tools",
    discussion: """
      Writes signature.dsse.json: a DSSE envelope over an in-toto statement that
      names artifact_manifest.json and every member by its SHA-256, the claim, the
      commit, grade and verdict. Tools that know in-toto check it without wf; wf
      verify checks it with --trusted-signer-config.

      VERSION is a version of the store, or a package that wf export or wf audit
      wrote. The package is checked first, and the finished envelope is checked as a
      reader would before it is written. It lands beside the members of a package
      folder, else in the current folder; --output names another place. The key is
      yours, in its file or in ssh-agent.

      --statement-only writes the bytes that an external signer, such as a Sigstore
      client, has to sign as payload, and signs nothing. --bundle takes what that
      signer made of them: a Sigstore bundle, which has to hold under the policy of
      --sigstore-policy-config and is then kept as signature.sigstore.json.

      --fulcio and --rekor make such a bundle here: a key that lives only for this
      gets a certificate for whom an OpenID Connect token names, signs, and is
      logged. The token comes from --identity-token or WF_IDENTITY_TOKEN; addresses
      have no default, since the log's entry is public for ever.

      Examples:
        wf attest my-claim
        wf attest package
        wf attest my-claim@v2 --output v2.dsse.json
        wf attest my-claim --statement-only --output statement.json
        wf attest package --bundle bundle.json --sigstore-policy-config policy.json
        wf attest package --fulcio https://fulcio.example.org \\
          --rekor https://rekor.example.org --identity-token token \\
          --sigstore-policy-config policy.json
        wf verify package --trusted-signer-config signers.json

      Exit codes: 0 done; 4 the package fails its checks, or the output is there
      already; 12 no key, or ssh-agent does not sign; 20 to 24 the bundle does not
      hold; 30 a service does not answer; 31 it says no.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "A version, a package folder or an archive.")
  var version: String
  @Option(
    help: ArgumentHelp(
      "File to write (default: signature.dsse.json, see above).", valueName: "file"))
  var output: String?
  @Option(help: ArgumentHelp("Key to sign with (default: your own).", valueName: "file"))
  var key: String?
  @Flag(help: "Write the statement alone, for an external signer.")
  var statementOnly = false
  @Option(
    help: ArgumentHelp("Bundle by an external signer, instead of a signature.", valueName: "file"))
  var bundle: String?
  @OptionGroup var services: SigningServiceOptions
  @OptionGroup var sigstore: SigstoreOptions
  @Flag(help: "Replace an output that is there.")
  var force = false

  func validate() throws {
    let isBundled = bundle != nil || services.isGiven
    if isBundled, statementOnly || key != nil {
      throw ValidationError(
        "a bundle is not signed with your key; leave out --key and --statement-only")
    }
    if bundle != nil, services.isGiven {
      throw ValidationError("--bundle is signed already; leave out --fulcio and --rekor")
    }
    if !isBundled, sigstore.sigstorePolicyConfig != nil {
      throw ValidationError("--sigstore-policy-config is for --bundle, or --fulcio and --rekor")
    }
  }

  func perform(_ session: Session) throws -> ExitStatus {
    let store = try? session.store()
    let name = try session.version(version, in: store)
    let request: AttestationRequest
    var folder = ""
    if case .path(let path) = name {
      request = try AttestationRequest(
        path: path, files: session.files, temporaryFolder: session.temporaryFolder,
        now: session.surroundings.now())
      if try session.files.status(path).kind == .directory { folder = path }
    } else {
      let store = try store ?? session.store()
      request = try store.attestation(of: try store.resolve(name).commit)
    }
    let standard =
      bundle != nil || services.isGiven
      ? BundledPackage.fileName : statementOnly ? "statement.json" : Envelope.fileName
    let target = output ?? (folder.isEmpty ? standard : Path.join(folder, standard))
    try CommandError.refuseSecret(output, of: "--output")
    if let (bytes, found) = try bundled(request, session) {
      try session.files.publish(bytes, at: target, replacing: force)
      let signer = Attester(what: "the bundle about", signed: SigstoreOptions.signer(found))
      tell(found.statement ?? request.statement, signer, target, bytes, session.console)
      return .done
    }
    let signer = statementOnly ? nil : try attestingSigner(key, session)
    let bytes = try signer.map { try request.signed(by: $0) } ?? request.statement.encoded()
    try session.files.publish(bytes, at: target, replacing: force)
    let fingerprint = signer?.publicKey.fingerprint
    let attester = Attester(
      what: signer == nil ? "the statement about" : "a signed statement about",
      fingerprint: fingerprint, signed: fingerprint.map { "signed    \($0)" })
    tell(request.statement, attester, target, bytes, session.console)
    return .done
  }

  /// A bundle that holds for a reader with the policy, another client's or made now; nil where neither
  /// is asked for.
  private func bundled(
    _ request: AttestationRequest, _ session: Session
  ) throws -> (bytes: [UInt8], found: VerifiedBundle)? {
    if let bundle {
      return try sigstore.neededVerifier(session).accept(bundle, about: request.package, session)
    }
    guard let sign = try services.signer(session) else { return nil }
    let verifier = try sigstore.neededVerifier(session)
    let bytes = try sign(request.statement)
    return (bytes, try verifier.verify(bundle: bytes, of: .package(request.package)))
  }

  /// What was written, and by whom it is signed.
  private struct Attester {
    let what: String
    var fingerprint: String?
    let signed: String?
  }

  private func tell(
    _ statement: EvidenceStatement, _ attester: Attester, _ target: String, _ bytes: [UInt8],
    _ console: Console
  ) {
    if console.json {
      console.result(
        jsonLine([
          "schema": "wf.attest/1", "output": .string(target),
          "digest": .string(Digest.text(of: bytes)), "claim": .string(statement.claim),
          "commit": statement.commit.map { .string($0) } ?? .null,
          "created": .string(UTCTime(seconds: statement.created).rfc3339),
          "grade": .string(statement.grade), "verdict": .string(statement.verdict),
          "subjects": .array(statement.subjects.map { $0.name.map { .string($0) } ?? .null }),
          "signed_by": attester.fingerprint.map { .string($0) } ?? .null,
        ]))
      return
    }
    console.result("Wrote \(attester.what) \(version): \(target)")
    console.result("  subjects  artifact_manifest.json and \(statement.subjects.count - 1) members")
    console.result("  says      \(statement.verdict), grade \(statement.grade)")
    if let signed = attester.signed { console.result("  " + signed) }
  }
}
