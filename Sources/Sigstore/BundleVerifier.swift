public import Attestation
internal import Platform

/// What the caller holds against a bundle.
public enum BundleSubject: Sendable {
  /// A file: signed itself, or among the subjects of an envelope's statement.
  case file([UInt8])
  /// A package: only an envelope by a certificate will do, with our own statement about it.
  case package(AttestedPackage)
  /// A statement of another predicate: an envelope by a certificate that says just this. It is for
  /// whoever is about to keep the bundle, and makes nobody believe the package.
  case statement(Statement)
}

/// What a bundle that holds proves.
public struct VerifiedBundle: Sendable {
  /// The issuer of the signer's identity; nil for a managed key.
  public let issuer: String?
  /// As in the certificate: may be a personal address, which is not to be shown.
  public let subject: String?
  public let identityClass: IdentityClass?
  /// The earliest proven time, Unix seconds.
  public let time: Int64
  public let timeSource: TimeSource
  /// The entry's index as the log's users know it.
  public let logIndex: Int64
  /// What was signed about a package.
  public let statement: EvidenceStatement?
}

/// Decides offline whether a bundle was signed by whom a policy accepts (SIGNING §7).
///
/// Roots, keys, policy and the current time are the caller's; nothing of that is taken from a bundle.
public struct BundleVerifier: Sendable {
  /// Bytes of `trusted_root.json`.
  public var trustedRoot: [UInt8]
  /// nil: bundles signed with a certificate are refused with `policy_missing`.
  public var policy: SigstorePolicy?
  /// PEM of the key for bundles that name none but a hint.
  public var managedKey: String?
  /// Unix seconds; only for refusing times of the future.
  public var now: Int64

  public init(
    trustedRoot: [UInt8], policy: SigstorePolicy?, managedKey: String? = nil, now: Int64
  ) {
    self.trustedRoot = trustedRoot
    self.policy = policy
    self.managedKey = managedKey
    self.now = now
  }

  /// Runs the steps of SIGNING §7 in order; the first that fails is thrown.
  public func verify(
    bundle bytes: [UInt8], of subject: BundleSubject
  ) throws(SigstoreError) -> VerifiedBundle {
    let bundle = try Bundle(parsing: bytes)
    let root = try TrustedRoot(parsing: trustedRoot)
    let signer = try signer(of: bundle, for: subject)
    let content = try bundle.content(with: subject)
    let times = try ProvenTimes(
      of: bundle, root: root, needs: policy?.times ?? TimeNeeds(), now: now)
    var identity: CertificateIdentity?
    if case .certificate(let leaf, let offered) = bundle.material {
      let issuer = try Self.issuer(of: leaf, offered: offered, root: root, times: times)
      try TransparencyTimestamps.check(leaf, issuer: issuer, logs: root.certificateLogs)
      identity = try accepted(leaf)
    }
    try LogEntryCheck(
      entry: bundle.entry, root: root, times: times, policy: policy, now: now
    ).verify(content: content, bundle: bundle, signer: signer)
    guard signer.key.verifies(bundle.content.signature, of: content.signedBytes) else {
      throw SigstoreError(.bytesChanged, "the signature does not hold for these bytes")
    }
    return try report(bundle, subject: subject, identity: identity, times: times)
  }

  /// The key that must have signed; the rest of step 1.
  private func signer(
    of bundle: Bundle, for subject: BundleSubject
  ) throws(SigstoreError) -> EntrySigner {
    switch subject {
    case .file: break
    case .package, .statement:
      guard case .envelope = bundle.content, case .certificate = bundle.material else {
        throw SigstoreError(
          .bundleUnsupported, "a package needs an envelope that was signed with a certificate")
      }
    }
    if case .certificate(let leaf, _) = bundle.material {
      return EntrySigner(key: leaf.key, certificate: leaf.der)
    }
    guard let managedKey else {
      throw SigstoreError(
        .keyMissing, "the bundle was signed with a managed key, which must be given")
    }
    guard let key = VerificationKey(pem: managedKey) else {
      throw SigstoreError(.keyMissing, "the given key is no PEM public key that can be checked")
    }
    return EntrySigner(key: key, certificate: nil)
  }

  /// Step 3, at every proven time.
  private static func issuer(
    of leaf: ParsedCertificate, offered: [ParsedCertificate], root: TrustedRoot, times: ProvenTimes
  ) throws(SigstoreError) -> ParsedCertificate {
    let search = ChainSearch(leaf: leaf, offered: offered, purpose: .codeSigning)
    var issuer: ParsedCertificate?
    for proven in times.times {
      issuer = try Self.issuer(by: search, root: root, at: proven.time)
    }
    guard let issuer else {
      throw SigstoreError(.timestampMissing, "nothing proves when this was signed")
    }
    return issuer
  }

  private static func issuer(
    by search: ChainSearch, root: TrustedRoot, at time: Moment
  ) throws(SigstoreError) -> ParsedCertificate {
    var dates: ChainFault?
    for authority in root.certificateAuthorities where authority.validFor.contains(time) {
      do throws(ChainFault) {
        return try search.issuer(in: authority, at: time)
      } catch {
        if case .untrusted = error { continue }
        dates = error
      }
    }
    switch dates {
    case .expired?:
      throw SigstoreError(
        .certificateExpired, "the certificate had expired at the proven time", place: time.rfc3339)
    case .notYetValid?:
      throw SigstoreError(
        .certificateNotYetValid, "the certificate was not valid yet at the proven time",
        place: time.rfc3339)
    case .untrusted?, nil:
      throw SigstoreError(
        .rootUntrusted, "no authority of the trusted root stands behind this certificate")
    }
  }

  /// Step 5.
  private func accepted(_ leaf: ParsedCertificate) throws(SigstoreError) -> CertificateIdentity {
    guard let policy else {
      throw SigstoreError(.policyMissing, "no policy says whose signature is accepted")
    }
    let identity = try CertificateIdentity(leaf)
    try policy.accept(issuer: identity.issuer, subject: identity.subject)
    return identity
  }

  private func report(
    _ bundle: Bundle, subject: BundleSubject, identity: CertificateIdentity?, times: ProvenTimes
  ) throws(SigstoreError) -> VerifiedBundle {
    var statement: EvidenceStatement?
    if case .envelope(let envelope, _) = bundle.content {
      statement = try Self.statement(of: envelope, about: subject, now: now)
    }
    guard let earliest = times.earliest else {
      throw SigstoreError(.timestampMissing, "nothing proves when this was signed")
    }
    return VerifiedBundle(
      issuer: identity?.issuer, subject: identity?.subject, identityClass: identity?.identityClass,
      time: earliest.time.seconds, timeSource: earliest.source, logIndex: bundle.entry.logIndex,
      statement: statement)
  }

  /// Step 8: the statement about a package; a file must be among the subjects of any statement.
  private static func statement(
    of envelope: Envelope, about subject: BundleSubject, now: Int64
  ) throws(SigstoreError) -> EvidenceStatement? {
    guard envelope.payloadType == Envelope.inTotoType else {
      throw SigstoreError(
        .payloadTypeWrong, "the envelope holds no in-toto statement", place: envelope.payloadType)
    }
    do throws(AttestationError) {
      switch subject {
      case .package(let package):
        let statement = try EvidenceStatement(parsing: envelope.payload)
        try statement.check(against: package, now: now)
        return statement
      case .statement(let expected):
        try expected.check(same: try Statement(parsing: envelope.payload))
        return nil
      case .file(let file):
        let digest = Hex.encode(sha256(file))
        let statement = try Statement(parsing: envelope.payload)
        guard statement.subjects.contains(where: { $0.sha256 == digest }) else {
          throw AttestationError(.bytesChanged, "the file is not a subject of the statement")
        }
        return nil
      }
    } catch {
      throw SigstoreError(error)
    }
  }
}

extension Bundle {
  /// Puts the bundle and the caller's file together.
  ///
  /// The digest in a bundle is a hint that nothing protects; one that does not fit is refused at once.
  fileprivate func content(with subject: BundleSubject) throws(SigstoreError) -> SignedContent {
    switch (content, subject) {
    case (.envelope(let envelope, _), _):
      return SignedContent(signedBytes: envelope.signedBytes, payload: envelope.payload)
    case (.message(_, let hint), .file(let file)):
      if let hint, hint.hash.digest(file) != hint.digest {
        throw SigstoreError(.bytesChanged, "the file is not the one that the bundle is about")
      }
      return SignedContent(signedBytes: file, payload: nil)
    case (.message, .package), (.message, .statement):
      throw SigstoreError(.bundleUnsupported, "a package needs an envelope")
    }
  }
}
