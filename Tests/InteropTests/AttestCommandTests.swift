import Glibc
import JSON
import Platform
import TestSupport
import Testing

/// `wf attest`, `wf export --attest`, `wf verify --trusted-signer-config`: exits and documents.
struct AttestCommandTests {
  private let program: Program
  private let slug = "examplevla-libero-spatial-two-tasks"

  init() throws {
    program = try Program.withCommittedExample(
      then: "$WF key show --trusted-signer-config >signers.json")
  }

  private func row(_ finished: Finished) throws -> JSONValue {
    let target = try JSONValue.parse(finished.outBytes)["targets"]?.array?.first
    return try #require(target?["checks"]?.array?.last)
  }

  private func verify(_ arguments: String...) throws -> (status: Int32, row: JSONValue) {
    let done = try program(arguments: ["verify"] + arguments + ["--json"])
    return (done.status, try row(done))
  }

  @Test func `the commands of the page Attestations work as they stand`() throws {
    let program = try Program.prepared()
    let commit = try program(
      "commit", Fixtures.path("package-example/package"))
    try #require(commit.status == 0, "\(commit.err)")
    let commands = try DocumentedCommands(page: "Attestations.md")
    #expect(commands.steps.count >= 8)
    try commands.check(with: program)
  }

  @Test func `the answer says what was signed, about what and by whom`() throws {
    let done = try program("attest", slug, "--json")
    #expect(done.status == 0, "\(done.err)")
    let value = try JSONValue.parse(done.outBytes)
    #expect(value["schema"] == "wf.attest/1" && value["output"] == "signature.dsse.json")
    #expect(value["claim"]?.string == slug && value["verdict"] == "inconclusive")
    #expect(value["subjects"]?.array?.count == 11)
    #expect(value["subjects"]?.array?.first == "artifact_manifest.json")
    #expect(value["signed_by"]?.string?.hasPrefix("SHA256:") == true)
    let sum = try run(["sha256sum", "signature.dsse.json"], in: program.work).out.prefix(64)
    #expect(value["digest"]?.string == "sha256:" + sum)
    let statement = try JSONValue.parse(
      try program("attest", slug, "--statement-only", "--json").outBytes)
    #expect(statement["output"] == "statement.json" && statement["signed_by"] == .null)
  }

  @Test func `an envelope lands beside the members of a folder and is not overwritten`() throws {
    #expect(try program("attest", "pkg").status == 0)
    #expect(access(program.work + "/pkg/signature.dsse.json", F_OK) == 0)
    let again = try program("attest", "pkg", "--json")
    #expect(again.status == 4)
    #expect(try Program.reason(again) == "output_exists")
    #expect(try program("attest", "pkg", "--force").status == 0)
    #expect(try verify("pkg").row["reason"] == "not_requested")
    #expect(try verify("pkg", "--trusted-signer-config", "signers.json").status == 0)
  }

  @Test func `each failure has its word and its exit`() throws {
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDJfhqjEnthhyVH7S+3gfEmTIQ3EDVP9QcDMWi42Bn3A"
    let print = "SHA256:wEIvcZDlPHexyyk9Lk/oEb8hL7dtRnfp/VTwvoVdYz4"
    let edit =
      "python3 -c \"import json,sys; d=json.load(open('signers.json')); r=d['signers'][0]; "
    let table: [(change: String, reason: String, status: Int32)] = [
      ("true", "ok", 0),
      ("rm pkg/signature.dsse.json", "unsigned", 22),
      ("echo '{}' > pkg/signature.dsse.json", "envelope_malformed", 20),
      (
        edit + "r['public_key']='\(key)'; r['fingerprint']='\(print)'; "
          + "json.dump(d,open('signers.json','w'))\"", "signer_not_listed", 23
      ),
      (
        edit + "r['scopes']=['x-*']; json.dump(d,open('signers.json','w'))\"", "signer_not_allowed",
        23
      ),
      (
        edit + "r['valid_before']='2020-01-01T00:00:00Z'; json.dump(d,open('signers.json','w'))\"",
        "signer_expired", 24
      ),
      (
        edit + "r['valid_after']='2030-01-01T00:00:00Z'; json.dump(d,open('signers.json','w'))\"",
        "signer_not_yet_valid", 24
      ),
      (
        edit + "d['revoked']=[r['fingerprint']]; json.dump(d,open('signers.json','w'))\"",
        "signer_revoked", 24
      ),
      (
        "sed -i 's/\"sig\":\"..../\"sig\":\"AAAA/' pkg/signature.dsse.json", "bytes_changed", 20
      ),
    ]
    for row in table {
      _ = try program.shell(
        "$WF attest pkg --force; $WF key show --trusted-signer-config >signers.json")
      let changed = try program.shell(row.change)
      #expect(changed.status == 0, "\(changed.err)")
      let found = try verify("pkg", "--trusted-signer-config", "signers.json")
      #expect(found.status == row.status, "\(row.reason): \(found.row)")
      #expect(found.row["reason"]?.string ?? "ok" == row.reason, "\(found.row)")
    }
  }

  @Test func `a file of signers that is not one is refused before anything is verified`() throws {
    #expect(try program.shell("echo '{\"schema\":\"wf.trusted_signers/1\"}' >bad.json").status == 0)
    let done = try program("verify", "pkg", "--trusted-signer-config", "bad.json", "--json")
    #expect(done.status == 4)
    #expect(try Program.reason(done) == "trusted_signers_malformed")
    #expect(try program("verify", "pkg", "--trusted-signer-config", "none.json").status == 4)
    for line in [
      "verify pkg --envelope signers.json", "verify pkg --require-proven-time",
      "verify --envelope signers.json --trusted-signer-config signers.json",
      "export \(slug) --attest --format html --output page.html",
    ] {
      #expect(try program.shell("$WF \(line)").status == 64, "\(line)")
    }
  }

  @Test func `the dates of a signer are held against now where a proven time is demanded`() throws {
    #expect(try program("attest", slug).status == 0)
    let short =
      "python3 -c \"import json; d=json.load(open('signers.json')); "
      + "d['signers'][0]['valid_before']='2026-06-01T00:00:00Z'; json.dump(d,open('s.json','w'))\""
    #expect(try program.shell(short).status == 0)
    let given = [
      "verify", slug, "--trusted-signer-config", "s.json", "--envelope", "signature.dsse.json",
    ]
    let later = ["SOURCE_DATE_EPOCH": "1790000000"]
    #expect(try program(arguments: given, env: later).status == 0)
    let strict = try program(
      arguments: given + ["--require-proven-time", "--json"], env: later)
    #expect(strict.status == 24)
    #expect(try row(strict)["reason"] == "signer_expired")
    #expect(try program(arguments: given + ["--require-proven-time"]).status == 0)
  }

  @Test func `a key in another file signs, and without any key nothing is written`() throws {
    let other = try run(
      ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", "other"], in: program.work)
    #expect(other.status == 0, "\(other.err)")
    let signed = try program("attest", slug, "--key", "other", "--output", "a.json", "--json")
    #expect(signed.status == 0, "\(signed.err)")
    let print = try run(["ssh-keygen", "-lf", "other.pub"], in: program.work).out
      .split(separator: " ")[1]
    #expect(try JSONValue.parse(signed.outBytes)["signed_by"]?.string == String(print))
    let none = try program(
      "attest", slug, "--output", "b.json", "--json",
      env: ["WF_CONFIG_DIR": program.folder.path + "/nobody"])
    #expect(none.status == 12)
    #expect(try Program.reason(none) == "no_signing_key")
    #expect(access(program.work + "/b.json", F_OK) != 0)
  }

  @Test func `a key that only ssh-agent holds signs the same bytes`() throws {
    let done = try program.shell(
      """
      set -e
      $WF attest \(slug) --output by-file.json >/dev/null
      eval "$(ssh-agent -s)" >/dev/null
      trap 'kill $SSH_AGENT_PID' EXIT
      ssh-add -q "$WF_CONFIG_DIR/key"
      $WF attest \(slug) --key "$WF_CONFIG_DIR/key.pub" --output by-agent.json >/dev/null
      cmp by-file.json by-agent.json
      """)
    #expect(done.status == 0, "\(done.out)\(done.err)")
  }

  @Test func `a changed package is not attested`() throws {
    #expect(try program.shell("printf ' ' >> pkg/evidence.md").status == 0)
    let done = try program("attest", "pkg", "--json")
    #expect(done.status == 4)
    #expect(try Program.reason(done) == "package_invalid")
    #expect(access(program.work + "/pkg/signature.dsse.json", F_OK) != 0)
  }
}
