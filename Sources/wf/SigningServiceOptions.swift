import ArgumentParser
import Attestation
import Platform
import Sigstore
import WebExchange

/// The services that make a Sigstore bundle.
struct SigningServiceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Certificate authority for identities (Fulcio).", valueName: "url"))
  var fulcio: String?

  @Option(help: ArgumentHelp("Transparency log (Rekor).", valueName: "url"))
  var rekor: String?

  @Option(
    help: ArgumentHelp("What the log speaks: 1 or 2 (default: 1).", valueName: "generation"))
  var rekorVersion = 1

  @Option(
    help: ArgumentHelp("RFC 3161 time-stamp authority, its whole address.", valueName: "url"))
  var timestampAuthority: String?

  @Option(
    help: ArgumentHelp(
      "File with the OpenID Connect token, readable by you alone (default: WF_IDENTITY_TOKEN).",
      valueName: "file"))
  var identityToken: String?

  @Option(
    help: ArgumentHelp(
      "Certificates (PEM) to believe these servers by, instead of the system's.", valueName: "file")
  )
  var ca: String?

  var isGiven: Bool {
    fulcio != nil || rekor != nil || timestampAuthority != nil || identityToken != nil || ca != nil
  }

  /// Makes a bundle over the bytes of a statement; nil where no service is named.
  ///
  /// Nothing is sent before what it returns is called.
  ///
  /// - Throws: `option_invalid`, `identity_token_missing`, `identity_token_exposed`,
  ///   `identity_token_malformed`, `timestamp_missing`.
  func signer(_ session: Session) throws -> (([UInt8]) throws -> [UInt8])? {
    if !isGiven { return nil }
    guard let fulcio, let rekor else {
      throw CommandError(
        .optionInvalid, place: fulcio == nil ? "--fulcio" : "--rekor",
        "a bundle needs a certificate authority and a log",
        hint: "give --fulcio URL and --rekor URL")
    }
    guard let generation = SigningServices.LogGeneration(rawValue: rekorVersion) else {
      throw CommandError(
        .optionInvalid, place: "--rekor-version \(rekorVersion)", "a log speaks 1 or 2")
    }
    let services = try SigningServices(
      certificates: fulcio, log: rekor, generation: generation, timestamps: timestampAuthority)
    let token = try token(session)
    if let ca { _ = try session.files.status(ca) }
    let program = NetProgram()
    return { statement in
      try signBundle(statement, as: token, services: services) { call in
        let answer = try program.send(
          WebRequest(
            method: "POST", url: call.url,
            headers: [("content-type", call.contentType), ("accept", call.accept)],
            body: .bytes(call.body), authorities: ca, seconds: 60))
        return (answer.status, answer.body)
      }
    }
  }

  private func token(_ session: Session) throws -> IdentityToken {
    if identityToken == nil {
      guard let text = session.surroundings.environment["WF_IDENTITY_TOKEN"], !text.isEmpty else {
        throw SigstoreError(
          .identityTokenMissing, "nothing says who signs",
          hint: "--identity-token FILE, or WF_IDENTITY_TOKEN, holds a token of your issuer")
      }
      return try IdentityToken(Array(text.utf8))
    }
    let path = identityToken ?? ""
    guard try session.files.status(path).mode & 0o077 == 0 else {
      throw SigstoreError(
        .identityTokenExposed, "other users can read this file", place: path,
        hint: "chmod 600 \(path)")
    }
    return try IdentityToken(try session.files.read(path, limit: IdentityToken.sizeLimit))
  }
}
