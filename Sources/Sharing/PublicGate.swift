internal import Evidence
internal import History
internal import JSON
public import Platform

/// What has to hold before a package is sent, and again before it is kept (SHARING §3.2).
///
/// Client and server ask the same gate. It reads nothing but the folder, and asks nobody.
public struct PublicGate: Sendable {
  let trust: ShareTrust
  let now: Int64

  /// - Parameter now: Unix seconds.
  public init(trust: ShareTrust, now: Int64) {
    self.trust = trust
    self.now = now
  }

  /// Checks a folder that holds shared files by their names and nothing else.
  ///
  /// In this order: names and sizes; members, their digests and cross checks; signature and trust;
  /// recomputation; every string; the approval record. The first that fails is thrown, with the word
  /// of verification where it was verification that found it; no error holds text of the package.
  ///
  /// - Parameter approval: nil before there is one, as where a server takes in the bytes.
  public func check(
    folder: String, approval: ApprovalRecord?, files: FileSystem
  ) throws(SharingError) -> VerifiedShare {
    let present = try SharedFolder(folder, files: files)
    try present.check(backend: trust.backend)
    let members = try SharedMembers(present)
    let verified = try Verification(trust: trust, now: now).result(of: present, members)
    try members.checkNames()
    try members.checkConsent()
    try members.checkStrings()
    if present.contains(.envelope) { try EnvelopeScreen.check(try present.bytes(.envelope)) }
    try checkProof(present, approval)
    let summary = PackageSummary(members: members, verified: verified, now: now)
    let share = VerifiedShare(
      packageID: summary.packageID, fingerprint: verified.fingerprint, shown: summary.shown)
    guard let approval else { return share }
    try approval.check(packageID: share.packageID, manifestDigest: share.manifestDigest)
    if verified.isPerson, approval.packageBytes == .served {
      throw SharingError(
        .notPublicSafe, place: SharedName.bundle.rawValue,
        "the signature holds the address of a person, and would be served with the package",
        hint: "withhold the package's bytes, or sign with the identity of a workflow")
    }
    return share
  }

  /// A proof goes only where the approval says so, and only without anybody's address.
  private func checkProof(
    _ present: SharedFolder, _ approval: ApprovalRecord?
  ) throws(SharingError) {
    guard present.hasProof else { return }
    if let approval, !approval.includeCommitProof {
      throw SharingError(
        .proofNotApproved, place: SharedName.proofFolder,
        "the approval does not say that the proof of the commit goes along",
        hint: "leave proof/ out, or let include_commit_proof be approved")
    }
    try CommitIdentity.check(present)
  }
}
