import ArgumentParser
import Attestation
import History
import Platform
import Signing

/// Whose envelopes `wf verify` believes.
struct AttestingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Signers whose signature.dsse.json beside the members counts.", valueName: "file"))
  var trustedSignerConfig: String?

  @Option(
    help: ArgumentHelp(
      "The envelope, when it does not lie beside the members.", valueName: "file"))
  var envelope: String?

  @Flag(
    help: "Do not take a signer's word for the time: it must be trusted now as well.")
  var requireProvenTime = false

  /// - Throws: `trusted_signers_malformed`, and where a file that was named is not there.
  func options(_ session: Session, targets: [String]) throws -> AttestationOptions {
    guard let path = trustedSignerConfig else {
      if envelope != nil || requireProvenTime {
        throw CommandError(
          .optionInvalid, place: envelope == nil ? "--require-proven-time" : "--envelope",
          "nobody is named whose envelope would count",
          hint: "--trusted-signer-config FILE names them")
      }
      return AttestationOptions(now: session.surroundings.now())
    }
    if envelope != nil, targets.count != 1 {
      throw CommandError(
        .optionInvalid, place: "--envelope", "one envelope is about one package",
        hint: "give one target")
    }
    return AttestationOptions(
      trusted: try trustedSigners(at: path, session).signers,
      envelope: try envelope.map {
        try session.files.read($0, limit: Envelope.maximumSize)
      },
      time: requireProvenTime ? .proven(nil) : .claimed, now: session.surroundings.now())
  }
}

/// The signers of a file, and its bytes.
///
/// - Throws: `trusted_signers_malformed` with the file's name, and where it is not there.
func trustedSigners(
  at path: String, _ session: Session
) throws -> (signers: TrustedSigners, bytes: [UInt8]) {
  let bytes = try session.files.read(path, limit: TrustedSigners.maximumSize)
  do throws(AttestationError) {
    return (try TrustedSigners(parsing: bytes), bytes)
  } catch {
    throw error.at(path + (error.place.map { ", " + $0 } ?? ""))
  }
}

/// The key that attests: the one in a file, else the user's own.
///
/// - Throws: `no_signing_key`, and what reading the key or asking the agent throws.
func attestingSigner(_ key: String?, _ session: Session) throws -> Signer {
  let environment = session.surroundings.environment
  if let key { return try Signer.named(key, agent: SSHAgent(environment: environment)) }
  return try session.user().neededSigner(
    environment: environment, hint: "wf key generate makes one; --key FILE names another")
}
