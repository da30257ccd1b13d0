import ArgumentParser
import Attestation
import History
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

      --predicate says it in the words of other programs: test-result is in-toto's
      (PASSED, WARNED or FAILED; refused where the claim was not tested),
      model-signing is OpenSSF's, with the package's folder for a model. Their files
      are test-result.dsse.json and model-signing.dsse.json, with --bundle or the
      services below test-result.sigstore.json and model-signing.sigstore.json. They
      lie beside the members, and wf verify counts none of them.

      --fulcio and --rekor make such a bundle here: a key that lives only for this
      gets a certificate for whom an OpenID Connect token names, signs, and is
      logged. The token comes from --identity-token or WF_IDENTITY_TOKEN; addresses
      have no default, since the log's entry is public for ever.

      Examples:
        wf attest my-claim
        wf attest package
        wf attest my-claim@v2 --output v2.dsse.json
        wf attest my-claim --statement-only --output statement.json
        wf attest package --predicate test-result
        wf attest package --predicate model-signing --statement-only
        wf attest package --bundle bundle.json --sigstore-policy-config policy.json
        wf attest package --fulcio https://fulcio.example.org \\
          --rekor https://rekor.example.org --identity-token token \\
          --sigstore-policy-config policy.json
        wf verify package --trusted-signer-config signers.json

      Exit codes: 0 done; 4 the package fails its checks, the output is there
      already, or the claim was not tested (--predicate test-result); 12 no key, or
      ssh-agent does not sign; 20 to 24 the bundle does not hold; 30 a service does
      not answer; 31 it says no.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "A version, a package folder or an archive.")
  var version: String
  @Option(
    help: ArgumentHelp(
      "File to write (default: signature.dsse.json, see above).", valueName: "file"))
  var output: String?
  @OptionGroup var says: PredicateOption
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
    let predicate = try says.chosen()
    let store = try? session.store()
    let name = try session.version(version, in: store)
    let request: AttestationRequest
    var folder = ""
    if case .path(let path) = name {
      request = try AttestationRequest(
        path: path, predicate: predicate, files: session.files,
        temporaryFolder: session.temporaryFolder, now: session.surroundings.now())
      if try session.files.status(path).kind == .directory { folder = path }
    } else {
      let store = try store ?? session.store()
      request = try store.attestation(
        of: try store.resolve(name).commit, predicate: predicate)
    }
    let standard =
      bundle != nil || services.isGiven
      ? predicate.bundleName : statementOnly ? predicate.statementName : predicate.envelopeName
    let target = output ?? (folder.isEmpty ? standard : Path.join(folder, standard))
    try CommandError.refuseSecret(output, of: "--output")
    let (bytes, evidence, form) = try made(request, session)
    try session.files.publish(bytes, at: target, replacing: force)
    AttestScreen(
      version: version, target: target, bytes: bytes, predicate: predicate, request: request,
      evidence: evidence, form: form
    ).show(on: session.console)
    return .done
  }

  /// The file's bytes, our own statement about the package, and what the file is.
  private func made(
    _ request: AttestationRequest, _ session: Session
  ) throws -> ([UInt8], EvidenceStatement, AttestScreen.Form) {
    if let (bytes, found) = try bundled(request, session) {
      let signer = SigstoreOptions.signer(found)
      return (bytes, found.statement ?? request.statement, .bundle(signer: signer))
    }
    if statementOnly { return (request.payload, request.statement, .statement) }
    let signer = try attestingSigner(key, session)
    let fingerprint = signer.publicKey.fingerprint
    return (
      try request.signed(by: signer), request.statement, .signed(fingerprint: fingerprint)
    )
  }

  /// A bundle that holds for a reader with the policy, another client's or made now; nil where neither
  /// is asked for.
  private func bundled(
    _ request: AttestationRequest, _ session: Session
  ) throws -> (bytes: [UInt8], found: VerifiedBundle)? {
    let subject: BundleSubject =
      request.foreign.map { .statement($0.statement) } ?? .package(request.package)
    if let bundle {
      return try sigstore.neededVerifier(session).accept(bundle, about: subject, session)
    }
    guard let sign = try services.signer(session) else { return nil }
    let verifier = try sigstore.neededVerifier(session)
    let bytes = try sign(request.payload)
    return (bytes, try verifier.verify(bundle: bytes, of: subject))
  }
}
