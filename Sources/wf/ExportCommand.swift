import ArgumentParser
import Attestation
import History
import JSON
import Platform
import Signing
import Sigstore
import Terminal

struct ExportCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a version as a folder, archive, bundle or page",
    discussion: """
      dir, tar, tar.gz and zip hold the members; with --public the seven shareable
      ones only. Both carry a proof: the signed commit and its root tree, so that
      anyone can check them with wf verify, without this store. oci is the same as an
      image layout for container registries: a folder, or a tar where the output's
      name ends in .tar. bundle is the claim's whole history, for stock git, wf clone
      and wf import-bundle. A page (html) shows shareable data alone. intoto is the
      signed statement of wf attest alone, with --predicate in the words of other
      programs; --attest puts our own beside the members, and --bundle a Sigstore
      bundle that an external signer made of it. The same version gives the same
      bytes.

      Examples:
        wf export my-claim --format tar --public --output evidence.tar
        wf export my-claim@v2 --format dir --output package-v2
        wf export my-claim --format bundle --output my-claim.bundle
        wf export my-claim --format oci --public --output evidence-oci.tar
        wf export my-claim --format html --output report.html
        wf export my-claim --public --attest --format tar --output evidence.tar
        wf export my-claim --format intoto --predicate test-result \\
          --output test-result.dsse.json
        wf verify evidence.tar --trust allowed_signers

      Exit codes: 0 done; 4 the output is there already, the version holds no
      package, its claim was not tested (--predicate test-result), or the form cannot
      be public; 12 no key to attest with; 20 to 24 the bundle does not hold.
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The version.")
  var version: String
  @Option(help: "dir, tar, tar.gz, zip, bundle, oci, html or intoto (default: dir).")
  var format = "dir"
  @Option(help: "Folder or file to write.")
  var output: String
  @Flag(help: "Only the seven members that may be shared, with their proof.")
  var `public` = false
  @Flag(help: "Put a statement signed by your key beside the members.")
  var attest = false
  @OptionGroup var says: PredicateOption
  @Option(help: ArgumentHelp("Key to attest with (default: your own).", valueName: "file"))
  var key: String?
  @Option(
    help: ArgumentHelp("Put this Sigstore bundle beside the members.", valueName: "file"))
  var bundle: String?
  @OptionGroup var sigstore: SigstoreOptions
  @Flag(help: "Replace an output that is there.")
  var force = false

  func validate() throws {
    if format != ExportFormat.intoto.rawValue,
      says.predicate != PackagePredicate.evidencePackage.rawValue
    {
      throw ValidationError(
        "--predicate is for --format intoto; wf attest puts one beside the members")
    }
    if bundle == nil, sigstore.sigstorePolicyConfig != nil {
      throw ValidationError("--sigstore-policy-config is for --bundle")
    }
    if bundle != nil, ["bundle", "html", "intoto"].contains(format) {
      throw ValidationError("a \(format) has no members to put a bundle beside")
    }
  }

  func perform(_ session: Session) throws -> ExitStatus {
    try CommandError.refuseSecret(output, of: "--output")
    guard let form = ExportFormat(rawValue: format) else {
      throw HistoryError(
        .exportFormatUnknown, place: format, "there is no such export format yet",
        hint: "one of: " + ExportFormat.allCases.map(\.rawValue).joined(separator: ", "))
    }
    let predicate = try says.chosen()
    let store = try session.store()
    let found = try store.resolve(try session.version(version, in: store))
    let accepted = try bundle.map {
      try sigstore.neededVerifier(session).accept(
        $0, about: .package(try store.attestation(of: found.commit, isPublic: `public`).package),
        session
      ).bytes
    }
    var progress = ProgressLine(title: "Writing", console: session.console)
    let written: [ExportedFile]
    do {
      defer { progress.finish() }
      written = try store.export(
        found.commit, as: form, to: output, isPublic: `public`, replacing: force,
        options: try store.ownOptions(), signer: try signer(form, session),
        predicate: predicate, bundle: accepted
      ) { progress.update(done: $0, of: $1) }
    }
    if session.console.json {
      var answer: JSONObject = ["schema": "wf.export/1", "rows": .array(written.map(\.json))]
      if form == .intoto { answer["predicate"] = .string(predicate.rawValue) }
      session.console.result(jsonLine(.object(answer)))
      return .done
    }
    tell(written, form, predicate, session.console)
    return .done
  }

  /// Who attests what is written; nil where nobody is asked to.
  private func signer(_ form: ExportFormat, _ session: Session) throws -> Signer? {
    switch form {
    case .intoto: break
    case .dir, .tar, .tarGzip, .zip, .oci: if !attest { return nil }
    case .bundle, .html:
      guard attest else { return nil }
      throw CommandError(
        .optionInvalid, place: "--attest", "a \(format) has no members to put a statement beside",
        hint: "wf attest \(version) writes the statement alone")
    }
    return try attestingSigner(key, session)
  }

  private func tell(
    _ written: [ExportedFile], _ form: ExportFormat, _ predicate: PackagePredicate,
    _ console: Console
  ) {
    let size = written.reduce(0) { $0 + $1.size }
    switch form {
    case .html:
      console.result("Wrote the report page of \(version): \(output)")
      console.result("  one file, \(size) bytes, which loads nothing")
      return
    case .bundle:
      console.result("Wrote the history of \(version) as a git bundle: \(output)")
      console.result("  \(size) bytes, all members of every version up to it")
      console.remark("Whoever gets it makes a store of it with: wf clone \(output) DIR")
      return
    case .intoto:
      let kind = predicate == .evidencePackage ? "" : predicate.rawValue + " "
      console.result("Wrote the signed \(kind)statement about \(version): \(output)")
      console.result("  \(size) bytes, an in-toto statement in a DSSE envelope")
      return
    case .dir, .tar, .tarGzip, .zip, .oci: break
    }
    let part = `public` ? "the public part" : "all members"
    console.result("Wrote \(part) of \(version): \(output)")
    console.result(
      "  \(written.count) files, \(size) bytes, with the proof of the signed commit")
    console.remark("Whoever gets it checks it with: wf verify \(output) --trust ALLOWED_SIGNERS")
  }
}
