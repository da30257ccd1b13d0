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
