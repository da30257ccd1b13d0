internal import JSON

/// What a reviewer types to check the files without this page; a test runs all of it.
struct OfflineCommands {
  let dto: JSONValue
  let files: SharedFiles

  private var isServed: Bool { dto.text("share", "package_bytes") == "served" }
  private var signature: String { files.signature ?? VerificationFields.signatureFile(dto) }

  var fields: [String: PageFields.Field] {
    let commands = [download, wf, hashes, statement, git].compactMap(\.self)
    return [
      "obtain_sentence": .text(
        isServed
          ? "On your own machine, with programs that you trust. Nothing below asks this server for "
            + "an opinion."
          : "This share does not hand out the files. Ask "
            + (dto.text("approval", "revocation_owner") ?? "its owner")
            + " for package.tar, then use programs that you trust."),
      "commands": .rows(
        commands.map { command in
          PageFields([
            "title": .text(command.title), "words": .text(command.words),
            "lines": .texts(command.lines),
          ])
        }),
    ]
  }

  private struct Command {
    let title: String
    let words: String
    let lines: [String]
  }

  private var download: Command? {
    guard isServed else { return nil }
    return Command(
      title: "Get the files", words: "LINK is the address of this page.",
      lines: [
        "curl -fsS -o package.tar \"$LINK/package.tar\""
      ])
  }

  private var wf: Command {
    let option =
      signature == "signature.sigstore.json"
      ? "--sigstore-policy-config policy.json" : "--trusted-signer-config signers.json"
    return Command(
      title: "With wf",
      words: "All checks of this page and more. Whom you trust stands in the file that you pass.",
      lines: ["wf verify package.tar --recompute \(option)"])
  }

  private var hashes: Command {
    let rows = dto.rows("members").compactMap { row -> String? in
      guard let name = row.text("name"), let digest = row.text("digest"),
        Self.isMember(name), digest.utf8.count == 71, digest.hasPrefix("sha256:"),
        digest.utf8.dropFirst(7).allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
      else { return nil }
      return "\(digest.dropFirst(7))  \(name)"
    }
    return Command(
      title: "With sha256sum", words: "The digests are those of this page.",
      lines: [
        "mkdir package && tar -xf package.tar -C package && cd package", "sha256sum -c <<END",
      ]
        + rows + ["END"])
  }

  /// Nothing else is put into a command that somebody will paste.
  private static func isMember(_ name: String) -> Bool {
    [
      "claim.json", "protocol.json", "evidence.json", "evidence.md", "audit_input.json",
      "audit_provenance.json", "artifact_manifest.json",
    ].contains(name)
  }

  private var statement: Command? {
    guard signature == "signature.dsse.json" else { return nil }
    return Command(
      title: "What was signed",
      words:
        "The signed statement names artifact_manifest.json by the digest above.",
      lines: [
        "python3 -c 'import base64,json; print(base64.b64decode(json.load(open(\"signature.dsse.json\"))[\"payload\"]).decode())'"
      ])
  }

  private var git: Command? {
    guard files.proof.contains("proof/commit"), files.proof.contains("proof/tree") else {
      return nil
    }
    return Command(
      title: "With git and ssh-keygen",
      words: "proof/ holds the signed commit and its tree. signer.pub, beside package.tar, is the "
        + "signer’s key: you have it from the signer and not from here.",
      lines: [
        "ssh-keygen -lf ../signer.pub",
        "echo \"signer namespaces=\\\"git\\\" $(cat ../signer.pub)\" > allowed_signers",
        "git init -q --object-format=sha256 objects",
        "tree=$(git -C objects hash-object -t tree -w ../proof/tree)",
        "commit=$(git -C objects hash-object -t commit -w ../proof/commit)",
        "git -C objects -c gpg.ssh.allowedSignersFile=../allowed_signers verify-commit $commit",
        "[ $(git -C objects rev-parse \"$commit^{tree}\") = $tree ] && echo \"tree OK\"",
        "git -C objects ls-tree $tree | while read -r mode kind id name; do",
        "  [ -f \"$name\" ] || continue",
        "  [ $id = $(git -C objects hash-object \"../$name\") ] && echo \"$name OK\" || echo \"$name DIFFERS\"",
        "done",
      ])
  }
}
