public import Platform

/// One thing that is wrong with a store.
public struct FsckFinding: Sendable, Equatable, CustomStringConvertible {
  /// The reason and what to say about it.
  public let error: ObjectError
  /// By which way the object is reached, `REF:path` or `REF~N`; nil where none was found.
  public let reachedBy: String?
  /// The file that holds the damage, below the store's folder; nil where it is in none.
  public var file: String? = nil
  /// Where in that file the object begins.
  public var offset: Int? = nil

  public var reason: String { error.reason }
  public var object: ObjectID? { error.object }
  public var place: String? { reachedBy ?? error.place }
  public var detail: String { error.message }
  public var description: String {
    var text = "\(place ?? ""): \(detail)"
    if let file, place != file {
      text += ", in \(file)" + (offset.map { " at offset \($0)" } ?? "")
    }
    return text + " [\(reason)]"
  }
}

/// What a full check of a store saw.
public struct FsckReport: Sendable, Equatable {
  /// In order of cause: the first one is what to repair first.
  public internal(set) var findings: [FsckFinding] = []
  /// Objects read and hashed.
  public internal(set) var objects = 0
  public internal(set) var packs = 0
  public internal(set) var refs = 0
  /// What a repair did before this check.
  public internal(set) var repairs: [RepairAction] = []

  public var isSound: Bool { findings.isEmpty }
}

extension ObjectStore {
  /// Checks a whole store: repository, refs, packs, objects, trees, commits, what reaches what.
  ///
  /// Goes on after every finding but an unreadable repository. Works on what `open` refuses.
  public static func fsck(at path: String, system: FileSystem) -> FsckReport {
    // What is wrong with packs that are joined meanwhile may be right in the new one.
    var attempts = 0
    while true {
      let store = ObjectStore(path: Path.normalise(path), system: system)
      let before = (try? store.packStems())?.whole
      var fsck = Fsck(store: store)
      fsck.run()
      attempts += 1
      let isSettled = (try? store.packStems())?.whole == before
      if fsck.report.isSound || isSettled || attempts == 5 { return fsck.report }
    }
  }

  /// As `fsck(at:system:)`, of this store.
  public func fsck() -> FsckReport { ObjectStore.fsck(at: path, system: system) }

  /// The quick part of fsck: what makes git see another history than the objects tell
  /// (shallow, grafts, replace refs, alternates), and the form of all refs.
  public func checkRepository() -> [FsckFinding] {
    var fsck = Fsck(store: self)
    if fsck.checkRepository() { fsck.checkRefForm() }
    return fsck.report.findings
  }
}

/// One run; its stages are in the order of SIGNING §10.
struct Fsck {
  let store: ObjectStore
  var report = FsckReport()
  var errors: [ObjectError] = []
  /// Refs whose form is good and what they hold.
  var refs: [Ref] = []
  var facts: [ObjectFact] = []
  var rowOf: [ObjectID: Int] = [:]
  /// Indices whose packs are not there.
  var orphans: [String] = []
  /// What is wrong inside objects whose bytes are right.
  var contentErrors: [(kind: ObjectKind, error: ObjectError)] = []

  init(store: ObjectStore) { self.store = store }

  mutating func run() {
    guard checkRepository() else { return }
    checkRefForm()
    checkPacks()
    checkLooseObjects()
    checkRefTargets()
    for kind in [ObjectKind.tree, .commit, .tag] {
      for row in contentErrors where row.kind == kind { note(row.error) }
    }
    checkLinks()
    noteOrphans()
    report.objects = facts.count
    report.refs = refs.count
    nameWays()
  }

  /// An index without its pack is nothing but garbage, unless objects are missing: then it is the cause.
  private mutating func noteOrphans() {
    let lacks = report.findings.contains {
      [.objectMissing, .refTargetMissing, .deltaBaseMissing].contains($0.error.code)
    }
    if !lacks { return }
    let causes = orphans.map { FsckFinding(error: Pack.gone($0 + ".pack"), reachedBy: nil) }
    report.findings.insert(contentsOf: causes, at: 0)
  }

  mutating func note(_ error: ObjectError, in file: String? = nil, at offset: Int? = nil) {
    var file = file
    // An error about a file says so itself.
    if file == nil, let place = error.place, place.hasPrefix(store.path + "/") {
      file = place.split(separator: ",").first.map(String.init)
    }
    let below = file.map {
      $0.hasPrefix(store.path + "/") ? String($0.dropFirst(store.path.utf8.count + 1)) : $0
    }
    report.findings.append(
      FsckFinding(error: error, reachedBy: nil, file: below, offset: offset))
  }

  /// Runs a step; what it throws is a finding.
  mutating func noting<R>(_ step: () throws(ObjectError) -> R) -> R? {
    do throws(ObjectError) { return try step() } catch {
      note(error)
      return nil
    }
  }

  // MARK: - Repository

  /// False where nothing further can be read.
  mutating func checkRepository() -> Bool {
    do throws(ObjectError) {
      try store.checkFormat()
    } catch {
      note(error)
      if error.code != .alternatesRefused { return false }
    }
    let oddities: [(String, ObjectError.Code, String)] = [
      ("shallow", .historyShallow, "the history is cut off here, and git takes it for whole"),
      ("info/grafts", .graftFile, "a file gives commits other parents than they name"),
    ]
    for (name, code, message) in oddities where store.system.exists(store.path + "/" + name) {
      note(ObjectError(code, place: name, message: message))
    }
    return true
  }

  // MARK: - Refs

  mutating func checkRefForm() {
    let store = store
    if let head = noting({ () throws(ObjectError) in try store.refFile(.head) }) {
      switch head {
      case nil:
        note(ObjectError(.refMalformed, place: "HEAD", message: "there is no HEAD"))
      case .id(let id): refs.append(Ref(name: .head, target: id))
      case .symbolic: break
      }
    }
    let packed = noting { () throws(ObjectError) in try store.packedRefs() }
    let targets = packed.map { packed in
      Dictionary(packed.rows.map { ($0.name, $0.target) }, uniquingKeysWith: { first, _ in first })
    }
    var names = Set((packed?.rows ?? []).map(\.name))
    for text in noting({ () throws(ObjectError) in try store.looseRefFiles() }) ?? [] {
      if let name = RefName(text) {
        names.insert(name)
      } else {
        note(
          ObjectError(.refMalformed, place: text, message: "this name cannot be that of a ref"))
      }
    }
    for name in names.sorted() {
      if name.text.hasPrefix("refs/replace/") {
        let object = name.dropping("refs/replace/").flatMap { ObjectID(hex: $0) }
        note(
          ObjectError(
            .replaceRef, object: object, place: name.text,
            message: "git reads another object in place of this one"))
      }
      checkForm(of: name, packed: targets)
    }
  }

  /// - Parameter packed: where packed refs lead; nil where they cannot be read.
  private mutating func checkForm(of name: RefName, packed: [RefName: ObjectID]?) {
    let store = store
    guard let file = noting({ () throws(ObjectError) in try store.refFile(name) }) else { return }
    let target: ObjectID?
    switch file {
    case .id(let id): target = id
    case nil:
      guard let packed else { return }
      target = packed[name]
    case .symbolic:
      if packed == nil { return }
      guard let found = noting({ () throws(ObjectError) in try store.ref(name) }) else { return }
      target = found
    }
    if let target {
      refs.append(Ref(name: name, target: target))
    } else {
      note(
        ObjectError(
          .refTargetMissing, place: name.text, message: "the ref names a ref that is not there"))
    }
  }

  mutating func checkRefTargets() {
    for ref in refs {
      guard let row = rowOf[ref.target] else {
        note(
          ObjectError(
            .refTargetMissing, object: ref.target, place: ref.name.text,
            message: "the object that the ref names is not in the store"))
        continue
      }
      if let error = objection(to: ref, facts[row]) { note(error) }
    }
  }

  private func objection(to ref: Ref, _ fact: ObjectFact) -> ObjectError? {
    var fact = fact
    if fact.kind == .tag, let name = ref.name.dropping("refs/tags/") {
      if let tag = try? store.tag(ref.target), tag.name != name {
        return ObjectError(
          .tagNameMismatch, object: ref.target, place: ref.name.text,
          message: "the tag object calls itself \(tag.name)")
      }
      for _ in 0..<16 where fact.kind == .tag {
        guard let next = fact.links.first, let row = rowOf[next.target] else { return nil }
        fact = facts[row]
      }
    }
    guard let kind = fact.kind, kind != .commit else { return nil }
    return ObjectError(
      .refTargetNotCommit, object: ref.target, place: ref.name.text,
      message: "the ref leads to a \(kind.rawValue), not to a commit")
  }
}
