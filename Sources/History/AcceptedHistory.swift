public import ObjectStore
import Platform

/// A history that the user takes on purpose, though it is not what was seen last.
public struct AcceptedHistory: Sendable, Equatable {
  public let slug: String
  /// What was remembered; nil: nothing.
  public let before: ObjectID?
  /// What is remembered from now on; nil: the claim's absence.
  public let after: ObjectID?
}

extension EvidenceStore {
  /// Makes the present tip of a claim the remembered one and writes down who did so and why.
  ///
  /// - Parameters:
  ///   - prefix: how the id of the present tip begins, at least 8 digits; nil: the claim is gone. It
  ///     has to be said, so that nobody takes a history that came after he looked.
  ///   - who: a fingerprint or another name of the user, one line.
  ///   - why: one line.
  /// - Throws: `claim_unknown`, `tip_moved` where the tip is another one.
  public func acceptHistory(
    of slug: String, at prefix: String?, who: String, why: String
  ) throws -> AcceptedHistory {
    guard let ref = RefName.claim(slug) else {
      throw HistoryError(.claimUnknown, place: slug, "this slug cannot name a claim")
    }
    let tip = try objects.ref(ref)
    let isMeant = tip.map { tip in
      prefix.map { $0.utf8.count >= 8 && tip.hex.hasPrefix($0) } ?? false
    }
    guard isMeant ?? (prefix == nil) else {
      throw HistoryError(
        .tipMoved, place: slug, "the tip of this claim is \(tip?.hex ?? "gone")",
        hint:
          "look at it with wf log \(slug) and name it by 8 or more digits, or none if it is gone")
    }
    let memory = TipMemory(store: self)
    // What is damaged is replaced, and was nothing to go by.
    let before = (try? memory.recollection(of: ref))?.known?.commit
    let now = surroundings.now()
    let new = try tip.map {
      Tips.Tip(commit: $0, count: try chain(from: $0).count, seconds: surroundings.clock())
    }
    let line = [
      "accepted", ref.text, before?.hex ?? "none", tip?.hex ?? "none", String(now), oneLine(who),
      oneLine(why),
    ].joined(separator: " ")
    let writer = try files.openForAppending(Path.join(objects.path, "wf/accepted"))
    try writer.append(line + "\n")
    try writer.finish(durably: true)
    try memory.replace(ref, with: new)
    try AcceptedLogs.accept(ref, at: tip, in: self)
    return AcceptedHistory(slug: slug, before: before, after: tip)
  }

  private func oneLine(_ text: String) -> String {
    String(text.map { $0.isNewline || $0 == "\0" ? " " : $0 })
  }
}
