import ArgumentParser
import Glibc
import History
import Platform
import Sharing
import Signing

/// Which share server, and with which key.
struct ShareServerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The share server (default: server in your settings).", valueName: "url"))
  var server: String?

  @Option(
    help: ArgumentHelp(
      "Certificates (PEM) to believe instead of the system's.", valueName: "file"))
  var ca: String?

  @Option(
    help: ArgumentHelp(
      "File with the API key, readable by you alone (default: WF_API_KEY, else api_key in your folder).",
      valueName: "file"))
  var apiKeyFile: String?

  /// - Throws: `server_address_invalid`.
  func address(_ session: Session) throws -> ServerAddress {
    let text = try server ?? userSetting("server", of: session.user(), files: session.files)
    guard let text else {
      throw SharingError(
        .serverAddressInvalid, place: "--server", "no share server is named",
        hint: "--server https://share.example.org, or a line server = … in your settings")
    }
    return try ServerAddress(text)
  }

  /// A client; nothing is sent yet.
  ///
  /// - Throws: `server_address_invalid`, `api_key_missing`, `api_key_exposed`.
  func client(_ session: Session) throws -> ShareClient {
    let program = NetProgram()
    // libcurl looks from where wf-net runs, which is where we do.
    if let ca { _ = try session.files.status(ca) }
    return ShareClient(
      address: try address(session), key: try key(session), authorities: ca,
      wait: { seconds in sleep(UInt32(seconds)) }, send: { try program.send($0) })
  }

  private func key(_ session: Session) throws -> String {
    if apiKeyFile == nil, let key = session.surroundings.environment["WF_API_KEY"], !key.isEmpty {
      return try Self.checked(key, "WF_API_KEY")
    }
    let path = try apiKeyFile ?? Path.join(session.user().path, "api_key")
    guard let status = try session.files.statusIfPresent(path) else {
      throw SharingError(
        .apiKeyMissing, place: path, "there is no API key",
        hint:
          "set WF_API_KEY, or put the key into a file with mode 0600 and name it by --api-key-file")
    }
    guard status.mode & 0o077 == 0 else {
      throw SharingError(
        .apiKeyExposed, place: path, "other users can read this file", hint: "chmod 600 \(path)")
    }
    let bytes = try session.files.read(path, limit: 4096)
    return try Self.checked(
      String(decoding: bytes.prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self), path)
  }

  private static func checked(_ key: String, _ place: String) throws -> String {
    guard key.hasPrefix("wfx_"), (24...200).contains(key.utf8.count), ShareClient.isWord(key)
    else {
      throw SharingError(
        .apiKeyMissing, place: place, "what is there is no API key",
        hint: "a key begins with wfx_ and is shown once by wf serve --init")
    }
    return key
  }
}

/// How long a link lives, and the password before it.
struct LinkOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How long the link lives: 12h, 14d, 4w (default: 14d, at most as approved).",
      valueName: "duration"))
  var expires: String?

  @Flag(help: "Read a password for the link from standard input (12 characters or more).")
  var passwordStdin = false

  @Option(
    help: ArgumentHelp(
      "Keep the link in this file, readable by you alone.", valueName: "file"))
  var saveLink: String?

  /// Unix seconds; nil where the default holds.
  ///
  /// - Throws: `option_invalid`, `expiry_refused` behind the approval.
  func end(_ session: Session, approval: ApprovalRecord?) throws -> Int64? {
    guard let expires else { return nil }
    guard let seconds = Self.seconds(expires) else {
      throw CommandError(
        .optionInvalid, place: "--expires \(expires)", "a duration is like 12h, 14d or 4w",
        hint: "at most 365d")
    }
    let end = session.surroundings.now() + seconds
    if let approval, end > approval.expiresAt {
      throw SharingError(
        .expiryRefused, place: "--expires \(expires)", "the approval ends before that",
        hint: "it was approved until \(UTCTime(seconds: approval.expiresAt).rfc3339)")
    }
    return end
  }

  private static func seconds(_ text: String) -> Int64? {
    let units: [Character: Int64] = ["h": 3600, "d": 86_400, "w": 7 * 86_400]
    guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()),
      (1...9000).contains(count), count * unit <= ApprovalRecord.longestSeconds
    else { return nil }
    return count * unit
  }

  /// - Throws: `password_missing` where the approval demands one, `password_weak`.
  func password(_ session: Session, approval: ApprovalRecord?) throws -> String? {
    guard passwordStdin else {
      guard approval?.passwordRequired != true else {
        throw SharingError(
          .passwordMissing, place: "--password-stdin", "the approval demands a password",
          hint: "echo the password into wf with --password-stdin")
      }
      return nil
    }
    let bytes = try session.files.readStandardInput(limit: 4096)
    let line = bytes.prefix { $0 != 0x0A && $0 != 0x0D }
    guard let text = String(validating: line, as: UTF8.self),
      let password = SharePassword(text)
    else {
      throw SharingError(
        .passwordWeak, place: "--password-stdin",
        "a password has 12 to 200 characters, in UTF-8 and without control characters")
    }
    return password.text
  }

  /// Writes the link where it is to be kept.
  func save(_ url: String, _ session: Session) throws {
    guard let saveLink else { return }
    let writer = try session.files.create(saveLink, mode: 0o600)
    try writer.append(Array((url + "\n").utf8))
    try writer.finish(durably: true)
    try session.files.changeMode(saveLink, to: 0o600)
  }

  /// - Throws: `output_exists`, before anything is sent.
  func checkSaving(_ session: Session) throws {
    guard let saveLink, session.files.exists(saveLink) else { return }
    throw CommandError(
      .outputExists, place: saveLink, "the file for the link is there already",
      hint: "name another by --save-link")
  }
}
