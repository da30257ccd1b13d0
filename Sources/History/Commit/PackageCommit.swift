import Audit
public import Evidence
import JSON
import ObjectStore
import Platform

/// A package that is to become a version of its claim.
public struct CommitRequest: Sendable {
  public var members: PackageMembers
  /// The subject line; nil = plain words made from the package.
  public var subject: String?
  public var label: String?
  public var unsigned: Bool

  public init(members: PackageMembers, subject: String?, label: String?, unsigned: Bool) {
    self.members = members
    self.subject = subject
    self.label = label
    self.unsigned = unsigned
  }
}

extension EvidenceStore {
  /// Stores a package as the next version of its claim: checked, signed, durable.
  ///
  /// When this returns, the version survives power loss: its objects are one pack, synced before
  /// the ref moves. A kill at any instant leaves the old tip or the new one.
  ///
  /// - Throws: `package_invalid` with the first thing that a check found, `registration_differs`,
  ///   `tip_rolled_back` and its kin, `tip_moved`, `label_taken`, `no_signing_key`.
  public func commit(_ request: CommitRequest) throws -> CommittedVersion {
    let package = try ClaimedPackage(checking: request.members)
    guard let ref = RefName.claim(package.slug) else {
      throw HistoryError(.packageInvalid, place: package.slug, "this slug cannot name a ref")
    }
    let label = try request.label.map { try checkedLabel($0, slug: package.slug) }
    let subject = try request.subject.map { try CommitMessage.checkedSubject($0) }
    let memory = TipMemory(store: self)
    // Before the tip: in between, another process may move it and remember that.
    let seen = try memory.recollection(of: ref)
    let tip = try objects.ref(ref)
    if let objection = try memory.objection(to: tip, of: ref, seen) { throw objection }
    let registration = try registration(before: tip)
    if let registration { try package.compare(to: registration, in: self) }
    let count = try countCommits(before: tip, remembered: seen.known) + 1
    let committer = try Committer.make(store: self, unsigned: request.unsigned)

    let batch = try objects.beginBatch()
    var sink = BatchSink(batch: batch)
    let places = try tip.map { try chunkPlaces(of: $0) } ?? ChunkPlaces()
    let tree = try package.tree.write(to: &sink, after: places)
    let body = try committer.commit(
      tree: tree, parents: tip.map { [$0] } ?? [], message: package.message(subject: subject))
    let id = try batch.add(.commit, body)
    var tag: (RefName, ObjectID)?
    if let label {
      let name = label.text.dropFirst("refs/tags/".count)
      let text = try committer.tag(String(name), on: id, message: "\(request.label ?? "")\n")
      tag = (label, try batch.add(.tag, text))
    }
    let written = batch.count
    let log = try finish(batch, moving: ref, from: tip, to: id, label: tag)

    memory.rememberIfPossible(
      ref, id, count: count, log: log.checkpoint, syncs: label == nil ? log.syncsLeft : 0)
    return CommittedVersion(
      slug: package.slug, version: count - (registration == nil ? 0 : 1), commit: id, tree: tree,
      signedBy: committer.fingerprint, objectsWritten: written, label: request.label)
  }

  private func chunkPlaces(of tip: ObjectID) throws(ObjectError) -> ChunkPlaces {
    try ChunkPlaces(tree: try objects.commit(tip).tree, in: objects)
  }

  private func checkedLabel(_ label: String, slug: String) throws -> RefName {
    guard Label.isValid(label), let name = RefName.tag(slug, label) else {
      throw HistoryError(.labelInvalid, place: label, Label.rule)
    }
    if try objects.ref(name) != nil {
      throw HistoryError(
        .labelTaken, place: name.text, "another commit has this label already",
        hint: "labels do not move; choose another one")
    }
    return name
  }

  /// Commits from the root to the tip; read from the history only when it is not remembered.
  private func countCommits(before tip: ObjectID?, remembered: Tips.Tip?) throws -> Int {
    guard let tip else { return 0 }
    if let remembered, remembered.commit == tip { return remembered.count }
    return try chain(from: tip).count
  }
}

/// A whole package that passed its own checks, with what a commit says of it.
struct ClaimedPackage {
  let slug: String
  let tree: PackageTree
  private let members: PackageMembers
  private let claim: Claim
  private let evidence: JSONValue
  private let manifestDigest: String

  init(checking given: PackageMembers) throws {
    var members = given
    // An exported package carries its old proof along; a new version gets a new one.
    for name in members.extraNames where name.hasPrefix("proof/") { members.set(name, to: nil) }
    let checked = CheckedPackage(members, scope: .full)
    if let finding = checked.findings.first {
      throw HistoryError(
        .packageInvalid, place: "\(finding.place)",
        "the package fails its \(finding.check.rawValue) check: \(finding.detail) (\(finding.reason))",
        hint: "wf verify on the folder lists everything; wf audit makes a fresh package")
    }
    self.members = members
    claim = try Claim.decode(try members.bytes(.claim))
    evidence = try JSONValue.parse(try members.bytes(.evidence))
    manifestDigest = Digest.text(of: try members.bytes(.artifactManifest))
    slug = claim.slug
    // What is written is what was checked, though the folder's owner may change it in between.
    let manifest = try JSONValue.parse(try members.bytes(.artifactManifest))
    var digests = [MemberName.artifactManifest.rawValue: manifestDigest]
    for row in manifest["members"]?.array ?? [] {
      if let name = row["name"]?.string { digests[name] = row["digest"]?.string }
    }
    tree = PackageTree(
      members: members, names: members.names.filter { !$0.hasPrefix("raw/") }, digests: digests,
      rawBlobs: checked.rawObjects)
  }

  /// The fields in which the package's claim and protocol differ from the registered ones.
  func compare(to registration: ChainLink, in store: EvidenceStore) throws {
    for name in [MemberName.claim, .evaluationProtocol] {
      let registered = try memberBytes(
        name.rawValue, tree: registration.commit.tree, in: store.objects)
      let now = try members.bytes(name)
      if registered == now { continue }
      let fields = differingFields(
        try JSONValue.parse(registered), try JSONValue.parse(now), at: "")
      throw HistoryError(
        .registrationDiffers, place: name.rawValue,
        "this is not the registered one; it differs in "
          + (fields.isEmpty ? "its spelling" : fields.prefix(12).joined(separator: ", ")),
        hint: "audit with the registered files: wf show \(slug)@registration:\(name.rawValue)")
    }
  }

  func message(subject: String?) -> CommitMessage {
    let verdict = evidence["verdict"]?.string ?? "not_auditable"
    let primary = evidence["primary"]
    return CommitMessage(
      subject: subject
        ?? CommitMessage.packageSubject(
          claimSubject: claim.subject.id, verdict: verdict,
          succeeded: Int(primary?["k"]?.int ?? 0), counted: Int(primary?["n"]?.int ?? 0)),
      kind: .package, claim: slug, claimSubject: claim.subject.id, verdict: verdict,
      grade: evidence["grade"]?["letter"]?.string, manifest: manifestDigest)
  }
}

/// Dotted paths at which two documents differ, depth first; arrays are compared as wholes.
func differingFields(_ a: JSONValue, _ b: JSONValue, at path: String) -> [String] {
  guard a != b else { return [] }
  guard let x = a.object, let y = b.object else {
    return [path.isEmpty ? "the whole document" : path]
  }
  var fields: [String] = []
  var names: [String] = x.keys
  names.append(contentsOf: y.keys.filter { x[$0] == nil })
  for name in names {
    let inner = path.isEmpty ? name : "\(path).\(name)"
    switch (x[name], y[name]) {
    case (let old?, let new?): fields += differingFields(old, new, at: inner)
    default: fields.append(inner)
    }
  }
  return fields
}
