internal import Platform

extension EvidenceStatement {
  /// Seconds that a clock may be wrong by before a time counts as one of the future.
  public static let futureTolerance: Int64 = 600

  /// Holds the statement against the package.
  ///
  /// - Parameter now: Unix seconds, for a time of creation that lies in the future.
  ///
  /// Throws `subject_missing`, `bytes_changed`, `subject_mismatch`, `predicate_contradicts`,
  /// `timestamp_in_future`.
  public func check(against package: AttestedPackage, now: Int64) throws(AttestationError) {
    try checkSubjects(package)
    try checkPredicate(package)
    // The caller's clock may say anything, also what is too far away for a difference.
    let (ahead, overflow) = created.subtractingReportingOverflow(now)
    guard overflow ? created < now : ahead <= Self.futureTolerance else {
      throw AttestationError(
        .timestampInFuture, "the statement says that it was made in the future",
        place: "/predicate/created")
    }
  }

  private func checkSubjects(_ package: AttestedPackage) throws(AttestationError) {
    let manifests = subjects.filter { $0.name == AttestedPackage.manifestName }
    guard let manifest = manifests.first?.sha256 else {
      throw AttestationError(
        .subjectMissing, "the statement has no SHA-256 of artifact_manifest.json",
        place: AttestedPackage.manifestName)
    }
    guard manifests.count == 1 else {
      throw AttestationError(
        .subjectMismatch, "the statement names artifact_manifest.json twice",
        place: AttestedPackage.manifestName)
    }
    guard manifest == package.manifestDigest else {
      throw AttestationError(
        .bytesChanged, "the statement is about other bytes", place: AttestedPackage.manifestName)
    }
    for subject in subjects where subject.name != AttestedPackage.manifestName {
      guard let name = subject.name, let digest = package.listed?[name], digest == subject.sha256
      else {
        throw AttestationError(
          .subjectMismatch, "artifact_manifest.json lists no such member with this SHA-256",
          place: subject.name)
      }
    }
    try package.checkMembers()
  }

  private func checkPredicate(_ package: AttestedPackage) throws(AttestationError) {
    try agrees("claim", claim, package.claim)
    try agrees("grade", grade, package.grade)
    try agrees("verdict", verdict, package.verdict)
    try agrees("protocol_digest", protocolDigest, package.protocolDigest)
    // null says nothing about a commit, so only a commit that is named can be the wrong one
    guard let version = package.version, let commit else { return }
    try agrees("commit", commit, version.commit)
    try agrees("tree", tree ?? "null", version.tree)
    try agrees(
      "created", UTCTime(seconds: created).rfc3339, UTCTime(seconds: version.date).rfc3339)
  }

  private func agrees(
    _ key: String, _ stated: String, _ held: String?
  ) throws(AttestationError) {
    guard let held, !sameBytes(stated, held) else { return }
    throw AttestationError(
      .predicateContradicts, "the statement says \(stated), the package says \(held)",
      place: "/predicate/" + key)
  }
}

extension AttestedPackage {
  /// artifact_manifest.json first, then the members that are here in the order of their names.
  ///
  /// Throws `subject_mismatch`, `bytes_changed`.
  func subjects() throws(AttestationError) -> [Statement.Subject] {
    try checkMembers()
    return ([(name: Self.manifestName, digest: manifestDigest)] + ordered).map {
      Statement.Subject(name: $0.name, digests: ["sha256": $0.digest])
    }
  }

  /// The members that are here beside the manifest, in the byte order of their names.
  private var ordered: [(name: String, digest: String)] {
    present.sorted { $0.key.precedes($1.key) }
      .map { (name: $0.key, digest: $0.value) }
  }

  /// Whether the members that are here are those of the manifest.
  func checkMembers() throws(AttestationError) {
    guard let listed else {
      throw AttestationError(
        .subjectMismatch, "the list of members cannot be read", place: Self.manifestName)
    }
    for (name, digest) in ordered {
      guard let expected = listed[name] else {
        throw AttestationError(
          .subjectMismatch, "artifact_manifest.json lists no such member", place: name)
      }
      guard digest == expected else {
        throw AttestationError(
          .bytesChanged, "the member is not the one that artifact_manifest.json lists",
          place: name)
      }
    }
  }
}
