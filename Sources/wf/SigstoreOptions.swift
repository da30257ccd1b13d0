import ArgumentParser
import Attestation
import Evidence
import History
import ObjectStore
import Platform
import Sigstore

/// Whose Sigstore bundles are believed.
struct SigstoreOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Policy for the Sigstore bundle beside the members, which then has to hold.",
      valueName: "file"))
  var sigstorePolicyConfig: String?

  /// How the check `sigstore` is made; nil where it is not asked for.
  ///
  /// - Throws: `policy_malformed`, `trusted_root_malformed`, and where a file is not there.
  func check(_ session: Session) throws -> (@Sendable (BundledPackage) -> CheckResult)? {
    guard let verifier = try verifier(session) else { return nil }
    return { package in
      do {
        return Self.row(try Self.verify(package, verifier))
      } catch let failure as any Failure {
        return Self.failed(failure)
      } catch {
        return Self.failed(SigstoreError(.bundleMalformed, "\(error)"))
      }
    }
  }

  /// What a bundle beside a package shows of the age of its commit; nil where no policy is given.
  ///
  /// A bundle that does not hold, or whose statement does not name the commit, shows nothing.
  func ageProof(_ session: Session) throws -> (@Sendable (BundledPackage) -> AgeProof?)? {
    guard let verifier = try verifier(session) else { return nil }
    return { package in
      guard let found = try? Self.verify(package, verifier), let commit = package.commit,
        found.statement?.commit == commit.id.hex
      else { return nil }
      return switch found.timeSource {
      case .timestamp:
        AgeProof(
          seconds: found.time, source: .timestamp,
          words: "a time stamp of a trusted authority is over a statement that names it")
      case .log:
        AgeProof(
          seconds: found.time, source: .log,
          words: "a log of the trusted root took up a statement that names it")
      }
    }
  }

  /// For a bundle that is to be kept only if a reader will believe it.
  ///
  /// - Throws: `option_invalid` where no policy is given, and as `check`.
  func neededVerifier(_ session: Session) throws -> BundleVerifier {
    guard let verifier = try verifier(session) else {
      throw CommandError(
        .optionInvalid, place: "--sigstore-policy-config",
        "nobody is named whose bundle would count",
        hint: "--sigstore-policy-config FILE names issuers and identities")
    }
    return verifier
  }

  private func verifier(_ session: Session) throws -> BundleVerifier? {
    guard let path = sigstorePolicyConfig else { return nil }
    let bytes = try session.files.read(path, limit: SigstorePolicy.sizeLimit)
    let policy = try Self.naming(path) { () throws(SigstoreError) in
      try SigstorePolicy(parsing: bytes)
    }
    let rootPath = Path.join(Path.parent(path), policy.trustedRoot)
    let root = try session.files.read(rootPath, limit: TrustedRoot.sizeLimit)
    _ = try Self.naming(rootPath) { () throws(SigstoreError) in try TrustedRoot(parsing: root) }
    return BundleVerifier(trustedRoot: root, policy: policy, now: session.surroundings.now())
  }

  fileprivate static func naming<Value>(
    _ path: String, _ read: () throws(SigstoreError) -> Value
  ) throws(SigstoreError) -> Value {
    do throws(SigstoreError) {
      return try read()
    } catch {
      throw error.at(path + (error.place.map { ", " + $0 } ?? ""))
    }
  }

  /// A target that cannot carry a bundle fails where one is demanded.
  func completed(_ report: VerifyReport) -> VerifyReport {
    guard sigstorePolicyConfig != nil else { return report }
    var report = report
    for index in report.targets.indices
    where !report.targets[index].checks.contains(where: { $0.check == .sigstore }) {
      report.targets[index].checks.append(
        Self.failed(
          SigstoreError(
            .unsigned, "only an exported package can carry a Sigstore bundle",
            place: BundledPackage.fileName)))
    }
    return report
  }

  private static func verify(
    _ package: BundledPackage, _ verifier: BundleVerifier
  ) throws -> VerifiedBundle {
    guard let bundle = package.bundle else {
      throw SigstoreError(
        .unsigned, "there is no Sigstore bundle beside the members",
        place: BundledPackage.fileName)
    }
    var members: [String: [UInt8]] = [:]
    for name in package.members.names where !name.hasPrefix("raw/") {
      members[name] = try package.members.bytes(name)
    }
    let version = package.commit.map {
      AttestedPackage.Version(
        commit: $0.id.hex, tree: $0.commit.tree.hex, date: $0.commit.committer.seconds)
    }
    return try verifier.verify(
      bundle: bundle, of: .package(try AttestedPackage(members: members, version: version)))
  }

  /// Who signed and when; not the identity itself, which may be a personal address.
  static func signer(_ found: VerifiedBundle) -> String {
    let identity = found.identityClass.map { "a \($0.rawValue)" } ?? "somebody"
    let time = UTCTime(seconds: found.time).rfc3339
    return "signed by \(identity) of \(found.issuer ?? "no issuer") that the policy accepts; "
      + "was there at \(time) (time source: \(found.timeSource.rawValue)); "
      + "log index \(found.logIndex)"
  }

  private static func row(_ found: VerifiedBundle) -> CheckResult {
    CheckResult(.sigstore, .pass, detail: signer(found))
  }

  private static func failed(_ failure: any Failure) -> CheckResult {
    CheckResult(
      .sigstore, .fail, reason: failure.reason, detail: failure.message, path: failure.place,
      fault: CheckResult.Fault(failure.kind))
  }
}

extension BundleVerifier {
  /// Reads a bundle that an external signer made, and checks it as a reader will.
  ///
  /// - Throws: what is wrong with the bundle, with the file's name.
  func accept(
    _ path: String, about subject: BundleSubject, _ session: Session
  ) throws -> (bytes: [UInt8], found: VerifiedBundle) {
    let bytes = try session.files.read(path, limit: BundledPackage.maximumSize)
    let found = try SigstoreOptions.naming(path) { () throws(SigstoreError) in
      try verify(bundle: bytes, of: subject)
    }
    return (bytes, found)
  }
}
