import Audit
import Evidence
import JSON
public import ObjectStore
import Platform
import Signing

/// Verifies versions of a store (DESIGN §6).
public struct StoreVerification: Sendable {
  let store: EvidenceStore
  let options: VerifyOptions
  /// Objects found good, shared by all targets, so that what versions share is hashed once.
  private let verified = VerifiedObjects()
  /// Rows found right, shared likewise.
  private let known = CheckedRows()
  /// Folders of `raw/` that were read, shared likewise.
  private let folders = ReadFolders()

  public init(store: EvidenceStore, options: VerifyOptions) {
    self.store = store
    self.options = options
  }

  /// - Parameter trusted: commits whose objects, and those before them, an earlier check found right.
  init(store: EvidenceStore, options: VerifyOptions, trusted: [ObjectID]) {
    self.init(store: store, options: options)
    for commit in trusted { verified.trustHistory(of: commit) }
  }

  /// All claims: those of the store, and those that are remembered and gone.
  public func everyClaim() throws -> [TargetReport] {
    // Before the refs: a claim made in between is not one that has gone.
    let remembered = try TipMemory(store: store).rememberedClaims()
    let slugs = try store.slugs()
    let seen = Set(slugs)
    let state = try state()
    var reports = try self.reports(
      try slugs.map {
        Target(name: $0, version: ResolvedVersion(commit: try store.tip(of: $0), slug: $0))
      }, state)
    for ref in remembered {
      guard let slug = ref.dropping(EvidenceStore.claimPrefix), !seen.contains(slug) else {
        continue
      }
      reports.append(deleted(slug, ref))
    }
    // with the memory gone as well, the log still knows what there was
    for ref in state.log.gone where !remembered.contains(ref) {
      reports.append(deleted(ref.dropping(EvidenceStore.claimPrefix) ?? ref.text, ref))
    }
    return reports.sorted { $0.target < $1.target }
  }

  /// A version, as the person named it.
  public struct Target: Sendable {
    public var name: String
    public var version: ResolvedVersion

    public init(name: String, version: ResolvedVersion) {
      self.name = name
      self.version = version
    }
  }

  /// Many versions, in the order given.
  ///
  /// Objects are hashed on all cores, one version after the other, so that what versions share is
  /// read once; the rest of the checks runs for as many versions at once as there are cores.
  public func reports(_ targets: [Target]) throws -> [TargetReport] {
    try reports(targets, try state())
  }

  private func reports(_ targets: [Target], _ state: StoreState) throws -> [TargetReport] {
    var reports: [TargetReport] = []
    let width = processorCount()
    var start = 0
    while start < targets.count {
      // Several for each core, as long as what was read of them may be kept for the checks.
      var part: [(target: Target, graph: GraphOutcome)] = []
      var kept = 0
      while start < targets.count, part.count < Self.targetsAtOnce * width,
        part.count < width || kept < Self.keptBodies / 8
      {
        let graph = graph(of: targets[start].version.commit, state.finding)
        kept += graph.bodies.values.reduce(0) { $0 + $1.count }
        part.append((targets[start], graph))
        start += 1
      }
      reports += try concurrentMap(part) { (target, graph) throws(any Error) in
        try report(target.name, target.version, graph, state)
      }
    }
    return reports
  }

  /// One version.
  public func report(target: String, version: ResolvedVersion) throws -> TargetReport {
    let state = try state()
    return try report(target, version, graph(of: version.commit, state.finding), state)
  }

  /// What is asked once for all targets: the repository as a whole, and the memory of tips.
  private struct StoreState: Sendable {
    var finding: FsckFinding?
    var remembered: TipMemory.Snapshot
    var log: LogFindings
    var coSigned: Set<ObjectID>
    var ages: AgeProofs?
  }

  private func state() throws -> StoreState {
    let remembered = try TipMemory(store: store).snapshot()
    let log = LogFindings(
      store: store, remembered: remembered, keys: options.logKeys,
      wantsTimes: options.policy?.clock == .log)
    return StoreState(
      finding: store.objects.checkRepository().first, remembered: remembered, log: log,
      coSigned: try CoSignatures(store: store).commits(),
      ages: try options.signedBefore.map {
        try AgeProofs($0, store: store, logs: log.logs)
      })
  }

  private func report(
    _ target: String, _ version: ResolvedVersion, _ found: GraphOutcome, _ state: StoreState
  ) throws -> TargetReport {
    let id = version.commit
    var report = TargetReport(target: target, commit: id.hex, checks: [], signer: nil)
    let graph = found.result
    report.checks.append(graph)
    let link: ChainLink
    do throws(ObjectError) {
      link = try store.link(id)
    } catch {
      report.checks += Self.skipped(
        [
          .signature, .history, .shape, .manifest, .schema, .cross, .raw, .recompute, .log,
          .attestation,
        ],
        reason: "graph_failed", "the commit cannot be read")
      return report
    }
    let slug = version.slug ?? link.message?.claim
    var signatures = try CoSignatures(store: store).check(
      of: id, isCoSigned: state.coSigned.contains(id), options: options)
    signatures.provenTime = state.log.times[id.hex]
    signatures.ages = state.ages
    let (signature, signer) = signatures.result(
      of: link.commit, id: id,
      tag: try version.tag.map { (try store.objects.tag($0), $0) })
    report.signer = signer
    report.attester = signatures.independentSigner(of: link.commit)
    report.checks.append(signature)
    // A history with holes cannot be walked; the graph check has said where.
    guard graph.state == .pass else {
      report.checks += Self.skipped(
        [.history, .shape, .manifest, .schema, .cross, .raw, .recompute, .log, .attestation],
        reason: "graph_failed", "the objects are not all there and good")
      return report
    }
    let history = try HistoryCheck(store: store, options: options, remembered: state.remembered)
      .facts(of: link, slug: slug, isTip: true)
    report.checks.append(history.result)
    var attestation = CheckResult(
      .attestation, .skipped, reason: "registration", detail: "there is no evidence yet")
    if link.kind == .registration {
      report.checks += registrationChecks(link)
    } else {
      attestation = try addPackageChecks(link, history, found.bodies, to: &report)
    }
    report.checks.append(state.log.result(of: slug))
    report.checks.append(attestation)
    if report.ok, let slug, let note = try remember(link, slug, state.remembered) {
      replace(&report.checks, with: history.result.adding(note))
    }
    return report
  }

  /// Repository first (borrowed objects, cut or replaced history), then every object.
  public func graphCheck(of id: ObjectID) -> CheckResult {
    graph(of: id, store.objects.checkRepository().first).result
  }

  /// What the check `graph` found, and the bodies of the version's own blobs, which are read next.
  private struct GraphOutcome: Sendable {
    var result: CheckResult
    var bodies: [ObjectID: [UInt8]] = [:]
  }

  /// Bodies up to this many bytes are kept for the checks of the package.
  private static var keptBodies: Int { 256 << 20 }

  /// Versions for each core whose objects are hashed before the other checks run.
  private static var targetsAtOnce: Int { 4 }

  /// - Parameter finding: what is wrong with the repository as a whole.
  private func graph(of id: ObjectID, _ finding: FsckFinding?) -> GraphOutcome {
    if let finding {
      return GraphOutcome(result: failedGraph(finding.error, at: finding.place, id))
    }
    let report = store.objects.checkGraph(
      of: id, includingHistory: true, memo: verified, keepingBodies: Self.keptBodies)
    if let error = report.failure {
      return GraphOutcome(result: failedGraph(error, at: error.place, id))
    }
    return GraphOutcome(
      result: CheckResult(
        .graph, .pass,
        detail: "every object is there and hashes to its name (\(report.checked) read)",
        object: id.hex), bodies: report.bodies)
  }

  /// The check `signature` alone.
  public func signatureCheck(of version: ResolvedVersion) throws(ObjectError) -> CheckResult {
    let link = try store.link(version.commit)
    let tag = try version.tag.map { (id) throws(ObjectError) in (try store.objects.tag(id), id) }
    return try CoSignatures(store: store)
      .check(of: link.id, isCoSigned: true, options: options)
      .result(of: link.commit, id: link.id, tag: tag).0
  }

  private func failedGraph(_ error: ObjectError, at place: String?, _ id: ObjectID) -> CheckResult {
    CheckResult(
      .graph, .fail, reason: error.reason, detail: error.message,
      object: error.object?.hex ?? id.hex, path: place, fault: CheckResult.Fault(error.kind))
  }

  /// The checks from `shape` to `recompute`, and the grade, on which the check `attestation` bears.
  ///
  /// - Returns: the row of that check, the last of all.
  private func addPackageChecks(
    _ link: ChainLink, _ history: HistoryFindings, _ bodies: [ObjectID: [UInt8]],
    to report: inout TargetReport
  ) throws -> CheckResult {
    let (tree, objects) = (link.commit.tree, store.objects)
    let members = try StoredPackage(tree: tree, in: objects, withRaw: false, bodies: bodies).members
    let raw = RawTree.deferred { [folders] in
      try StoredPackage.rawBlobs(tree: tree, in: objects, bodies: bodies, known: folders)
    }
    var checks = PackageChecks(members: members, scope: .full, raw: raw, known: known)
      .results(recompute: options.recompute)
    if let mismatch = Self.trailerMismatch(link, members) {
      replace(&checks, with: mismatch)
    }
    if let folder = options.rawFolder {
      let outcome = try RawFiles(folder: folder, files: store.files).check(members)
      if let current = checks.first(where: { $0.check == .raw }), current.state == .pass {
        replace(&checks, with: outcome)
      }
    }
    report.checks += checks
    let (attestation, attester) = AttestationCheck(options: options.attestation).result(
      of: members, beside: nil, commit: link.commit)
    report.attester = report.attester ?? attester
    report.addGrade(members, registration: history.registration)
    return attestation
  }

  private func replace(_ checks: inout [CheckResult], with result: CheckResult) {
    if let index = checks.firstIndex(where: { $0.check == result.check }) { checks[index] = result }
  }

  /// The trailers are signed words about the package; they have to be true.
  static func trailerMismatch(_ link: ChainLink, _ members: PackageMembers) -> CheckResult? {
    guard let message = link.message, let bytes = try? members.bytes(.artifactManifest) else {
      return CheckResult(
        .manifest, .fail, reason: EvidenceError.Code.digestMismatch.rawValue,
        detail: "the commit's message does not say which manifest it vouches for",
        object: link.id.hex, fault: .bytesChanged)
    }
    let digest = Digest.text(of: bytes)
    guard message.manifest == digest else {
      return CheckResult(
        .manifest, .fail, reason: EvidenceError.Code.digestMismatch.rawValue,
        detail:
          "the commit vouches for \(message.manifest ?? "no manifest"), this one is \(digest)",
        object: link.id.hex, path: MemberName.artifactManifest.rawValue, fault: .bytesChanged)
    }
    return statementMismatch(message, members, link.id)
  }

  /// The verdict and grade of the message, which logs show without reading the package.
  private static func statementMismatch(
    _ message: CommitMessage, _ members: PackageMembers, _ id: ObjectID
  ) -> CheckResult? {
    guard let bytes = try? members.bytes(.evidence), let evidence = try? JSONValue.parse(bytes)
    else { return nil }
    let stated = [
      ("verdict", message.verdict, evidence["verdict"]?.string),
      ("grade", message.grade, evidence["grade"]?["letter"]?.string),
    ]
    for (name, said, found) in stated {
      guard let said, said != found else { continue }
      return CheckResult(
        .manifest, .fail, reason: HistoryError.Code.trailerMismatch.rawValue,
        detail: "the commit's message says \(name) \(said), the package \(found ?? "none")",
        object: id.hex, path: MemberName.evidence.rawValue, fault: .bytesChanged)
    }
    return nil
  }

  private func registrationChecks(_ link: ChainLink) -> [CheckResult] {
    var checks: [CheckResult] = []
    do {
      let names = try store.objects.tree(link.commit.tree).entries.map(\.name)
      let expected = [MemberName.claim.rawValue, MemberName.evaluationProtocol.rawValue].sorted()
      guard names.sorted() == expected else {
        let detail = "a registration holds claim.json and protocol.json only"
        return [
          CheckResult(
            .shape, .fail, reason: EvidenceError.Code.memberExtra.rawValue, detail: detail,
            object: link.commit.tree.hex, fault: .bytesChanged)
        ]
          + Self.skipped(
            [.manifest, .schema, .cross, .raw, .recompute], reason: "shape_failed", detail)
      }
      checks.append(CheckResult(.shape, .pass, detail: "claim and protocol only"))
      checks += Self.skipped([.manifest], reason: "registration", "a registration has no manifest")
      let claim = try Claim.decode(
        try memberBytes(expected[0], tree: link.commit.tree, in: store.objects))
      let plan = try EvaluationProtocol.decode(
        try memberBytes(expected[1], tree: link.commit.tree, in: store.objects))
      checks.append(CheckResult(.schema, .pass, detail: "claim and protocol are valid"))
      checks.append(
        plan.claimID == claim.id
          ? CheckResult(.cross, .pass, detail: "the protocol is for this claim")
          : CheckResult(
            .cross, .fail, reason: EvidenceError.Code.digestMismatch.rawValue,
            detail: "the protocol names claim \(plan.claimID), not \(claim.id)",
            path: expected[1], fault: .bytesChanged))
    } catch let failure as any Failure {
      checks.append(
        CheckResult(
          .schema, .fail, reason: failure.reason, detail: failure.message, path: failure.place,
          fault: .bytesChanged))
      checks += Self.skipped([.cross], reason: "schema_failed", "the members are not valid")
    } catch {
      checks += Self.skipped([.schema, .cross], reason: "unreadable", "\(error)")
    }
    return checks
      + Self.skipped([.raw, .recompute], reason: "registration", "there is no evidence yet")
  }

  private func deleted(_ slug: String, _ ref: RefName) -> TargetReport {
    let objection = (try? TipMemory(store: store).objection(to: nil, of: ref)) ?? nil
    let detail = objection?.message ?? "the claim is gone"
    let reason = (objection?.code ?? .refDeleted).rawValue
    var report = TargetReport(target: slug, commit: nil, checks: [], signer: nil)
    report.checks += Self.skipped(
      [.graph, .signature], reason: reason, "there is no commit")
    report.checks.append(
      CheckResult(
        .history, .fail, reason: reason, detail: detail, path: ref.text,
        fault: .historyRewritten))
    report.checks += Self.skipped(
      [.shape, .manifest, .schema, .cross, .raw, .recompute, .log, .attestation], reason: reason,
      "there is no package")
    return report
  }

  /// A verified tip is remembered, so that a step back is noticed from now on.
  ///
  /// - Returns: why it could not be.
  private func remember(
    _ link: ChainLink, _ slug: String, _ remembered: TipMemory.Snapshot
  ) throws -> String? {
    guard let ref = RefName.claim(slug), try store.objects.ref(ref) == link.id else { return nil }
    let memory = TipMemory(store: store)
    let seen = remembered.recollection(of: ref)
    if seen.note != nil || (seen.here?.commit == link.id && seen.there?.commit == link.id) {
      return nil
    }
    let count =
      try seen.known.flatMap { $0.commit == link.id ? $0.count : nil }
      ?? store.chain(from: link.id).count
    return memory.rememberIfPossible(ref, link.id, count: count, syncs: 3)
  }

  static func skipped(_ checks: [VerifyCheck], reason: String, _ detail: String) -> [CheckResult] {
    checks.map { CheckResult($0, .skipped, reason: reason, detail: detail) }
  }
}
