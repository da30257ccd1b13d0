internal import SwiftASN1
@_spi(DisableValidityCheck) internal import X509

/// One authority of a trusted root: who may issue, and when.
struct CertificateAuthority: Sendable {
  /// As listed: intermediates (and for a time-stamp authority its own certificate), then the anchor.
  let chain: [ParsedCertificate]
  let validFor: ValidityRange
  /// Who runs it; two proofs by one operator count once.
  let operatorName: String

  /// The last of the list; it may be an intermediate.
  var anchor: ParsedCertificate? { chain.last }
}

/// What the certificate at the end of a chain must be made for.
enum CertificatePurpose: Sendable {
  case codeSigning
  /// The usage must be critical and the only one (RFC 3161 §2.3).
  case timeStamping

  var usage: ExtendedKeyUsage.Usage {
    switch self {
    case .codeSigning: .codeSigning
    case .timeStamping: .timeStamping
    }
  }
}

/// Why no chain was found.
enum ChainFault: Error {
  case untrusted
  case notYetValid, expired
}

/// Finds the way from a certificate to the anchor of one authority.
struct ChainSearch {
  let leaf: ParsedCertificate
  /// Certificates that came with the signature; never anchors.
  let offered: [ParsedCertificate]
  let purpose: CertificatePurpose

  /// The chain from leaf to anchor at that time.
  ///
  /// - Returns: the issuer of the leaf.
  /// - Throws: `untrusted`, or what the dates are where everything but them is in order.
  func issuer(
    in authority: CertificateAuthority, at time: Moment
  ) throws(ChainFault) -> ParsedCertificate {
    guard let anchor = authority.anchor else { throw .untrusted }
    let links = Array(authority.chain.dropLast()) + offered
    let dated = Dates(links + [leaf, anchor])
    if let found = search(to: anchor, by: links, dates: dated, at: time) { return found }
    // A certificate that its issuers could not have issued is no case of a wrong date.
    guard search(to: anchor, by: links, dates: dated, at: leaf.notBefore) != nil else {
      throw .untrusted
    }
    throw time < leaf.notBefore || dated.noneHasExpired(at: time) ? .notYetValid : .expired
  }

  private func search(
    to anchor: ParsedCertificate, by links: [ParsedCertificate], dates: Dates, at time: Moment
  ) -> ParsedCertificate? {
    let rules = ChainRules(purpose: purpose, dates: dates, time: time)
    let roots = CertificateStore([anchor.certificate])
    let intermediates = CertificateStore(links.map(\.certificate))
    let leaf = leaf.certificate
    let result = InlineExecutor.run {
      var verifier = Verifier(rootCertificates: roots) {
        RFC5280Policy.withValidityCheckDisabled()
        rules
      }
      return await verifier.validate(leaf: leaf, intermediates: intermediates)
    }
    guard case .validCertificate(let chain)? = result, chain.count >= 2 else { return nil }
    return (links + [anchor]).first { $0.certificate == chain[1] }
  }
}

/// The dates of certificates with their exact ends.
private struct Dates: Sendable {
  private let ranges: [Certificate: ValidityRange]

  init(_ certificates: [ParsedCertificate]) {
    var ranges: [Certificate: ValidityRange] = [:]
    for parsed in certificates {
      ranges[parsed.certificate] = ValidityRange(start: parsed.notBefore, end: parsed.notAfter)
    }
    self.ranges = ranges
  }

  func hold(_ time: Moment, for certificate: Certificate) -> Bool {
    ranges[certificate]?.contains(time) ?? false
  }

  func noneHasExpired(at time: Moment) -> Bool {
    ranges.values.allSatisfy { range in range.end.map { time <= $0 } ?? true }
  }
}

/// What RFC 5280's policy of the library leaves out: key usages, and the dates at a proven time.
private struct ChainRules: VerifierPolicy, Sendable {
  let purpose: CertificatePurpose
  let dates: Dates
  let time: Moment

  /// Read here or by the identity policy; any other critical extension refuses the chain.
  let verifyingCriticalExtensions: [ASN1ObjectIdentifier] = [
    .X509ExtensionID.extendedKeyUsage, .X509ExtensionID.subjectAlternativeName,
  ]

  func chainMeetsPolicyRequirements(chain: UnverifiedCertificateChain) -> PolicyEvaluationResult {
    guard chain.count >= 2, isSigner(chain.leaf) else {
      return .failsToMeetPolicy(reason: "the certificate is not made for this")
    }
    for issuer in chain.dropFirst() where !isIssuer(issuer) {
      return .failsToMeetPolicy(reason: "an issuer may not issue such certificates")
    }
    guard chain.allSatisfy({ dates.hold(time, for: $0) }) else {
      return .failsToMeetPolicy(reason: "a certificate is not valid at that time")
    }
    return .meetsPolicy
  }

  private func isSigner(_ leaf: Certificate) -> Bool {
    do {
      if case .isCertificateAuthority? = try leaf.extensions.basicConstraints { return false }
      guard let usages = try leaf.extensions.extendedKeyUsage, usages.contains(purpose.usage) else {
        return false
      }
      let keyUsage = try leaf.extensions.keyUsage
      switch purpose {
      case .codeSigning: return keyUsage?.digitalSignature ?? false
      case .timeStamping:
        let isCritical =
          leaf.extensions.first { $0.oid == .X509ExtensionID.extendedKeyUsage }?.critical ?? false
        let maySign = keyUsage.map { $0.digitalSignature || $0.nonRepudiation } ?? true
        return isCritical && usages.count == 1 && maySign
      }
    } catch {
      return false
    }
  }

  /// Usages narrow along the chain: one that is stated must hold the purpose.
  private func isIssuer(_ issuer: Certificate) -> Bool {
    do {
      if let usage = try issuer.extensions.keyUsage, !usage.keyCertSign { return false }
      guard let usages = try issuer.extensions.extendedKeyUsage else { return true }
      return usages.contains(purpose.usage) || usages.contains(.any)
    } catch {
      return false
    }
  }
}
