import ArgumentParser
import Attestation
import Evidence
import History
import JSON
import Platform
import Signing
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
      client, has to sign as payload, and signs nothing.

      Examples:
        wf attest my-claim
        wf attest package
        wf attest my-claim@v2 --output v2.dsse.json
        wf attest my-claim --statement-only --output statement.json
        wf verify package --trusted-signer-config signers.json

      Exit codes: 0 done; 4 the package fails its checks, or the output is there
      already; 12 no key, or ssh-agent does not sign.
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
  @Flag(help: "Replace an output that is there.")
  var force = false

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
    let standard = statementOnly ? "statement.json" : Envelope.fileName
    let target = output ?? (folder.isEmpty ? standard : Path.join(folder, standard))
    try CommandError.refuseSecret(output, of: "--output")
    let signer = statementOnly ? nil : try attestingSigner(key, session)
    let bytes = try signer.map { try request.signed(by: $0) } ?? request.statement.encoded()
    try session.files.publish(bytes, at: target, replacing: force)
    tell(request.statement, signer, target, bytes, session.console)
    return .done
  }

  private func tell(
    _ statement: EvidenceStatement, _ signer: Signer?, _ target: String, _ bytes: [UInt8],
    _ console: Console
  ) {
    let fingerprint = signer?.publicKey.fingerprint
    if console.json {
      console.result(
        jsonLine([
          "schema": "wf.attest/1", "output": .string(target),
          "digest": .string(Digest.text(of: bytes)), "claim": .string(statement.claim),
          "commit": statement.commit.map { .string($0) } ?? .null,
          "created": .string(UTCTime(seconds: statement.created).rfc3339),
          "grade": .string(statement.grade), "verdict": .string(statement.verdict),
          "subjects": .array(statement.subjects.map { $0.name.map { .string($0) } ?? .null }),
          "signed_by": fingerprint.map { .string($0) } ?? .null,
        ]))
      return
    }
    let what = signer == nil ? "the statement about" : "a signed statement about"
    console.result("Wrote \(what) \(version): \(target)")
    console.result("  subjects  artifact_manifest.json and \(statement.subjects.count - 1) members")
    console.result("  says      \(statement.verdict), grade \(statement.grade)")
    if let fingerprint { console.result("  signed    \(fingerprint)") }
  }
}
