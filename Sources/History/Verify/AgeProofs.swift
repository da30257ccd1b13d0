import ObjectStore
public import Platform
public import Signing
public import TransparencyLog

/// Whose word it is that a commit was there at a time (SIGNING §9).
public enum TimeSource: String, Sendable {
  /// The signer's own.
  case claimed
  /// The user's own memory of what was verified here.
  case firstSeen = "first_seen"
  /// A log that this machine saw, that witnesses cosigned, or that a trusted root names.
  case log
  /// An RFC 3161 time stamp of a trusted authority.
  case timestamp
}

/// What shows, without the signer's word, that a commit was there.
public struct AgeProof: Sendable, Equatable {
  /// Unix seconds at which it was there.
  public let seconds: Int64
  public let source: TimeSource
  /// A sentence without its time: who shows it, and how.
  public let words: String

  public init(seconds: Int64, source: TimeSource, words: String) {
    self.seconds = seconds
    self.source = source
    self.words = words
  }
}

/// The wish to believe a key that was revoked later, for what is proven to be older than that.
public struct SignedBeforeRevocation: Sendable {
  /// Unix seconds; what is to be believed has to be shown at an earlier time.
  public let moment: Int64
  /// What the user's own folder remembers, of all stores: an id says which bytes it is about.
  ///
  /// A store's own memory is not among it, since whoever can write there can date it back.
  let sightings: [Sighting]
  /// Checkpoints that witnesses cosigned, from another channel.
  let checkpoints: [SignedNote]
  let witnesses: WitnessPolicy
  /// Unix seconds; witnesses cannot have signed later.
  let now: Int64
  /// Memories that could not be read, which prove nothing.
  let remarks: [String]
  /// What the bundle beside a package shows of its commit, where a policy accepts it.
  public var bundleProof: (@Sendable (BundledPackage) -> AgeProof?)?

  /// - Parameter user: whose memory of tips counts.
  public init(
    moment: Int64, user: KeyFolder, files: FileSystem, checkpoints: [SignedNote] = [],
    witnesses: WitnessPolicy = .none, now: Int64
  ) throws {
    self.moment = moment
    self.checkpoints = checkpoints
    self.witnesses = witnesses
    self.now = now
    var sightings: [Sighting] = []
    var remarks: [String] = []
    for memory in try TipMemory.copies(of: user, files: files) {
      do throws(ObjectError) {
        sightings += try memory.sightings()
      } catch {
        remarks.append("\(memory.path) cannot be read (\(error.reason))")
      }
    }
    self.sightings = sightings
    self.remarks = remarks
  }
}

/// The earliest proof of age of each commit, as far as it is known.
struct AgeProofs: Sendable {
  let asked: SignedBeforeRevocation
  private var known: [ObjectID: AgeProof] = [:]
  /// Why something that was given proves nothing.
  private(set) var remarks: [String]

  /// - Parameters:
  ///   - store: where commits are looked for that come before those known; nil: nowhere.
  ///   - logs: checked, of known keys.
  /// - Throws: where a checkpoint given shows that a log was rewritten: `log_fork`, `log_rollback`.
  init(
    _ asked: SignedBeforeRevocation, store: EvidenceStore? = nil, logs: [CheckedLog] = []
  ) throws {
    self.asked = asked
    remarks = asked.remarks
    var proofs: [(commit: ObjectID, proof: AgeProof)] = asked.sightings.compactMap { sighting in
      guard case .commit(let id) = sighting.thing else { return nil }
      return (
        id,
        AgeProof(
          seconds: sighting.seconds, source: .firstSeen, words: "your own memory of tips has it")
      )
    }
    for log in logs { proofs += try Self.proofs(by: log, asked, store) }
    addRemarks(on: logs)
    proofs.sort { $0.proof.seconds < $1.proof.seconds }
    for (commit, proof) in proofs { note(proof, of: commit, in: store) }
  }

  /// The earliest proof that there is.
  func proof(of commit: ObjectID, besides other: AgeProof? = nil) -> AgeProof? {
    [known[commit], other].compactMap { $0 }.min { $0.seconds < $1.seconds }
  }

  /// A commit names what comes before it by hash, so that all of that was there as well.
  ///
  /// Earlier proofs come first, so that what has one needs no other.
  private mutating func note(_ proof: AgeProof, of commit: ObjectID, in store: EvidenceStore?) {
    var next = [commit]
    while let id = next.popLast() {
      if known[id] != nil { continue }
      known[id] = proof
      // Reading checks the hash; what is not here or not good leads no further.
      if let store, store.objects.contains(id), let link = try? store.link(id) {
        next += link.commit.parents
      }
    }
  }

  /// What was seen of a log, by this machine or by enough witnesses, dates all entries below.
  private static func proofs(
    by log: CheckedLog, _ asked: SignedBeforeRevocation, _ store: EvidenceStore?
  ) throws -> [(commit: ObjectID, proof: AgeProof)] {
    var points: [(size: Int64, proof: AgeProof)] = []
    for sighting in asked.sightings {
      guard case .checkpoint(log.checkpoint.origin, let size, let root) = sighting.thing,
        size > 0, let root = Hex.decode(root).flatMap({ TreeHash($0) }),
        try log.contains(Checkpoint(origin: log.checkpoint.origin, size: size, root: root))
      else { continue }
      points.append(
        (
          size,
          AgeProof(
            seconds: sighting.seconds, source: .log,
            words: "this machine saw a log of tips that has it")
        ))
    }
    for note in asked.checkpoints {
      guard let seconds = asked.time(of: note),
        note.signatures.contains(where: { $0.name == log.key.name })
      else { continue }
      let seen = try log.continues(note, keepingForkFor: store)
      points.append(
        (
          seen.size,
          AgeProof(
            seconds: seconds, source: .log, words: "witnesses cosigned a log of tips that has it")
        ))
    }
    points.sort { $0.size < $1.size }
    var earliest: AgeProof?
    var proofs: [(commit: ObjectID, proof: AgeProof)] = []
    for (index, entry) in log.entries.enumerated().reversed() {
      while let point = points.last, point.size > Int64(index) {
        if earliest.map({ point.proof.seconds < $0.seconds }) ?? true { earliest = point.proof }
        points.removeLast()
      }
      if let earliest, let id = ObjectID(hex: entry.new) { proofs.append((id, earliest)) }
    }
    return proofs
  }

  private mutating func addRemarks(on logs: [CheckedLog]) {
    for note in asked.checkpoints {
      do throws(LogError) {
        let names = logs.map(\.key.name)
        guard note.signatures.contains(where: { names.contains($0.name) }) else {
          remarks.append("a checkpoint given is of no log that is known here")
          continue
        }
        if asked.witnesses.quorum == 0 {
          remarks.append("a checkpoint without witnesses has no time (--witness)")
        }
        _ = try asked.witnesses.cosigners(of: note, now: asked.now)
      } catch {
        remarks.append("a checkpoint given does not count: \(error.message) (\(error.reason))")
      }
    }
  }
}

extension SignedBeforeRevocation {
  /// When enough witnesses say that a checkpoint was there; nil where they do not.
  fileprivate func time(of note: SignedNote) -> Int64? {
    guard witnesses.quorum > 0,
      let cosigners = try? witnesses.cosigners(of: note, now: now)
    else { return nil }
    // One key under two names is one witness, and the last of those needed decides.
    var times: [[UInt8]: Int64] = [:]
    for (witness, time) in cosigners { times[witness.key] = min(times[witness.key] ?? time, time) }
    let sorted = times.values.sorted()
    return sorted.count >= witnesses.quorum ? sorted[witnesses.quorum - 1] : nil
  }
}

extension CheckedLog {
  /// Whether this log continues what was seen of it.
  fileprivate func contains(_ seen: Checkpoint) throws -> Bool {
    guard seen.size <= checkpoint.size else { return false }
    var reader = log.reader(checkpoint)
    return MerkleProof.connects(
      seen.size, root: seen.root, to: checkpoint.size, root: checkpoint.root,
      path: try reader.consistencyPath(from: seen.size))
  }
}
