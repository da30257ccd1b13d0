import Attestation
import JSON
import Platform
import Signing

/// Envelopes, the statements in them, and files of trusted signers.
struct AttestationChecks {
  private let signer: Signer
  private let trusted: TrustedSigners
  private let package: AttestedPackage
  private let now: Int64 = 1_800_000_000

  /// nil where no key can be made.
  init?() {
    let manifest = Array("{\"members\":[]}".utf8)
    guard let key = try? SecretKey(seed: [UInt8](repeating: 1, count: 32).span),
      let package = try? AttestedPackage(members: ["artifact_manifest.json": manifest])
    else { return nil }
    signer = Signer(key)
    trusted = TrustedSigners([TrustedSigners.Signer(label: "fuzz", key: signer.publicKey)])
    self.package = package
  }

  /// What is read is written so that it is read again as the same, and no bytes are taken for signed.
  func isReadSoundly(_ bytes: [UInt8]) -> Bool {
    isEnvelopeSound(bytes) && isPayloadSound(bytes) && isSignersFileSound(bytes)
  }

  private func isEnvelopeSound(_ bytes: [UInt8]) -> Bool {
    do throws(AttestationError) {
      let envelope = try Envelope(parsing: bytes)
      guard try Envelope(parsing: envelope.encoded()) == envelope else { return false }
      _ = try envelope.verify(by: trusted, of: package, now: now)
      // Only this key's own signature could get here, and it is in no seed.
      return false
    } catch {
      return isTold(error)
    }
  }

  /// As payload that a listed key has signed, which is how far a hostile author gets.
  private func isPayloadSound(_ bytes: [UInt8]) -> Bool {
    let message = preAuthenticationEncoding(type: Envelope.inTotoType, body: bytes)
    guard let signature = try? signer.sign(message) else { return false }
    let envelope = Envelope(
      payload: bytes, payloadType: Envelope.inTotoType,
      signatures: [Envelope.Signature(keyID: nil, bytes: signature)])
    do throws(AttestationError) {
      _ = try envelope.verify(by: trusted, of: package, now: now)
    } catch {
      guard isTold(error) else { return false }
    }
    guard let statement = try? EvidenceStatement(parsing: bytes) else { return true }
    return (try? EvidenceStatement(parsing: statement.encoded())) == statement
  }

  private func isSignersFileSound(_ bytes: [UInt8]) -> Bool {
    do throws(AttestationError) {
      let file = try TrustedSigners(parsing: bytes)
      return file.signers.allSatisfy { $0.key.ed25519 != nil }
        && file.revoked.allSatisfy { $0.hasPrefix("SHA256:") }
    } catch {
      return error.code == .trustedSignersMalformed && isTold(error)
    }
  }

  private func isTold(_ error: AttestationError) -> Bool { !error.message.isEmpty }
}

/// The rows of `signing/dsse`, and the payloads of its envelopes.
struct AttestationSeeds {
  let all: [[UInt8]]

  init(_ fixtures: String) {
    let files = Seeds(fixtures).files(below: "signing/dsse")
    all = files + files.compactMap { try? Envelope(parsing: $0).payload }
  }
}
