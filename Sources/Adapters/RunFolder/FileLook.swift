internal import Evidence
internal import Platform

/// What was seen of one file; nothing of its content is in here but counted and keyed things.
struct FileLook: Sendable {
  var kind = MaterialKind.unreadable
  var notes: [ImportNote] = []
  var findings: [SecretSearch.Finding] = []
  var candidate: Candidate?
  /// A JSON object with a rate or an average.
  var isAggregate = false
  /// A configuration that names a model, a policy or a benchmark.
  var namesSomething = false
  /// The file cannot be read, or what lies here stands for another.
  var isUnreadable = false
  /// It is JSON by name, and no JSON from its first row on.
  var isMalformed = false
  var hasChanged = false
  var hit: RunFolderLimits.Hit?
}

/// Looks at files one after the other; each thread has its own.
struct FileLooker {
  let limits: RunFolderLimits
  let detection: MaterialDetection
  let search: SecretSearch
  let context: CandidateContext
  let hashesRaw: Bool
  private let deadline: ImportDeadline
  private var cursor: FolderCursor
  private var hasher = FileHasher()

  static let headLength = 1 << 16

  init(
    _ root: ForeignFolder, options: RunFolderOptions, detection: MaterialDetection,
    search: SecretSearch, context: CandidateContext, deadline: ImportDeadline
  ) {
    limits = options.limits
    self.detection = detection
    self.search = search
    self.context = context
    hashesRaw = options.hashesRaw
    self.deadline = deadline
    cursor = FolderCursor(root)
  }

  mutating func look(at file: WalkedFile) -> FileLook {
    var look = FileLook()
    if deadline.hasPassed {
      look.hit = .time
      return look
    }
    let name = String(decoding: file.name, as: UTF8.self)
    look.findings = search.findings(inName: name)
    do throws(PlatformError) {
      let opened = try cursor.file(file.path)
      try read(opened, file, name.lowercased(), &look)
    } catch {
      if deadline.hasPassed { look.hit = .time }
      look.isUnreadable = true
      let word: NoteWord =
        switch error.code {
        case .fileNotFound: .vanished
        case .pathInvalid, .notRegularFile, .notDirectory: .changed
        default: .unreadableFile
        }
      look.notes.append(ImportNote(word, file.path))
    }
    return look
  }

  private mutating func read(
    _ opened: ForeignFile, _ file: WalkedFile, _ name: String, _ look: inout FileLook
  ) throws(PlatformError) {
    if !opened.status.isUnchanged(since: file.status) { look.hasChanged = true }
    var bytes: [UInt8] = []
    try opened.read(into: &bytes, upTo: Self.headLength)
    let found = detection.kind(of: file, head: bytes[...])
    look.kind = found.kind
    if found.isMismatch { look.notes.append(ImportNote(.extensionMismatch, file.path)) }
    if found.kind == .lfsPointer {
      look.isUnreadable = true
      look.notes.append(ImportNote(.lfsPointer, file.path))
    }
    let isBinary =
      found.kind.hasMagic || found.kind.group == .binary || bytes.prefix(8192).contains(0)
    let size = opened.status.size
    let isJSON = found.kind == .json
    let wanted =
      isBinary ? (size <= limits.scannedBinaryBytes ? size : 0) : min(size, limits.scannedBytes)
    if wanted > bytes.count { try opened.read(into: &bytes, upTo: wanted) }
    if wanted < size, !isJSON { look.notes.append(ImportNote(.scanLimit, file.path)) }
    if wanted > 0 || bytes.count == size {
      look.findings += search.findings(in: bytes, content(name, isBinary: isBinary))
    }
    if isJSON { try readJSON(opened, file, bytes, &look) }
    FileRemarks(file: file, name: name, kind: look.kind).add(to: &look, from: bytes)
    if hashesRaw, look.kind.group == .narrative || look.kind.group == .binary {
      look.notes.append(ImportNote(.rawDigest, file.path, try digest(of: opened)))
    }
    if !look.findings.isEmpty { wipe(&bytes) }
    if !(try opened.currentStatus()).isUnchanged(since: opened.status) { look.hasChanged = true }
    if look.hasChanged { look.notes.append(ImportNote(.changed, file.path)) }
  }

  private func content(_ name: String, isBinary: Bool) -> SecretSearch.Content {
    if isBinary { return .binary }
    var content: SecretSearch.Content = []
    if name.hasSuffix(".json") || name.hasSuffix(".jsonl") || name.hasSuffix(".ipynb") {
      content.insert(.json)
    }
    if name == ".env" || name.hasPrefix(".env.") || name.hasSuffix(".env") {
      content.insert(.environment)
    }
    if name == ".netrc" || name == "_netrc" { content.insert(.netrc) }
    return content
  }

  // MARK: - Rows

  private mutating func readJSON(
    _ opened: ForeignFile, _ file: WalkedFile, _ bytes: [UInt8], _ look: inout FileLook
  ) throws(PlatformError) {
    if opened.status.size > limits.candidateBytes {
      look.hit = .candidateBytes
      return
    }
    let isLines =
      file.path.suffix(1).elementsEqual("l".utf8)
      || String(decoding: file.name, as: UTF8.self).lowercased().hasSuffix(".jsonl")
    let probe: RowProbe
    let digest: String
    if bytes.count == opened.status.size {
      probe = unsafe bytes.withUnsafeBytes { memory in
        // Safe because the array outlives the closure.
        RowProbing.probe(unsafe SourceBytes(memory), isLines: isLines, limits: limits)
      }
      digest = probe.rows.rows.isEmpty ? "" : Digest.text(of: bytes)
    } else {
      let deadline = deadline
      let copy = try opened.copy { !deadline.hasPassed }
      probe = unsafe copy.withBytes { memory in
        // Safe because the copy outlives the closure.
        RowProbing.probe(unsafe SourceBytes(memory), isLines: isLines, limits: limits)
      }
      digest = try self.digest(of: opened)
      look.findings += try searchRest(opened, known: look.findings)
    }
    try judge(probe, digest, opened, file, &look)
  }

  private mutating func digest(of file: ForeignFile) throws(PlatformError) -> String {
    let deadline = deadline
    if let found = try hasher.digest(of: file, goOn: { _ in !deadline.hasPassed }) {
      return found.text
    }
    throw PlatformError(.ioFailed, place: nil, message: "there was no time to hash this")
  }

  /// Secrets behind the part of a large candidate that was searched at once.
  private func searchRest(
    _ opened: ForeignFile, known: [SecretSearch.Finding]
  ) throws(PlatformError) -> [SecretSearch.Finding] {
    var seen = Set(known.map { $0.kind + $0.keyedDigest })
    var found: [SecretSearch.Finding] = []
    var piece: [UInt8] = []
    // A secret on a border lies whole in one of two pieces that overlap.
    let overlap = 1 << 16
    var place = max(0, limits.scannedBytes - overlap)
    while place < opened.status.size, !deadline.hasPassed {
      try opened.read(into: &piece, from: place, upTo: 32 << 20)
      if piece.count <= overlap, place > 0, place + piece.count < opened.status.size { break }
      for finding in search.findings(in: piece, .json)
      where seen.insert(finding.kind + finding.keyedDigest).inserted {
        found.append(finding.withoutLine)
      }
      if place + piece.count >= opened.status.size { break }
      place += piece.count - overlap
    }
    if !found.isEmpty { wipe(&piece) }
    return found
  }

  private mutating func judge(
    _ probe: RowProbe, _ digest: String, _ opened: ForeignFile, _ file: WalkedFile,
    _ look: inout FileLook
  ) throws(PlatformError) {
    look.notes += probe.notes.map { ImportNote($0, file.path) }
    look.isAggregate = probe.isAggregate
    if probe.rows.rows.isEmpty {
      return remarkRowless(probe, file, &look)
    }
    if probe.rows.rows.count > limits.rows {
      look.hit = .rows
      return
    }
    let judged = try CandidateJudging(context: context, file: file).judge(
      probe, digest: digest, opened: opened, contract: contract(beside: file.path))
    look.kind = judged.kind
    look.notes += judged.notes
    look.candidate = judged.candidate
    look.candidate?.hasSecret = !look.findings.isEmpty
  }

  private func remarkRowless(_ probe: RowProbe, _ file: WalkedFile, _ look: inout FileLook) {
    if let fault = probe.fault {
      look.isMalformed = true
      look.notes.append(ImportNote(.jsonMalformed, file.path, "\(fault.word), \(fault.place)"))
    }
    let parts = file.path.split(separator: 0x2F)
    let name = String(decoding: file.name, as: UTF8.self).lowercased()
    if let simulated = MaterialNames.isSimulated(parts, name: name) { look.kind = simulated }
    if name.contains("config"), !probe.namesSomething.isEmpty {
      look.namesSomething = true
      look.notes.append(
        ImportNote(.configNames, file.path, probe.namesSomething.joined(separator: ", ")))
    }
  }

  /// `metric_contract.json` in the same folder.
  private mutating func contract(beside path: [UInt8]) -> RowContract? {
    var bytes: [UInt8] = []
    do throws(PlatformError) {
      let file = try cursor.folder(of: path).file(Array("metric_contract.json".utf8))
      guard file.status.size < 1 << 20 else { return nil }
      try file.read(into: &bytes, upTo: 1 << 20)
    } catch {
      return nil
    }
    return RowContract(fileBytes: bytes)
  }
}

extension FileStatus {
  /// Whether size, time of change and identity are those of an earlier look.
  func isUnchanged(since other: FileStatus) -> Bool {
    size == other.size && modified == other.modified
      && modifiedNanoseconds == other.modifiedNanoseconds && isSameFile(as: other)
  }
}
