import ArgumentParser
import JSON
import Platform
import Signing
import Terminal

struct TrustCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trust", abstract: "Say whose signatures you believe",
    discussion: "The file is an allowed-signers file that stock git and ssh-keygen read too.",
    subcommands: [
      TrustAdd.self, TrustRemove.self, TrustList.self, TrustExport.self, TrustAcceptHistory.self,
      TrustPolicy.self, TrustFollow.self,
    ])
}

struct TrustAdd: Command {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Believe a key",
    discussion: """
      KEY is a public key line (ssh-ed25519 AAAA…) or a file that holds one.

      Examples:
        wf trust add eval-team@lab.example key.pub
        wf trust add alice@lab.example 'ssh-ed25519 AAAA…' \\
          --valid-before 2027-12-31T23:59:59Z
      """)
  @OptionGroup var global: GlobalOptions
  @Argument(help: "Name of the signer, an e-mail address as a rule.")
  var principal: String
  @Argument(help: "Public key line, or a file with one.")
  var key: String
  @Option(help: "First second at which signatures count, RFC 3339 (default: now).")
  var validAfter: String?
  @Option(help: "Last second at which signatures count, RFC 3339 (default: no end).")
  var validBefore: String?
  @Option(help: "What the key may sign (default: git).")
  var namespace: [String] = []

  func perform(_ session: Session) throws -> ExitStatus {
    let parsed = try publicKey(session)
    let entry = TrustFile.Entry(
      principal: principal, key: parsed, namespaces: namespace.isEmpty ? ["git"] : namespace,
      validAfter: try seconds(validAfter, "--valid-after") ?? session.surroundings.now(),
      validBefore: try seconds(validBefore, "--valid-before"))
    let trust = try session.user().trust
    let addition = try trust.add(entry)
    if session.console.json {
      session.console.result(
        jsonLine([
          "schema": "wf.trust/1", "state": .string(addition.rawValue),
          "principal": .string(principal), "fingerprint": .string(parsed.fingerprint),
        ]))
    } else {
      let word = addition == .added ? "Trusting" : "Already trusted:"
      session.console.result("\(word) \(principal) \(parsed.fingerprint)")
    }
    return .done
  }

  private func publicKey(_ session: Session) throws -> SSHPublicKey {
    if session.files.exists(key) {
      let text = String(decoding: try session.files.read(key, limit: 1 << 16), as: UTF8.self)
      return try SSHPublicKey.parse(line: text.split(separator: "\n").first.map(String.init) ?? "")
        .key
    }
    return try SSHPublicKey.parse(line: key).key
  }

  private func seconds(_ text: String?, _ option: String) throws -> Int64? {
    guard let text else { return nil }
    guard let time = UTCTime(rfc3339: text) else {
      throw CommandError(
        .optionInvalid, place: "\(option) \(text)", "a time is written 2027-12-31T23:59:59Z")
    }
    return time.seconds
  }
}

struct TrustRemove: Command {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "No longer believe a principal or a key")
  @OptionGroup var global: GlobalOptions
  @Argument(help: "A principal, or a fingerprint SHA256:…")
  var name: String

  func perform(_ session: Session) throws -> ExitStatus {
    let gone = try session.user().trust.remove(name)
    if session.console.json {
      session.console.result(
        jsonLine(["schema": "wf.trust/1", "state": "removed", "removed": .array(gone.map(row))]))
    } else {
      for line in gone {
        session.console.result("Removed \(line.principals.text) \(line.key.fingerprint)")
      }
    }
    return .done
  }
}

struct TrustList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List whose signatures you believe")
  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws -> ExitStatus {
    let file = try session.user().trust
    let trusted = try file.read()
    for warning in trusted.warnings {
      session.console.remark("\(file.path): \(warning)")
    }
    if session.console.json {
      session.console.result(
        jsonLine(["schema": "wf.trust/1", "signers": .array(trusted.lines.map(row))]))
      return .done
    }
    if trusted.lines.isEmpty {
      session.console.result("Nobody is trusted yet. Begin with: wf trust add PRINCIPAL KEY")
      return .done
    }
    var table = Table([
      ("principal", .left), ("fingerprint", .left), ("from", .left), ("until", .left),
    ])
    for line in trusted.lines {
      table.add([
        line.principals.text + (line.isAuthority ? " (authority)" : ""), line.key.fingerprint,
        line.validAfter.map { UTCTime(seconds: $0).rfc3339 } ?? "always",
        line.validBefore.map { UTCTime(seconds: $0).rfc3339 } ?? "no end",
      ])
    }
    for line in table.lines(style: session.console.style) { session.console.result(line) }
    return .done
  }
}

struct TrustExport: Command {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Print the allowed-signers file, to be given to others")
  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws -> ExitStatus {
    let bytes = try session.user().trust.export()
    if session.console.json {
      session.console.result(
        jsonLine([
          "schema": "wf.trust/1",
          "allowed_signers": .string(String(decoding: bytes, as: UTF8.self)),
        ]))
    } else {
      session.console.result(bytes)
    }
    return .done
  }
}

private func row(_ line: AllowedSigners.Line) -> JSONValue {
  [
    "principal": .string(line.principals.text), "fingerprint": .string(line.key.fingerprint),
    "authority": .bool(line.isAuthority),
    "valid_after": line.validAfter.map { .string(UTCTime(seconds: $0).rfc3339) } ?? .null,
    "valid_before": line.validBefore.map { .string(UTCTime(seconds: $0).rfc3339) } ?? .null,
  ]
}
