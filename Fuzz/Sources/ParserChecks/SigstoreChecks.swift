import JSON
import Platform

@testable import Sigstore

/// Bundle, trusted root and policy end in a value or in an error of their own step, the same each time.
func isSigstoreFileReadSoundly(_ bytes: [UInt8]) -> Bool {
  isSound(bytes, by: { (bytes) throws(SigstoreError) in Covered(try Bundle(parsing: bytes)) }) {
    [.bundleMalformed, .bundleUnsupported, .certificateMalformed, .logMissing].contains($0)
  }
    && isSound(
      bytes, by: { (bytes) throws(SigstoreError) in try TrustedRoot(parsing: bytes).logs.count }
    ) { $0 == .trustedRootMalformed }
    && isSound(
      bytes, by: { (bytes) throws(SigstoreError) in try SigstorePolicy(parsing: bytes).trustedRoot }
    ) { $0 == .policyMalformed }
}

/// A token, a certificate or a list of certificate timestamps is read in its one form or not at all.
func isDERReadSoundly(_ bytes: [UInt8]) -> Bool {
  if let token = TimestampToken(der: bytes) {
    guard TimestampInfo(der: token.content)?.time == token.info.time,
      token.signer.signedBytes.first == 0x31
    else { return false }
    // Nobody is trusted, so nothing is proven.
    if (try? token.verify(over: [], authorities: [])) != nil { return false }
  }
  if let certificate = ParsedCertificate(der: bytes) {
    guard VerificationKey(spki: certificate.key.spki)?.spki == certificate.key.spki else {
      return false
    }
    _ = try? CertificateIdentity(certificate)
    _ = certificate.isSelfSigned
    do {
      try TransparencyTimestamps.check(certificate, issuer: certificate, logs: [])
      return false
    } catch {
      return [.sctMissing, .sctInvalid].contains(error.code)
    }
  }
  return (TransparencyTimestamps.list(bytes) ?? []).count <= TransparencyTimestamps.limit
}

/// A checkpoint keeps what is signed byte for byte; a pattern matches or not, in bounded time.
func isCheckpointReadSoundly(_ bytes: [UInt8]) -> Bool {
  let text = String(decoding: bytes, as: UTF8.self)
  if let pattern = SubjectPattern(String(text.prefix(200))) {
    guard pattern.matches(text) == pattern.matches(text) else { return false }
  }
  _ = LogEntryBody(bytes)?.logged(hash: .sha256)
  guard let checkpoint = Checkpoint(text) else { return true }
  return text.utf8.starts(with: checkpoint.text) && checkpoint.text.last == 10
    && checkpoint.root.count == 32 && checkpoint.size >= 0 && !checkpoint.lines.isEmpty
}

private func isSound<Value: Equatable>(
  _ bytes: [UInt8], by read: ([UInt8]) throws(SigstoreError) -> Value,
  fails isExpected: (SigstoreError.Code) -> Bool
) -> Bool {
  do throws(SigstoreError) {
    let first = try read(bytes)
    return try read(bytes) == first
  } catch {
    return isExpected(error.code) && !error.message.isEmpty
  }
}

/// What a verdict would rest on.
private struct Covered: Equatable {
  let signature: [UInt8]
  let body: [UInt8]

  init(_ bundle: Bundle) {
    signature = bundle.content.signature
    body = bundle.entry.canonicalizedBody
  }
}

extension Seeds {
  /// Tokens and certificates out of the bundles and trusted roots.
  func derSeeds() -> [[UInt8]] {
    sigstoreTexts { $0 == "signedTimestamp" || $0 == "rawBytes" }.compactMap { Base64.decode($0) }
  }

  /// Checkpoints and bodies of log entries out of the bundles, and patterns.
  func checkpointSeeds() -> [[UInt8]] {
    sigstoreTexts { $0 == "envelope" }.map { Array($0.utf8) }
      + sigstoreTexts { $0 == "canonicalizedBody" }.compactMap { Base64.decode($0) }
      + ["(a|b)*c", "https://[a-z]+\\.example/.*", "[^/]+(x|)?"].map { Array($0.utf8) }
  }

  private func sigstoreTexts(_ isWanted: (String) -> Bool) -> [String] {
    var texts: Set<String> = []
    var open = files(below: "signing/sigstore-made/made").compactMap { try? JSONValue.parse($0) }
    while let value = open.popLast() {
      for (key, value) in value.object?.members ?? [] {
        if isWanted(key), let text = value.string { texts.insert(text) }
        open.append(value)
      }
      open += value.array ?? []
    }
    return texts.sorted()
  }
}
