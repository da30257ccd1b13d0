public import JSON

/// Whether the episodes of two versions are proven to be the same, by what, or why not.
public struct Pairing: Sendable, Equatable {
  public enum State: String, Sendable, CaseIterable {
    case proven, partial, none
  }
  public let state: State
  /// `initial_state`, `seed_and_environment`, or `initial_state_or_seed` where tasks differ in that;
  /// nil unless proven.
  public let by: String?
  /// Pairs that the overall test saw; 0 unless proven.
  public let pairs: Int
  /// Pairs that left both sides, since an outcome is not counted on a side; 0 unless proven.
  public let dropped: Int
  /// Why nothing or only a part is proven; nil when proven.
  public let reason: String?

  /// The word of the sentence that says it: of `by`, else of `reason`.
  public var word: String { by ?? reason ?? state.rawValue }

  public var json: JSONValue {
    [
      "state": .string(state.rawValue), "by": .text(by), "pairs": .count(pairs),
      "dropped": .count(dropped), "reason": .text(reason),
    ]
  }
}

extension Pairing {
  static let noTask = Pairing(
    state: .none, by: nil, pairs: 0, dropped: 0, reason: "no_common_task")

  /// All or none over the tasks of one overall test (STATISTICS §5).
  init(_ pairings: [EpisodePairing]) {
    let proven = pairings.filter { $0.proof == .proven }
    guard !pairings.isEmpty else {
      self = .noTask
      return
    }
    if proven.count == pairings.count {
      let keys = Set(proven.compactMap(\.by))
      self.init(
        state: .proven, by: keys.count == 1 ? keys.first?.rawValue : "initial_state_or_seed",
        pairs: proven.reduce(0) { $0 + $1.pairs.count },
        dropped: proven.reduce(0) { $0 + $1.dropped }, reason: nil)
      return
    }
    let hasPartial = pairings.contains { if case .partial = $0.proof { true } else { false } }
    let isPartial = hasPartial || !proven.isEmpty
    let obstacle = pairings.lazy.compactMap(\.obstacle).first ?? .keysNotRecorded
    self.init(
      state: isPartial ? .partial : .none, by: nil, pairs: 0, dropped: 0,
      reason: hasPartial
        ? "pairing_partial" : isPartial ? "pairing_not_every_task" : obstacle.rawValue)
  }
}
