import Archives
import Attestation
import Audit
public import Evidence
import JSON
import ObjectStore
public import Platform
import Signing

/// Verifies a package that lies in a folder, an archive, an OCI layout or a git bundle, told apart by
/// content, on any machine.
public struct FileVerification {
  let options: VerifyOptions
  let files: FileSystem
  /// Where a bundle's objects lie while they are checked.
  let temporaryFolder: String

  public init(
    options: VerifyOptions, files: FileSystem, temporaryFolder: String = Self.temporaryFolder
  ) {
    self.options = options
    self.files = files
    self.temporaryFolder = temporaryFolder
  }

  public static let temporaryFolder = "/tmp"

  /// The members and the proof at a path; of a bundle, those of the one claim's tip.
  ///
  /// Files of signatures are left out: they lie beside the members and are none.
  ///
  /// - Throws: `not_a_package`, `archive_…`, `oci_…`, `bundle_…`, `proof_malformed`, and what the
  ///   system refuses.
  public static func read(
    _ path: String, files: FileSystem, temporaryFolder: String = Self.temporaryFolder
  ) throws -> (members: PackageMembers, proof: Proof?) {
    let contents = try contents(path, files: files, temporaryFolder: temporaryFolder)
    return (contents.members, contents.proof)
  }

  /// The same with what lies beside the members.
  static func contents(
    _ path: String, files: FileSystem, temporaryFolder: String
  ) throws -> (members: PackageMembers, proof: Proof?, beside: SignatureFiles) {
    var members: PackageMembers
    if try files.status(path).kind == .directory {
      members = try readPackageFolder(path, files: files)
      if OCILayout.isLayout(members.names) {
        members = PackageMembers(files: try OCILayout.contents(of: members))
      }
    } else {
      let file = try files.map(path)
      if OpenedBundle.isBundle(file) {
        let found = try read(OpenedBundle(path, in: temporaryFolder, files: files))
        return (found.members, found.proof, SignatureFiles(envelope: nil, bundle: nil))
      }
      members = try PackageMembers(archive: ArchiveData(file))
    }
    let proof = try Proof.parse { name in
      members.contains(name) ? try? members.bytes(name) : nil
    }
    for name in members.extraNames where name.hasPrefix("proof/") { members.set(name, to: nil) }
    let beside = SignatureFiles(
      envelope: try take(Envelope.fileName, from: &members),
      bundle: try take(BundledPackage.fileName, from: &members))
    for name in PackagePredicate.foreignNames { members.set(name, to: nil) }
    return (members, proof, beside)
  }

  /// A file beside the members, which is then none of them, as far as is needed to see that it is too
  /// large.
  private static func take(
    _ name: String, from members: inout PackageMembers
  ) throws -> [UInt8]? {
    guard members.contains(name) else { return nil }
    defer { members.set(name, to: nil) }
    let reader = try members.reader(name)
    var bytes: [UInt8] = []
    while bytes.count <= SignatureFiles.maximumSize, let piece = try reader.next() {
      bytes += piece
    }
    return bytes
  }

  private static func read(
    _ bundle: OpenedBundle
  ) throws -> (members: PackageMembers, proof: Proof?) {
    let claims = bundle.rows.filter { $0.label == nil }
    guard claims.count == 1 else {
      throw HistoryError(
        .versionAmbiguous, place: bundle.path,
        "the bundle holds several claims: " + claims.map(\.slug).joined(separator: ", "),
        hint: "wf clone FILE DIR makes a store of it, in which each has a name")
    }
    let store = bundle.store
    let link = try store.link(claims[0].target)
    guard link.kind == .package else {
      throw HistoryError(
        .notAPackageVersion, place: bundle.path, "the bundle's tip holds no package",
        hint: "it is a registration, made before the run")
    }
    return (
      try StoredPackage(tree: link.commit.tree, in: store.objects).members,
      try Proof.of(link.id, in: store)
    )
  }

  /// What there is to say of a path: one report, or of a bundle one for each claim and label.
  public func reports(path: String) throws -> [TargetReport] {
    if try files.status(path).kind == .regular, OpenedBundle.isBundle(try files.map(path)) {
      return try OpenedBundle(path, in: temporaryFolder, files: files).reports(options)
    }
    return [try report(path: path)]
  }

  public func report(path: String) throws -> TargetReport {
    let (members, proof, beside) = try Self.contents(
      path, files: files, temporaryFolder: temporaryFolder)
    let scope = PackageScope(of: members)
    var report = TargetReport(target: path, commit: nil, checks: [], signer: nil)
    var registration: ChainLink?
    if let proof {
      registration = try addProofChecks(proof, members, scope, bundle: beside.bundle, to: &report)
    } else {
      report.checks += StoreVerification.skipped(
        [.graph, .signature, .history], reason: "no_proof",
        "this is a package without a commit; wf verify SLUG checks the signed version")
    }
    let raw = members.rawPaths.isEmpty ? nil : RawTree.blobs(try members.rawBlobs())
    var checks = PackageChecks(members: members, scope: scope, raw: raw)
      .results(recompute: options.recompute)
    if let proof, let link = try? Self.link(proof),
      let mismatch = StoreVerification.trailerMismatch(link, members),
      let index = checks.firstIndex(where: { $0.check == .manifest && $0.state == .pass })
    {
      checks[index] = mismatch
    }
    if let folder = options.rawFolder, scope == .full,
      let index = checks.firstIndex(where: { $0.check == .raw && $0.state != .fail })
    {
      checks[index] = try RawFiles(folder: folder, files: files).check(members)
    }
    report.checks += checks
    report.checks.append(
      CheckResult(.log, .skipped, reason: "no_log", detail: "a package carries no log of tips"))
    // A commit counts as the members' own only where the graph check has shown it.
    let link = report.commit == nil ? nil : try proof.map(Self.link)
    let (attestation, attester) = AttestationCheck(options: options.attestation).result(
      of: members, beside: beside.envelope, commit: link?.commit)
    report.checks.append(attestation)
    report.attester = attester
    report.addGrade(members, registration: registration)
    if let check = options.bundleCheck {
      report.checks.append(
        check(BundledPackage(bundle: beside.bundle, members: members, commit: link)))
    }
    return report
  }

  private static func link(_ proof: Proof) throws -> ChainLink {
    let id = ObjectID.of(.commit, proof.commit)
    let commit = try Commit.parse(proof.commit, id: id)
    return ChainLink(id: id, commit: commit, message: CommitMessage(parsing: commit.messageText))
  }

  /// graph, signature and history from the proof; gives the registration when it holds.
  private func addProofChecks(
    _ proof: Proof, _ members: PackageMembers, _ scope: PackageScope, bundle: [UInt8]?,
    to report: inout TargetReport
  ) throws -> ChainLink? {
    let checked: CheckedProof
    do {
      checked = try CheckedProof(proof)
      try Self.compare(checked.tree, with: members, scope)
    } catch let failure as any Failure {
      report.checks.append(
        CheckResult(
          .graph, .fail, reason: failure.reason, detail: failure.message,
          object: ObjectID.of(.commit, proof.commit).hex, path: failure.place,
          fault: CheckResult.Fault(failure.kind)))
      report.checks += StoreVerification.skipped(
        [.signature, .history], reason: "graph_failed", "the proof does not hold")
      return nil
    } catch {
      report.checks += StoreVerification.skipped(
        [.graph, .signature, .history], reason: "unreadable", "\(error)")
      return nil
    }
    report.commit = checked.id.hex
    report.checks.append(
      CheckResult(
        .graph, .pass,
        detail: scope == .full
          ? "the members and references are the signed commit's tree"
          : "the members are part of the signed commit's tree; the rest is withheld",
        object: checked.id.hex))
    var signatures = SignatureCheck(options: options)
    if let asked = options.signedBefore {
      signatures.ages = try AgeProofs(asked)
      signatures.bundleProof = asked.bundleProof?(
        BundledPackage(bundle: bundle, members: members, commit: try Self.link(proof)))
    }
    let (signature, signer) = signatures.result(of: checked.commit, id: checked.id)
    report.checks.append(signature)
    report.signer = signer
    let (history, registration) = historyResult(checked, members)
    report.checks.append(history)
    return registration
  }

  private func historyResult(
    _ proof: CheckedProof, _ members: PackageMembers
  ) -> (CheckResult, ChainLink?) {
    if let expected = options.expected, expected != proof.id,
      !proof.history.contains(where: { $0.id == expected })
    {
      return (
        CheckResult(
          .history, .fail, reason: HistoryError.Code.tipForked.rawValue,
          detail: "this does not come after the expected commit \(expected.hex.prefix(16))",
          object: proof.id.hex, fault: .historyRewritten), nil
      )
    }
    guard let root = proof.history.last, root.kind == .registration else {
      return (
        CheckResult(
          .history, .pass, detail: "\(proof.history.count) commits before it, no registration",
          object: proof.id.hex), nil
      )
    }
    guard isRegistered(members, in: root) else {
      return (
        CheckResult(
          .history, .fail, reason: HistoryError.Code.registrationDiffers.rawValue,
          detail:
            "claim and protocol are not those that were registered in \(root.id.hex.prefix(12))",
          object: proof.id.hex, fault: .historyRewritten), nil
      )
    }
    return (
      CheckResult(
        .history, .pass, detail: "registered in \(root.id.hex.prefix(12)), earlier in its history",
        object: proof.id.hex), root
    )
  }

  /// Whether claim and protocol of the package are the registered ones: the registration's tree holds
  /// those two and nothing else, so its id can be rebuilt from them.
  private func isRegistered(_ members: PackageMembers, in root: ChainLink) -> Bool {
    guard let claim = try? members.bytes(.claim),
      let plan = try? members.bytes(.evaluationProtocol)
    else { return false }
    var memory = ObjectMemory()
    let tree = try? PackageTree(
      members: [
        (MemberName.claim.rawValue, claim), (MemberName.evaluationProtocol.rawValue, plan),
      ],
      rawBlobs: []
    ).write(to: &memory)
    return tree == root.commit.tree
  }

  /// Every member that is here is the tree's; of a full package nothing else may be in the tree.
  static func compare(
    _ tree: Tree, with members: PackageMembers, _ scope: PackageScope
  ) throws {
    var memory = TreeMemory()
    let rebuilt = try PackageTree(filesOf: members).write(to: &memory)
    let entries = try Tree.parse(memory.bodies[rebuilt] ?? [], id: rebuilt)
    if scope == .full {
      for entry in tree.entries where entries[entry.name]?.id != entry.id {
        if entry.name == "raw", entries[entry.name] == nil { continue }
        throw mismatch(entry.name, there: entries[entry.name] != nil)
      }
      return
    }
    for entry in entries.entries {
      guard let signed = tree[entry.name] else {
        throw HistoryError(
          .proofMismatch, place: entry.name, "the signed commit has no member of this name")
      }
      if signed.id != entry.id { throw mismatch(entry.name, there: true) }
    }
  }

  private static func mismatch(_ name: String, there: Bool) -> HistoryError {
    HistoryError(
      .proofMismatch, place: name,
      there ? "this is not the member that was signed" : "a member of the signed commit is not here"
    )
  }
}

/// The files of signatures that lie beside the members.
struct SignatureFiles {
  /// The readers have limits of their own, below or at it.
  static let maximumSize = 4 << 20

  let envelope: [UInt8]?
  let bundle: [UInt8]?
}

extension PackageScope {
  /// A package with none of the private members is a public subset.
  init(of members: PackageMembers) {
    let isWhole = MemberName.allCases.contains { !$0.isPublic && members.contains($0) }
    self = isWhole || !members.rawPaths.isEmpty ? .full : .publicSubset
  }
}

extension PackageTree {
  /// The tree of a package folder as it lies, `raw/` only where it is there.
  init(filesOf members: PackageMembers) throws {
    let names = members.names
    self.init(
      members: members, names: names.filter { !$0.contains("/") },
      rawBlobs: try names.filter { $0.contains("/") }.map { ($0, try members.bytes($0)) })
  }
}
