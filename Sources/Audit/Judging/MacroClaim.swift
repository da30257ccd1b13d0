internal import Statistics

/// A claim about the mean of the tasks' rates where the tasks differ in size (STATISTICS §3.3).
///
/// Each task counts only for the size of the smallest one: exact counts decide together with a
/// one-sided limit of the mean.
struct MacroClaim: Sendable {
  let rate: RateClaim
  /// N* = T·μ.
  let n: Int
  /// Σ⌊μ k_t/n_t⌋ and Σ⌈μ k_t/n_t⌉, in the `at_least` form.
  let low: Int
  let high: Int
  /// The square-and-add limits at conf′ = 2·conf − 1, in the `at_least` form.
  let limits: Interval

  /// Nil when a task has no counted episode.
  init?(rate: RateClaim, tasks: [Counted]) {
    let mirrored = tasks.compactMap { rate.mirrored($0).proportion }
    guard mirrored.count == tasks.count, let average = MacroAverage(mirrored),
      let equalised = average.equalised
    else { return nil }
    self.rate = rate
    n = equalised.n
    low = equalised.low
    high = equalised.high
    limits = average.squareAndAdd(tail: rate.alpha)
  }

  var verdict: RateVerdict {
    guard let critical = rate.critical(n) else { return .inconclusive }
    let threshold = rate.tested.double
    if low >= critical.supportMin, limits.lower >= threshold { return .supported }
    if high <= critical.refuteMax, limits.upper <= threshold { return .refuted }
    return .inconclusive
  }
}
