/// Whose signature is wanted.
public enum Identities: Sendable, Equatable {
  /// This one, an e-mail address as a rule.
  case one(String)
  /// Anyone for whom the trust file vouches with this key (as git asks with find-principals).
  case any
}

/// Checks an armoured signature in the order of SIGNING.md §1; the first failure is the verdict.
///
/// - Parameters:
///   - signature: the armour, with or without its last newline.
///   - message: the bytes that were signed.
///   - namespace: the use for which the signature has to be, `git` for commits.
///   - time: Unix seconds at which the signature was made, as far as one believes it.
///   - allowedSigners: who is trusted, and when.
///   - revocation: looked at before trust; one that cannot be read revokes everything.
public func verify(
  _ signature: [UInt8], of message: [UInt8], namespace: String = "git",
  identities: Identities = .any, at time: Int64, allowedSigners: AllowedSigners,
  revocation: RevocationList = .empty
) -> Verdict {
  let parsed: SSHSignature
  do throws(SigningError) {
    parsed = try SSHSignature(armoured: signature)
  } catch {
    return Verdict(
      reason: error.code, principal: nil, fingerprint: nil, keyType: nil, line: nil, warnings: [])
  }
  if let reason = parsed.failure(of: message, namespace: namespace) {
    return parsed.verdict(reason)
  }
  if revocation.fault != nil { return parsed.verdict(.revocationListMalformed) }
  if revocation.revokes(parsed.publicKey) { return parsed.verdict(.keyRevoked) }
  return TrustCheck(
    signer: parsed, namespace: Array(namespace.utf8), identities: identities, time: time
  ).verdict(by: allowedSigners)
}

extension SSHSignature {
  /// Steps 2 to 5: what can be said without knowing whom to trust; nil when all is well.
  public func failure(of message: [UInt8], namespace: String) -> SigningError.Code? {
    guard
      let signed = Self.signedBytes(
        message: message, namespace: self.namespace, hashName: hashName)
    else { return .hashUnsupported }
    guard !self.namespace.isEmpty, self.namespace == Array(namespace.utf8) else {
      return .namespaceMismatch
    }
    if let certificate = publicKey.certificate, !certificate.isAuthorityChecked {
      return .keyTypeUnsupported
    }
    switch signature.holds(over: signed, by: publicKey) {
    case true?: return nil
    case false?: return .bytesChanged
    case nil: return .keyTypeUnsupported
    }
  }

  func verdict(
    _ reason: SigningError.Code?, principal: String? = nil, line: Int? = nil,
    warnings: [String] = []
  ) -> Verdict {
    Verdict(
      reason: reason, principal: principal, fingerprint: publicKey.fingerprint,
      keyType: publicKey.type, line: line, warnings: warnings)
  }
}

/// Steps 7 to 11: one line that passes is enough, else the line that got furthest says why not.
private struct TrustCheck {
  let signer: SSHSignature
  let namespace: [UInt8]
  let identities: Identities
  let time: Int64

  /// How far a line got: `reason` at step `step` of the table.
  private struct Outcome {
    var step: Int
    var reason: SigningError.Code?
    var principal: String?
    var line: Int?
  }

  func verdict(by file: AllowedSigners) -> Verdict {
    let warnings = file.warnings.map(\.description)
    var furthest = Outcome(step: 7, reason: .signerNotTrusted)
    for line in file.lines where accepts(line) {
      for identity in candidates(line) {
        let outcome = check(line, Array(identity.utf8), identity)
        if outcome.reason == nil {
          return signer.verdict(
            nil, principal: outcome.principal, line: outcome.line, warnings: warnings)
        }
        if outcome.step > furthest.step { furthest = outcome }
      }
      if furthest.step < 8 {
        furthest = Outcome(step: 8, reason: .principalMismatch, line: line.number)
      }
    }
    return signer.verdict(
      furthest.reason, principal: furthest.principal, line: furthest.line, warnings: warnings)
  }

  /// Whether the line is about this key: authorities take certificates, other lines bare keys.
  private func accepts(_ line: AllowedSigners.Line) -> Bool {
    guard let certificate = signer.publicKey.certificate else {
      return !line.isAuthority && line.key == signer.publicKey
    }
    // kind 2 is for hosts; no line vouches for one as a signer
    return line.isAuthority && line.key == certificate.authority && certificate.kind == 1
  }

  /// Who may be meant: asked for any, those that the line or the certificate names.
  private func candidates(_ line: AllowedSigners.Line) -> [String] {
    switch identities {
    case .one(let identity): [identity]
    case .any:
      signer.publicKey.certificate.map { certificate in
        certificate.principals.map { String(decoding: $0, as: UTF8.self) }
      } ?? line.principals.positive
    }
  }

  private func check(
    _ line: AllowedSigners.Line, _ identity: [UInt8], _ name: String
  ) -> Outcome {
    let certificate = signer.publicKey.certificate
    func stop(_ step: Int, _ reason: SigningError.Code) -> Outcome {
      Outcome(
        step: step, reason: reason, principal: step > 8 ? name : nil, line: line.number)
    }
    guard !identity.isEmpty, line.principals.matches(identity),
      certificate?.principals.contains(identity) ?? true
    else { return stop(8, .principalMismatch) }
    guard line.namespaces?.matches(namespace) ?? true else { return stop(9, .namespaceNotAllowed) }
    if let after = line.validAfter, time < after { return stop(10, .keyNotYetValid) }
    if let before = line.validBefore, time > before { return stop(10, .keyExpired) }
    if let certificate {
      if let reason = failure(certificate) { return stop(11, reason) }
    }
    return Outcome(step: 12, reason: nil, principal: name, line: line.number)
  }

  private func failure(_ certificate: SSHCertificate) -> SigningError.Code? {
    // a time before 1970 is before every certificate
    guard let now = UInt64(exactly: time), now >= certificate.validAfter else {
      return .certificateNotYetValid
    }
    guard certificate.validBefore == .max || now < certificate.validBefore else {
      return .certificateExpired
    }
    return certificate.criticalOptions.isEmpty ? nil : .certificateOptionUnsupported
  }
}
