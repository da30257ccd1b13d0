import Platform
import TestSupport
import Testing

/// `signature.dsse.json` before securesystemslib and in-toto-attestation, and theirs before `wf`.
@Suite(.enabled(if: PythonLibraries.areThere))
struct AttestationLibraryTests {
  private let program: Program
  private let slug = "examplevla-libero-spatial-two-tasks"
  private let script = Fixtures.path("../Scripts/check-attestation")

  init() throws {
    program = try Program.prepared()
    let made = try program.shell(
      """
      set -e
      $WF commit '\(Fixtures.path("package-example/package"))' >/dev/null
      $WF export \(slug) --public --attest --output out >/dev/null
      $WF export \(slug) --attest --output full >/dev/null
      $WF key show >key.pub
      $WF key show --trusted-signer-config >signers.json
      """)
    try #require(made.status == 0, "\(made.err)")
  }

  private func check(_ folder: String, _ key: String = "key.pub") throws -> Finished {
    try run([PythonLibraries.python, script, folder, key], in: program.work)
  }

  @Test func `what we sign is good to them, public and full`() throws {
    let done = try check("out")
    #expect(done.status == 0, "\(done.err)")
    #expect(done.out == "\(slug): inconclusive, 7 of 7 subjects are here and fit\n")
    #expect(try check("full").out.contains("11 of 11 subjects"))
  }

  @Test func `what was changed is not`() throws {
    #expect(try program.shell("printf x >> out/claim.json").status == 0)
    #expect(try check("out").err.contains("claim.json is not the file that was signed"))
    #expect(
      try program.shell("sed -i 's/\"payload\":\"e/\"payload\":\"f/' full/signature.dsse.json")
        .status == 0)
    #expect(try check("full").err.contains("the signature does not hold"))
    let other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDJfhqjEnthhyVH7S+3gfEmTIQ3EDVP9QcDMWi42Bn3A"
    #expect(try program.shell("echo '\(other)' >other.pub").status == 0)
    #expect(try check("out", "other.pub").err.contains("the signature does not hold"))
  }

  /// Reads a test-result envelope with the published message types and prints what a gate would ask.
  private static let readResult = """
    import json, pathlib, sys
    from cryptography.hazmat.primitives import serialization
    from google.protobuf import json_format
    from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
    from in_toto_attestation.v1 import statement_pb2
    from in_toto_attestation.v1.resource_descriptor import ResourceDescriptor
    from in_toto_attestation.v1.statement import Statement
    from securesystemslib.dsse import Envelope
    from securesystemslib.signer import SSlibKey
    public = serialization.load_ssh_public_key(pathlib.Path(sys.argv[2]).read_bytes())
    form = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    envelope = Envelope.from_dict(json.loads(pathlib.Path(sys.argv[1]).read_bytes()))
    # They look for a key by the hint; which key that is, the caller has said.
    (hint,) = envelope.signatures
    key = SSlibKey(hint, "ed25519", "ed25519", {"public": public.public_bytes(*form).hex()})
    envelope.verify([key], threshold=1)
    statement = json_format.Parse(envelope.payload, statement_pb2.Statement())
    Statement.copy_from_pb(statement).validate()
    assert statement.predicate_type == "https://in-toto.io/attestation/test-result/v0.1"
    # An unknown member of the predicate would be refused here.
    found = json_format.ParseDict(
        json_format.MessageToDict(statement.predicate), test_result_pb2.TestResult())
    for row in found.configuration:
        ResourceDescriptor.copy_from_pb(row).validate()
        assert any(s.name == row.name and s.digest == row.digest for s in statement.subject)
    print(found.result, [row.name for row in found.configuration], list(found.warned_tests),
          list(found.failed_tests), len(found.passed_tests))
    """

  @Test func `a test result is one to them, and a changed one is not`() throws {
    let made = try program("attest", slug, "--predicate", "test-result", "--output", "r.json")
    #expect(made.status == 0, "\(made.err)")
    func read() throws -> Finished {
      try run(
        [PythonLibraries.python, "-c", Self.readResult, "r.json", "key.pub"], in: program.work)
    }
    let done = try read()
    #expect(done.status == 0, "\(done.err)")
    #expect(
      done.out == "WARNED ['claim.json', 'protocol.json'] ['claim'] ['I16'] 16\n")
    // The envelope's base64, with the word of the result changed.
    let changed = try program.shell(
      "python3 -c \"import base64,json; e=json.load(open('r.json')); "
        + "p=base64.b64decode(e['payload']).replace(b'WARNED', b'PASSED'); "
        + "e['payload']=base64.b64encode(p).decode(); json.dump(e,open('r.json','w'))\"")
    #expect(changed.status == 0, "\(changed.err)")
    #expect(try read().err.contains("VerificationError"))
  }

  @Test func `what they sign over our statement is good to us`() throws {
    let sign = """
      import json, sys
      from cryptography.hazmat.primitives import serialization
      from securesystemslib.dsse import Envelope
      from securesystemslib.signer import CryptoSigner, SSlibKey
      private = serialization.load_ssh_private_key(open(sys.argv[1], "rb").read(), None)
      form = serialization.Encoding.Raw, serialization.PublicFormat.Raw
      public = private.public_key().public_bytes(*form).hex()
      key = SSlibKey("a key of theirs", "ed25519", "ed25519", {"public": public})
      payload = open("statement.json", "rb").read()
      envelope = Envelope(payload, "application/vnd.in-toto+json", {})
      envelope.sign(CryptoSigner(private, key))
      json.dump(envelope.to_dict(), open(sys.argv[2], "w"), indent=2)
      """
    let stated = try program("attest", slug, "--statement-only", "--output", "statement.json")
    #expect(stated.status == 0, "\(stated.err)")
    let key = program.folder.path + "/config/key"
    let signed = try run(
      [PythonLibraries.python, "-c", sign, key, "theirs.json"], in: program.work)
    try #require(signed.status == 0, "\(signed.err)")
    let verified = try program(
      "verify", slug, "--trusted-signer-config", "signers.json", "--envelope", "theirs.json")
    #expect(verified.status == 0, "\(verified.out)")
    // Their signature is ours: the same bytes are signed, and Ed25519 leaves no choice.
    let ours = try program("attest", slug, "--output", "ours.json")
    #expect(ours.status == 0, "\(ours.err)")
    let compared = try run(
      [
        "python3", "-c",
        "import json; a, b = (json.load(open(n + '.json')) for n in ('ours', 'theirs'))\n"
          + "assert a['signatures'][0]['sig'] == b['signatures'][0]['sig']\n"
          + "assert a['payload'] == b['payload']",
      ], in: program.work)
    #expect(compared.status == 0, "\(compared.err)")
  }
}
