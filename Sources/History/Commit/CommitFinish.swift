import ObjectStore
import TransparencyLog

extension EvidenceStore {
  /// Makes a batch durable and moves a claim's ref, its label's, the log's and HEAD, or says who was
  /// faster.
  ///
  /// - Returns: the log's new checkpoint, and how many of eight syncs are left where there is no
  ///   label: three were for the pack, two for each ref, one for HEAD where that moved.
  func finish(
    _ batch: ObjectBatch, moving ref: RefName, from old: ObjectID?, to new: ObjectID,
    label: (RefName, ObjectID)?
  ) throws -> (checkpoint: Checkpoint, syncsLeft: Int) {
    let syncsLeft = (try? objects.head()) == ref ? 1 : 0
    let log = try LogAppending(store: self)
    let moves = [LogAppending.Move(ref: ref, old: old, new: new)]
    var updates = [RefUpdate(ref, from: old, to: new)]
    if let label { updates.append(RefUpdate(label.0, from: nil, to: label.1)) }
    var pending = try log.add(moves, to: batch)
    _ = try batch.finish()
    // Writers on other claims may append first; each round at least one of them is through.
    for _ in 0..<Self.mostRounds {
      do throws(ObjectError) {
        try objects.update(updates, last: pending.update, head: ref)
        CheckpointMemory(store: self).keepNote(pending.signed, key: log.key)
        return (pending.signed.checkpoint, syncsLeft)
      } catch {
        guard error.code == .refMoved else { throw error }
      }
      try checkPlaces(ref, old, label: label?.0)
      let again = try objects.beginBatch()
      pending = try log.add(moves, to: again)
      _ = try again.finish()
    }
    throw HistoryError(
      .tipMoved, place: pending.update.name.text, "others append to the log without pause",
      hint: "run the same wf commit again")
  }

  private static var mostRounds: Int { 100 }

  /// - Throws: `label_taken`, `tip_moved` where it was not the log that moved.
  private func checkPlaces(_ ref: RefName, _ old: ObjectID?, label: RefName?) throws {
    if let label, try objects.ref(label) != nil {
      throw HistoryError(
        .labelTaken, place: label.text, "another commit has this label already",
        hint: "labels do not move; choose another one")
    }
    if try objects.ref(ref) != old {
      throw HistoryError(
        .tipMoved, place: ref.text, "somebody else committed to this claim meanwhile",
        hint: "run the same wf commit again; it goes on top of theirs")
    }
  }
}
