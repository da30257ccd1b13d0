public import Evidence
public import Platform

/// A run folder that was looked at: what was decided, the private report, and the run if it was accepted.
public struct RunFolderImport: Sendable {
  public let decision: ImportDecision
  public var report: ImportReport
  /// The accepted candidate, read; nil unless the decision is `accept`.
  public let run: SavedRun?
  /// Row candidates that a person did not choose; nil where nobody had to.
  public let passedOver: Int?
}

/// The parts of the world that an import depends on.
public struct ImportSurroundings: Sendable {
  /// Unix seconds, to tell a file that is being written from one that is at rest.
  public var now: Int64
  /// Time since the import began.
  public var elapsed: @Sendable () -> Duration
  /// The key of the digests in this report.
  public var reportKey: [UInt8]
  /// An id of the prefix `imp`.
  public var reportID: String
  public var toolVersion: String

  public init(
    now: Int64, elapsed: @escaping @Sendable () -> Duration, reportKey: [UInt8],
    reportID: String, toolVersion: String
  ) {
    self.now = now
    self.elapsed = elapsed
    self.reportKey = reportKey
    self.reportID = reportID
    self.toolVersion = toolVersion
  }
}

/// Looks at a run folder without changing anything in it (IMPORT.md).
///
/// - Parameters:
///   - folder: may be reached by links; below it none is followed.
///   - claim: with `plan`, what a candidate is judged against; nil gives a report only.
///   - progress: told now and then how many files are done.
public func importRunFolder(
  _ folder: String, claim: Claim?, plan: EvaluationProtocol?, options: RunFolderOptions,
  surroundings: ImportSurroundings, files: FileSystem, progress: (Int, Int) -> Void = { _, _ in }
) throws(RunFolderError) -> RunFolderImport {
  var importer = try RunFolderImporter(
    folder, claim: claim, plan: plan, options: options, surroundings: surroundings, files: files)
  return try importer.run(progress)
}

struct RunFolderImporter {
  let root: ForeignFolder
  let rootPath: String
  let walk: FolderWalk
  let options: RunFolderOptions
  let context: CandidateContext
  let surroundings: ImportSurroundings
  private let deadline: ImportDeadline
  private(set) var looks: [FileLook] = []
  private(set) var findings = ImportFindings()
  private(set) var notes: [ImportNote]
  /// Secrets in the names of folders and of what is not read; those of files belong to their looks.
  private(set) var nameFindings: [(path: [UInt8], finding: SecretSearch.Finding)] = []
  private var candidateRows = 0

  init(
    _ folder: String, claim: Claim?, plan: EvaluationProtocol?, options: RunFolderOptions,
    surroundings: ImportSurroundings, files: FileSystem
  ) throws(RunFolderError) {
    var contract: RowContract?
    if let bytes = options.contract {
      contract = RowContract(fileBytes: bytes)
      if contract == nil {
        throw RunFolderError(
          .contractInvalid, place: "--custom-eval-contract",
          "this contract has no name and success_rule",
          hint: #"{"name": "…", "kind": "binary_success", "success_rule": "…"}"#)
      }
    }
    context = CandidateContext(claim: claim, plan: plan, contract: contract)
    self.options = options
    self.surroundings = surroundings
    deadline = ImportDeadline(
      elapsed: surroundings.elapsed, seconds: options.limits.seconds)
    do throws(PlatformError) {
      root = try ForeignFolder(folder, system: files)
      rootPath = try root.absolutePath()
      walk = try FolderWalk(
        root, mounts: MountPoints(below: rootPath, files: files), options: options,
        deadline: deadline)
    } catch {
      throw RunFolderError(
        .folderUnreadable, place: folder, error.message, hint: "give a folder that you may read")
    }
    notes = walk.notes
  }

  mutating func run(_ progress: (Int, Int) -> Void) throws(RunFolderError) -> RunFolderImport {
    findings.isEmpty = walk.entries == 0
    findings.hit = walk.hit
    addLinks()
    if findings.hit == nil {
      searchNames()
      look(progress)
      collect()
      lookAgain()
    }
    try choose()
    var decision = findings.decide()
    var run: SavedRun?
    if let selected = decision.selected {
      run = read(selected.candidate)
      if run == nil {
        // What was read a moment ago is not there any more.
        findings.hasChanged = true
        notes.append(ImportNote(.changed, selected.candidate.path))
        decision = findings.decide()
      }
    }
    let report = ReportBuilder(importer: self, decision: decision).report()
    return RunFolderImport(
      decision: decision, report: report, run: run,
      passedOver: findings.chosen == nil ? nil : findings.candidates.count - 1)
  }

  // MARK: - Steps

  private mutating func addLinks() {
    // Most folders hold no link, and a table of all names costs time.
    if !walk.links.isEmpty { addTargets() }
    for path in walk.links.map(\.path) + walk.special where isResult(path) {
      findings.hasUnreadableResult = true
    }
  }

  private mutating func addTargets() {
    let targets = LinkTargets(walk, root: rootPath)
    for link in walk.links {
      notes.append(
        ImportNote(.symlinkNotFollowed, link.path, targets.target(of: link).rawValue))
    }
  }

  private mutating func searchNames() {
    let search = SecretSearch(key: surroundings.reportKey)
    let others = Array(walk.folders) + walk.links.map(\.path) + walk.special
    for path in others.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      let name = Path.lastComponent(String(decoding: path, as: UTF8.self))
      nameFindings += search.findings(inName: name).map { (path, $0) }
    }
    if !nameFindings.isEmpty { findings.hasSecretElsewhere = true }
  }

  private func isResult(_ path: [UInt8]) -> Bool {
    MaterialNames.isResult(
      Path.lastComponent(String(decoding: path, as: UTF8.self)).lowercased())
  }

  /// Files are looked at by two threads in pieces; what they saw is joined in the order of paths.
  private mutating func look(_ progress: (Int, Int) -> Void) {
    let detection = MaterialDetection(names: MaterialNames(datasetFolders: datasetFolders()))
    let search = SecretSearch(key: surroundings.reportKey)
    let files = walk.files
    let (root, options, context, deadline) = (root, options, context, deadline)
    looks.reserveCapacity(files.count)
    while looks.count < files.count {
      let pieces = LookingRound.pieces(of: files, from: looks.count)
      let seen = concurrentMap(pieces, threads: min(2, processorCount())) { piece in
        var looker = FileLooker(
          root, options: options, detection: detection, search: search, context: context,
          deadline: deadline)
        return files[piece].map { looker.look(at: $0) }
      }
      seen.joined().forEach { take($0) }
      if findings.hit != nil { return }
      progress(looks.count, files.count)
    }
  }

  private mutating func take(_ look: FileLook) {
    looks.append(look)
    if let candidate = look.candidate {
      findings.candidates.append(candidate)
      candidateRows += candidate.rows
    }
    if findings.hit != nil { return }
    findings.hit = look.hit
    if findings.candidates.count > options.limits.candidates { findings.hit = .candidates }
    if candidateRows > options.limits.rows { findings.hit = .rows }
  }

  /// Folders with a `meta/info.json` that names a dataset's version.
  private func datasetFolders() -> [(path: [UInt8], kind: MaterialKind)] {
    var cursor = FolderCursor(root)
    var folders: [(path: [UInt8], kind: MaterialKind)] = []
    for file in walk.files {
      guard file.path.suffix(14).elementsEqual("meta/info.json".utf8),
        file.path.count == 14 || file.path[file.path.count - 15] == 0x2F
      else { continue }
      var bytes: [UInt8] = []
      guard let opened = try? cursor.file(file.path),
        (try? opened.read(into: &bytes, upTo: 1 << 20)) != nil,
        let kind = DatasetVersion.kind(bytes)
      else { continue }
      folders.append((Array(file.path.dropLast(14)), kind))
    }
    return folders
  }

  private mutating func collect() {
    for (file, look) in zip(walk.files, looks) {
      notes += look.notes
      findings.filesByGroup[look.kind.group, default: 0] += 1
      findings.bytesByGroup[look.kind.group] = ImportFindings.sum(
        findings.bytesByGroup[look.kind.group, default: 0], file.status.size)
      if look.isAggregate, look.candidate == nil, look.kind.group == .json {
        findings.hasAggregate = true
      }
      if look.namesSomething { findings.namesSomething = true }
      if look.isUnreadable, isResult(file.path) { findings.hasUnreadableResult = true }
      if look.isMalformed, isResult(file.path) { findings.hasMalformedResult = true }
      if !look.findings.isEmpty, look.candidate == nil { findings.hasSecretElsewhere = true }
      if look.hasChanged, look.candidate != nil { findings.hasChanged = true }
    }
  }

  /// Candidates must lie as they did when they were read.
  private mutating func lookAgain() {
    var cursor = FolderCursor(root)
    var hasher = FileHasher()
    for candidate in findings.candidates where findings.hit == nil {
      let isAtRest = candidate.status.modified < surroundings.now - 2
      guard let file = try? cursor.file(candidate.path),
        file.status.isUnchanged(since: candidate.status),
        isAtRest || digest(of: file, &hasher) == candidate.digest
      else {
        if deadline.hasPassed {
          findings.hit = .time
          return
        }
        findings.hasChanged = true
        notes.append(ImportNote(.changed, candidate.path))
        continue
      }
    }
  }

  private func digest(of file: ForeignFile, _ hasher: inout FileHasher) -> String? {
    let deadline = deadline
    return try? hasher.digest(of: file) { _ in !deadline.hasPassed }?.text
  }

  private mutating func choose() throws(RunFolderError) {
    guard let wanted = options.candidate, findings.hit == nil else { return }
    let path = Array(Path.normalise(wanted).utf8)
    guard findings.candidates.contains(where: { $0.path == path }) else {
      throw RunFolderError(
        .candidateNotFound, place: "--candidate",
        "there are \(findings.candidates.count) row candidates, and none with this path",
        hint: "take a path from the report without --candidate")
    }
    findings.chosen = path
  }

  /// Reads the selected candidate as a run; nil when it is not what it was.
  private func read(_ candidate: Candidate) -> SavedRun? {
    var cursor = FolderCursor(root)
    guard let plan = context.plan, let opened = try? cursor.file(candidate.path),
      let copy = try? opened.copy()
    else { return nil }
    let source = SourceFile(
      copied: copy, relativePath: String(decoding: candidate.path, as: UTF8.self))
    return SelectedCandidate(
      candidate: candidate, source: source, plan: plan,
      contract: context.contract ?? contract(beside: candidate.path, &cursor),
      limits: options.limits
    ).run()
  }

  private func contract(beside path: [UInt8], _ cursor: inout FolderCursor) -> RowContract? {
    var bytes: [UInt8] = []
    guard let folder = try? cursor.folder(of: path),
      let file = try? folder.file(Array("metric_contract.json".utf8)),
      (try? file.read(into: &bytes, upTo: 1 << 20)) != nil
    else { return nil }
    return RowContract(fileBytes: bytes)
  }
}
