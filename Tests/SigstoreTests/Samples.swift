import Attestation
import JSON
import Platform
import TestSupport

@testable import Sigstore

/// Good bundles of the made private Sigstore, one for each way to sign and to log.
enum Samples {
  static let issuer = "https://login.made.example"
  static let subject = "https://made.example/lab/repo/.ci/release.yml@refs/heads/main"
  /// 2026-12-01, after every time of the samples.
  static let now: Int64 = 1_796_083_200

  static func bytes(_ name: String) -> [UInt8] { Fixtures.bytes("signing/sigstore-made/" + name) }

  static func bundle(_ name: String) -> [UInt8] { bytes("made/\(name).sigstore.json") }

  static var root: [UInt8] { bytes("made/trusted_root.json") }

  static func verifier(
    root: [UInt8] = Samples.root, now: Int64 = Samples.now
  ) throws(SigstoreError) -> BundleVerifier {
    BundleVerifier(
      trustedRoot: root, policy: try SigstorePolicy(issuer: issuer, subject: subject), now: now)
  }

  /// The word with which a bundle is refused; nil when it is accepted.
  static func reason(
    _ bundle: [UInt8], of file: [UInt8], root: [UInt8] = Samples.root, now: Int64 = Samples.now
  ) -> SigstoreError.Code? {
    do throws(SigstoreError) {
      _ = try verifier(root: root, now: now).verify(bundle: bundle, of: .file(file))
      return nil
    } catch {
      return error.code
    }
  }
}

/// A bundle that is accepted, and the file that it is about.
struct GoodBundle: Sendable {
  let name: String
  let file: String

  static let all = [
    GoodBundle(name: "dsse-log1-and-timestamp", file: "package/artifact_manifest.json"),
    GoodBundle(name: "dsse-log2-dsse-entry", file: "package/artifact_manifest.json"),
    GoodBundle(name: "file-log2", file: "made/artifact.bin"),
    GoodBundle(name: "file-v0.1-chain", file: "made/artifact.bin"),
  ]

  var bytes: [UInt8] { Samples.bundle(name) }
  var content: [UInt8] { Samples.bytes(file) }
}

/// What a verdict rests on: as long as this is the same, the same was signed by the same.
struct Covered: Equatable {
  let signature: [UInt8]
  let payload: [UInt8]?
  let leaf: [UInt8]?
  let body: [UInt8]

  init(_ bundle: Bundle) {
    signature = bundle.content.signature
    if case .envelope(let envelope, _) = bundle.content {
      payload = envelope.payload
    } else {
      payload = nil
    }
    if case .certificate(let certificate, _) = bundle.material {
      leaf = certificate.der
    } else {
      leaf = nil
    }
    body = bundle.entry.canonicalizedBody
  }
}
