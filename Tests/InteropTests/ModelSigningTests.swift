import JSON
import Platform
import TestSupport
import Testing

/// The statement `model-signing` before OpenSSF's own tool, which knows nothing of `wf`.
///
/// model-signing 1.1.1 takes EC keys and no Ed25519 ones, so that the statement is signed here as its
/// `sign key` does: DSSE with a P-256 key, in a Sigstore bundle that names the key by its SHA-256.
@Suite(.enabled(if: PythonLibraries.areThere))
struct ModelSigningTests {
  private let program: Program
  private let slug = "examplevla-libero-spatial-two-tasks"
  private let files = FileSystem()

  init() throws {
    program = try Program.withCommittedExample(
      then: """
        $WF export \(slug) --public --attest --output public >/dev/null
        $WF export \(slug) --attest --output full >/dev/null
        """)
  }

  private static let sign = """
    import base64, hashlib, json, pathlib, sys
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from securesystemslib.dsse import Envelope
    statement, bundle, public = map(pathlib.Path, sys.argv[1:])
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    public.write_bytes(pem)
    payload, kind = statement.read_bytes(), "application/vnd.in-toto+json"
    signature = key.sign(Envelope(payload, kind, {}).pae(), ec.ECDSA(hashes.SHA256()))
    bundle.write_text(json.dumps({
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {"publicKey": {"hint": hashlib.sha256(pem).hexdigest()}},
        "dsseEnvelope": {
            "payload": base64.b64encode(payload).decode(), "payloadType": kind,
            "signatures": [{"sig": base64.b64encode(signature).decode(), "keyid": ""}]}}))
    """

  /// States a folder, and signs that with a new key, whose public half lands in `key.pem`.
  private func sign(_ folder: String, into bundle: String) throws {
    let stated = try program(
      "attest", folder, "--predicate", "model-signing", "--statement-only", "--force", "--output",
      "statement.json")
    try #require(stated.status == 0, "\(stated.err)")
    let signed = try run(
      [PythonLibraries.python, "-c", Self.sign, "statement.json", bundle, "key.pem"],
      in: program.work)
    try #require(signed.status == 0, "\(signed.err)")
  }

  private func verify(_ folder: String, _ bundle: String) throws -> Finished {
    try run(
      [
        PythonLibraries.python, "-m", "model_signing", "verify", "key", folder, "--signature",
        bundle, "--public_key", "key.pem",
      ], in: program.work)
  }

  @Test(arguments: ["public", "full", "pkg"])
  func `its tool verifies the folder, with the signature beside the members or elsewhere`(
    folder: String
  ) throws {
    for predicate in ["test-result", "model-signing"] {
      let done = try program("attest", folder, "--predicate", predicate)
      #expect(done.status == 0, "\(done.err)")
    }
    for bundle in ["elsewhere.json", "\(folder)/model-signing.sigstore.json"] {
      try sign(folder, into: bundle)
      let done = try verify(folder, bundle)
      #expect(done.status == 0, "\(done.out)\(done.err)")
      #expect(done.out.contains("Verification succeeded"))
    }
    #expect(try program("verify", folder).status == 0)
  }

  @Test func `a changed, an added and a missing file are refused`() throws {
    let bundle = "public/model-signing.sigstore.json"
    try sign("public", into: bundle)
    let names = try files.list(program.work + "/public").compactMap(\.name)
      .filter { $0.hasSuffix(".json") && !$0.contains("sig") || $0.hasSuffix(".md") }
    #expect(names.count == 7)
    for name in names {
      let path = program.work + "/public/" + name
      let good = try Fixtures.read(path)
      var bytes = good
      bytes[good.count / 2] ^= 1
      try files.write(bytes, to: path)
      let changed = try verify("public", bundle)
      #expect(changed.status == 1)
      #expect(
        changed.err.contains("Hash mismatch for") && changed.err.contains(name), "\(changed.err)")
      try files.remove(path)
      #expect(try verify("public", bundle).err.contains("Missing files"))
      try files.write(good, to: path)
    }
    #expect(try verify("public", bundle).status == 0)
    try files.write([1], to: program.work + "/public/weights.bin")
    #expect(try verify("public", bundle).err.contains("Extra files"))
  }

  @Test func `a raw file of a full export is held against it too`() throws {
    try sign("full", into: "elsewhere.json")
    let raw = try program.shell("find full/raw -type f ! -name salt | head -1").out
    let changed = try program.shell("printf x >> \(raw)")
    #expect(changed.status == 0 && raw.hasPrefix("full/raw/"), "\(changed.err)")
    #expect(try verify("full", "elsewhere.json").err.contains("Hash mismatch"))
  }

  @Test func `a changed statement and another key are refused`() throws {
    try sign("public", into: "a.json")
    let spoil =
      "python3 -c \"import base64,json; b=json.load(open('a.json')); e=b['dsseEnvelope']; "
      + "p=base64.b64decode(e['payload']).replace(b'proof', b'claim.json'); "
      + "e['payload']=base64.b64encode(p).decode(); json.dump(b,open('b.json','w'))\""
    #expect(try program.shell(spoil).status == 0)
    #expect(try verify("public", "a.json").status == 0)
    #expect(try verify("public", "b.json").status == 1)
    try sign("public", into: "c.json")
    #expect(try verify("public", "a.json").err.contains("Key mismatch"))
  }

  /// Prints their statement of a folder, made with the paths to ignore that ours names.
  private static let theirs = """
    import json, pathlib, sys
    from google.protobuf import json_format
    from model_signing import hashing
    from model_signing._signing.signing import Payload
    ours = json.loads(pathlib.Path("statement.json").read_bytes())
    ignored = ours["predicate"]["serialization"]["ignore_paths"]
    config = hashing.Config().set_ignored_paths(paths=ignored, ignore_git_paths=False)
    theirs = json_format.MessageToDict(Payload(config.hash(sys.argv[1])).statement.pb)
    # Theirs come out of a set.
    theirs["predicate"]["serialization"]["ignore_paths"].sort()
    print(json.dumps(theirs))
    """

  @Test(arguments: ["public", "full", "pkg"])
  func `their own statement of the folder is ours but for the model's name`(folder: String) throws {
    try sign(folder, into: "elsewhere.json")
    let made = try run(
      [PythonLibraries.python, "-c", Self.theirs, folder], in: program.work)
    try #require(made.status == 0, "\(made.err)")
    var theirs = try #require(try JSONValue.parse(made.outBytes).object)
    let ours = try JSONValue.parse(Fixtures.read(program.work + "/statement.json"))
    var subject = try #require(theirs["subject"]?.array?.first?.object)
    #expect(subject["name"]?.string == folder)
    subject["name"] = .string(slug)
    theirs["subject"] = [.object(subject)]
    #expect(
      try CanonicalJSON.bytes(.object(theirs)) == CanonicalJSON.bytes(ours), "\(made.out)")
  }
}
