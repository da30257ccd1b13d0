internal import Platform

/// What fsck keeps of an object: enough to check what reaches what.
struct ObjectFact: Sendable {
  let id: ObjectID
  /// Nil where the bytes could not be read or are wrong.
  let kind: ObjectKind?
  let links: [ObjectLink]
}

/// What one piece of work brought back.
private struct Findings: Sendable {
  /// An error and where its bytes lie.
  struct Located: Sendable {
    let error: ObjectError
    let file: String
    let offset: Int?
  }

  var facts: [ObjectFact] = []
  /// Wrong bytes, in the order of the work.
  var errors: [Located] = []
  /// Right bytes with a wrong content.
  var contentErrors: [(kind: ObjectKind, error: ObjectError)] = []
  /// Of less weight: said only where nothing else is wrong with the pack.
  var remarks: [Located] = []

  /// Hashes and parses one object.
  mutating func take(_ object: RawObject, id: ObjectID, in file: String, at offset: Int?) {
    if ObjectID.of(object.kind, object.bytes) != id {
      errors.append(Located(error: wrongHash(id), file: file, offset: offset))
      facts.append(ObjectFact(id: id, kind: nil, links: []))
      return
    }
    var links: [ObjectLink] = []
    do throws(ObjectError) {
      links = try object.links(id: id)
    } catch {
      contentErrors.append((object.kind, error))
    }
    facts.append(ObjectFact(id: id, kind: object.kind, links: links))
  }

  mutating func fail(_ error: ObjectError, id: ObjectID, in file: String, at offset: Int?) {
    let error = error.object == nil ? error.at(error.place ?? id.hex, object: id) : error
    errors.append(Located(error: error, file: file, offset: offset))
    facts.append(ObjectFact(id: id, kind: nil, links: []))
  }
}

/// The rows of an index in the order of the pack.
private struct PackRow: Sendable {
  let position: Int
  let start: Int
  /// Where the next object, or the trailer, begins.
  let end: Int
}

private enum PackWork: Sendable {
  case wholeChecksum
  case objects([PackRow])
}

extension Fsck {
  // MARK: - Packs

  mutating func checkPacks() {
    let store = store
    let found = noting { () throws(ObjectError) in try store.packStems() }
    orphans = found?.orphans ?? []
    for stem in found?.whole ?? [] {
      report.packs += 1
      guard
        let pack = noting({ () throws(ObjectError) in try Pack(stem: stem, system: store.system) })
      else { continue }
      if noting({ () throws(ObjectError) in try pack.index.checkWhole() }) == nil { continue }
      guard let file = noting({ () throws(ObjectError) in try pack.data() }) else { continue }
      check(pack, file)
    }
  }

  private mutating func check(_ pack: Pack, _ file: MappedFile) {
    file.adviseSequential()
    let rows = rows(of: pack, file)
    let size = max(64, rows.count / 16)
    var work: [PackWork] = [.wholeChecksum]
    for start in stride(from: 0, to: rows.count, by: size) {
      work.append(.objects(Array(rows[start..<min(start + size, rows.count)])))
    }
    let before = report.findings.count
    let worker = FsckWorker(store: store)
    var remarks: [Findings.Located] = []
    for part in concurrentMap(work, { worker.run($0, pack, file) }) {
      take(part)
      remarks += part.remarks
    }
    if report.findings.count == before {
      for remark in remarks { note(remark.error, in: remark.file, at: remark.offset) }
    }
  }

  private mutating func rows(of pack: Pack, _ file: MappedFile) -> [PackRow] {
    var starts: [(start: Int, position: Int)] = []
    starts.reserveCapacity(pack.index.count)
    for position in 0..<pack.index.count {
      if let start = noting({ () throws(ObjectError) in try pack.offset(at: position) }) {
        starts.append((start, position))
      } else {
        add(ObjectFact(id: pack.index.id(position), kind: nil, links: []))
      }
    }
    starts.sort { $0.start < $1.start }
    return starts.indices.map { index in
      let next = index + 1 < starts.count ? starts[index + 1].start : file.count - Pack.trailerSize
      return PackRow(position: starts[index].position, start: starts[index].start, end: next)
    }
  }

  // MARK: - Loose objects

  mutating func checkLooseObjects() {
    let store = store
    var ids: [ObjectID] = []
    for folder in noting({ () throws(ObjectError) in try store.looseFolders() }) ?? [] {
      ids += noting { () throws(ObjectError) in try store.looseObjects(in: folder) } ?? []
    }
    let size = max(16, ids.count / 16)
    let parts = stride(from: 0, to: ids.count, by: size).map { ids[$0..<min($0 + size, ids.count)] }
    let worker = FsckWorker(store: store)
    for part in concurrentMap(parts, { worker.looseObjects($0) }) { take(part) }
  }

  private mutating func take(_ findings: Findings) {
    for row in findings.errors { note(row.error, in: row.file, at: row.offset) }
    contentErrors += findings.contentErrors
    for fact in findings.facts { add(fact) }
  }

  /// The first good copy of an object counts; each bad one has its own finding.
  private mutating func add(_ fact: ObjectFact) {
    if let row = rowOf[fact.id] {
      if facts[row].kind == nil { facts[row] = fact }
      return
    }
    rowOf[fact.id] = facts.count
    facts.append(fact)
  }
}

/// What runs on several threads: it reads the store and brings findings back.
private struct FsckWorker: Sendable {
  let store: ObjectStore

  func run(_ work: PackWork, _ pack: Pack, _ file: MappedFile) -> Findings {
    switch work {
    case .wholeChecksum: checksum(pack, file)
    case .objects(let rows): objects(rows, pack, file)
    }
  }

  private func checksum(_ pack: Pack, _ file: MappedFile) -> Findings {
    var findings = Findings()
    let cut = file.count - Pack.trailerSize
    let (stated, actual) = unsafe file.withBytes { raw in
      var hash = ObjectHash()
      unsafe hash.update(UnsafeRawBufferPointer(rebasing: raw.prefix(cut)))
      return unsafe (ObjectID(loading: raw, at: cut), hash.finish())
    }
    if stated != actual || stated != pack.index.packChecksum {
      let why = stated != actual ? "its own checksum" : "the checksum in its index"
      let error = ObjectError(
        .packChecksumMismatch, place: pack.path, message: "the pack does not match \(why)")
      findings.errors.append(Findings.Located(error: error, file: pack.path, offset: nil))
    }
    return findings
  }

  private func objects(_ rows: [PackRow], _ pack: Pack, _ file: MappedFile) -> Findings {
    let decoder = store.takeDecoder()
    defer { store.giveBack(decoder) }
    var findings = Findings()
    findings.facts.reserveCapacity(rows.count)
    for row in rows {
      let id = pack.index.id(row.position)
      do throws(ObjectError) {
        let object = try decoder.object(
          in: pack, at: row.start, id: id, limit: ObjectStore.defaultLimit)
        if let end = decoder.lastEnd, end != row.end {
          let error = ObjectError(
            .packMalformed, object: id, place: pack.path,
            message: "there are bytes between the objects of the pack")
          findings.remarks.append(
            Findings.Located(error: error, file: pack.path, offset: row.start))
        }
        findings.take(object, id: id, in: pack.path, at: row.start)
      } catch {
        findings.fail(error, id: id, in: pack.path, at: row.start)
      }
      let sum = unsafe file.withBytes { raw in
        unsafe checksum32(
          UnsafeRawBufferPointer(rebasing: raw[row.start..<max(row.start, row.end)]))
      }
      if sum != pack.index.checksum(row.position) {
        let error = ObjectError(
          .idxMalformed, object: id, place: pack.index.path,
          message: "the pack index has a wrong CRC-32 for an object")
        findings.remarks.append(
          Findings.Located(error: error, file: pack.index.path, offset: nil))
      }
    }
    return findings
  }

  func looseObjects(_ ids: ArraySlice<ObjectID>) -> Findings {
    var findings = Findings()
    let inflater = Inflater()
    for id in ids {
      let file = store.objectFolder + "/" + LooseObject.path(id)
      do throws(ObjectError) {
        let bytes = try wrapping { () throws(PlatformError) in try store.system.read(file) }
        let object = try LooseObject.decode(
          bytes, id: id, limit: ObjectStore.defaultLimit, with: inflater)
        findings.take(object, id: id, in: file, at: nil)
      } catch {
        findings.fail(error, id: id, in: file, at: nil)
      }
    }
    return findings
  }
}
