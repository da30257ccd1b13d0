internal import Attestation
internal import Evidence
internal import History
internal import ObjectStore
internal import Platform
internal import Signing
internal import Sigstore
internal import Synchronization

/// The checks of `wf verify` on a shared package, with the signature that its configuration demands.
struct Verification {
  let trust: ShareTrust
  let now: Int64

  /// What of a package that holds the page will tell.
  struct Result {
    var signer: String
    var fingerprint: String?
    /// Whether the identity of a Sigstore signature is a person's.
    var isPerson = false
    var report: TargetReport
    /// The commit that the signed statement names, in hex.
    var statedCommit: String?
  }

  /// In the order of SHARING §3.2; the proof last.
  private static let order: [VerifyCheck] = [
    .shape, .manifest, .schema, .cross, .attestation, .sigstore, .recompute, .graph, .history,
    .raw, .log, .signature,
  ]

  func result(
    of folder: SharedFolder, _ members: SharedMembers
  ) throws(SharingError) -> Result {
    var options = try options()
    let bundle = FoundBundle()
    if case .sigstore(let policy, let root) = trust {
      let verifier = try verifier(policy: policy, root: root)
      options.bundleCheck = { package in bundle.check(package, verifier) }
    }
    let report: TargetReport
    do {
      report = try FileVerification(options: options, files: folder.fileSystem)
        .report(path: folder.path)
    } catch let failure as any Failure {
      throw SharingError(
        verification: failure.reason, kind: failure.kind, place: nil,
        "the package cannot be verified")
    } catch {
      throw SharingError(.verificationFailed, "the package cannot be verified")
    }
    for check in Self.order {
      guard let row = report.checks.first(where: { $0.check == check }), row.state == .fail,
        !Self.isLeftOpen(row)
      else { continue }
      throw failure(row)
    }
    return try result(report, bundle, folder)
  }

  /// Whether a check that failed says nothing here.
  ///
  /// The commit's own signature may be by somebody whom this configuration does not name: what is
  /// demanded is the signature beside the members. A false one is none.
  private static func isLeftOpen(_ row: CheckResult) -> Bool {
    row.check == .signature && [.untrusted, .unsigned, .expired].contains(row.fault)
  }

  private func failure(_ row: CheckResult) -> SharingError {
    let reason = row.reason ?? SharingError.Code.verificationFailed.rawValue
    // What a check says may quote the package, and so may the pointer in its path.
    let place = row.path.flatMap { path in
      let name = path.prefix { $0 != " " && $0 != "," }
      return SharedName(exactly: name.utf8).map {
        SharedMembers.place($0, String(path.dropFirst(name.count).drop { $0 != "/" }))
      }
    }
    if reason == SharingError.Code.secretInPublicField.rawValue {
      return SharingError(
        .secretInPublicField, place: place, "a secret stands in a member that would be shared",
        hint: "replace the credential; then correct its source and audit the run again")
    }
    return SharingError(
      verification: reason, kind: row.failureKind, place: place,
      "the check \(row.check.rawValue) of the package fails")
  }

  private func options() throws(SharingError) -> VerifyOptions {
    var options = VerifyOptions(trust: .empty, revocation: .empty)
    options.recompute = true
    guard case .selfSign(let signers) = trust else { return options }
    options.attestation = AttestationOptions(trusted: signers, now: now)
    let lines = signers.signers.enumerated().map { index, signer in
      "signer-\(index)@keys.invalid namespaces=\"git\" \(signer.key.line())\n"
    }
    do throws(SigningError) {
      options.trust = try AllowedSigners(parsing: Array(lines.joined().utf8))
    } catch {
      throw SharingError(
        verification: error.reason, kind: error.kind, place: nil, "too many signers are named")
    }
    return options
  }

  private func verifier(policy: [UInt8], root: [UInt8]) throws(SharingError) -> BundleVerifier {
    do throws(SigstoreError) {
      let parsed = try SigstorePolicy(parsing: policy)
      _ = try TrustedRoot(parsing: root)
      return BundleVerifier(trustedRoot: root, policy: parsed, now: now)
    } catch {
      throw SharingError(
        verification: error.reason, kind: error.kind, place: nil,
        "the Sigstore policy or its trusted root cannot be read")
    }
  }

  private func result(
    _ report: TargetReport, _ bundle: FoundBundle, _ folder: SharedFolder
  ) throws(SharingError) -> Result {
    switch trust {
    case .selfSign(let signers):
      guard let fingerprint = report.attester else {
        throw SharingError(.unsigned, place: SharedName.envelope.rawValue, "nobody has signed this")
      }
      let label = signers.signers.first { $0.key.fingerprint == fingerprint }?.label ?? ""
      let isNobodys = CommitIdentity.isNobodys(label)
      let shown = TextRules.cut(isNobodys ? label : TextScreen.redacted(label), to: 140)
      let envelope = try? Envelope(parsing: folder.bytes(.envelope))
      let statement = envelope.flatMap { try? EvidenceStatement(parsing: $0.payload) }
      return Result(
        signer: shown.isEmpty ? fingerprint : shown + " " + fingerprint, fingerprint: fingerprint,
        report: report, statedCommit: statement?.commit)
    case .sigstore:
      guard let found = bundle.found, let issuer = found.issuer, let kind = found.identityClass
      else {
        throw SharingError(.unsigned, place: SharedName.bundle.rawValue, "nobody has signed this")
      }
      return Result(
        signer: "\(kind.rawValue) of \(issuer)", fingerprint: nil, isPerson: kind == .person,
        report: report, statedCommit: found.statement?.commit)
    }
  }
}

/// Runs the check of a bundle and keeps what it found.
private final class FoundBundle: Sendable {
  private let state = Mutex<VerifiedBundle?>(nil)

  var found: VerifiedBundle? { state.withLock { $0 } }

  func check(_ package: BundledPackage, _ verifier: BundleVerifier) -> CheckResult {
    do {
      guard let bundle = package.bundle else {
        throw SigstoreError(.unsigned, "there is no Sigstore bundle beside the members")
      }
      var members: [String: [UInt8]] = [:]
      for name in package.members.names { members[name] = try package.members.bytes(name) }
      let version = package.commit.map {
        AttestedPackage.Version(
          commit: $0.id.hex, tree: $0.commit.tree.hex, date: $0.commit.committer.seconds)
      }
      let verified = try verifier.verify(
        bundle: bundle, of: .package(try AttestedPackage(members: members, version: version)))
      state.withLock { $0 = verified }
      return CheckResult(.sigstore, .pass, detail: "")
    } catch let failure as any Failure {
      return CheckResult(
        .sigstore, .fail, reason: failure.reason, detail: failure.message,
        path: SharedName.bundle.rawValue, fault: CheckResult.Fault(failure.kind))
    } catch {
      return CheckResult(.sigstore, .fail, detail: "\(error)", fault: .bytesChanged)
    }
  }
}
