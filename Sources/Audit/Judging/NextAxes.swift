internal import Evidence
internal import JSON
internal import Statistics

/// What to vary next to break the claim soonest (STATISTICS §10).
struct NextAxes: Sendable {
  private let ranked: [Candidate]
  /// Whether an axis that the claim names has at most one level.
  let namedAxisIsUncovered: Bool
  private let refutingEpisodes: Int?
  private let noEpisodesReason: String

  private struct Candidate: Sendable {
    let axis: FalsificationAxis
    let score: Int
    let gap: Int
    let why: [String]
  }

  init(_ facts: AuditFacts) {
    let scope = AxisScope(facts)
    var candidates: [Candidate] = []
    var uncovered = false
    for axis in FalsificationAxis.allCases {
      let (scopeScore, scopeWhy) = scope.score(axis)
      guard scopeScore > 0 else { continue }
      let levels = facts.levels(axis)
      let gap = levels.gap
      if scopeScore == 2, gap >= 2 { uncovered = true }
      // A signal compares rates, and several dimensions have no rate in common.
      let (signal, signalWhy) = facts.spansDimensions ? (0, nil) : levels.signal
      let leverage = scope.canVary(axis) ? 1 : 0
      let gapWhy = gap == 3 ? "gap_not_recorded" : gap == 2 ? "gap_single_level" : nil
      candidates.append(
        Candidate(
          axis: axis, score: 10 * scopeScore + 4 * gap + 3 * signal + leverage, gap: gap,
          why: [scopeWhy, gapWhy, signalWhy, leverage == 1 ? "can_be_varied" : nil]
            .compactMap(\.self)))
    }
    namedAxisIsUncovered = uncovered
    // The sort is stable, so equal scores keep the order of the axes.
    ranked = Array(candidates.filter { $0.score >= 8 }.sorted { $0.score > $1.score }.prefix(3))
    refutingEpisodes = facts.test?.rate.flatMap(Self.refutingEpisodes)
    noEpisodesReason =
      facts.test == nil
      ? "invalid_claim" : facts.test?.rate == nil ? "comparative_claim" : "threshold_too_low"
  }

  /// The smallest N at which a rate one tenth below the threshold is refuted four times out of five;
  /// nil where there is no such rate.
  private static func refutingEpisodes(_ rate: RateClaim) -> Int? {
    guard let tenth = Rational(1, 10), tenth < rate.tested,
      let worse = rate.tested.subtracting(tenth), let assumed = worse.complement,
      let threshold = rate.tested.complement
    else { return nil }
    return SampleSize.least(assuming: assumed, threshold: threshold, alpha: rate.alpha)?.episodes
  }

  var json: JSONValue {
    .array(
      ranked.enumerated().map { rank, candidate in
        let levels = 5
        var object: JSONObject = [
          "rank": .count(rank + 1), "axis": .string(candidate.axis.rawValue),
          "score": .count(candidate.score), "why": .texts(candidate.why),
          "design": [
            "levels": .count(levels),
            "episodes_per_level": .count(refutingEpisodes.map { ($0 + levels - 1) / levels }),
          ],
        ]
        // An axis without a gap is listed for its signal: more levels are what it lacks.
        let words = ["few_levels", "few_levels", "single_level", "not_recorded"]
        object["missing"] = .string(words[candidate.gap])
        object.set("episodes", .count(refutingEpisodes), orReason: noEpisodesReason)
        return .object(object)
      })
  }
}

/// How far the claim reaches along an axis, and whether the axis can be varied at all.
struct AxisScope: Sendable {
  private let text: String
  private let applicability: Applicability
  private let template: AxisTemplate?

  init(_ facts: AuditFacts) {
    text = facts.claim.text.lowercased()
    applicability = facts.claim.applicability
    let profile = facts.plan.frozen.profile
    let named: [String] =
      [applicability.benchmark, applicability.simulator, profile.simulatorFamily].compactMap(\.self)
      + facts.plan.frozen.tasks.prefix(1).map(\.suite)
      + (profile.simulatorFamily == "none" ? ["real_robot"] : [])
    let words = named.map { $0.lowercased() }
    template = Rules.axisTemplates.first { template in
      template.words.contains { word in words.contains { $0.contains(word) } }
    }
  }

  /// 2 named, 1 varied by the suite or unrestricted, 0 outside of the claim; and the word for why.
  func score(_ axis: FalsificationAxis) -> (Int, String?) {
    switch mention(of: axis, in: text) {
    case .named: return (2, "named_in_claim")
    case .excluded: return (0, nil)
    case .absent: break
    }
    guard let field = restriction(axis) else { return (1, "claim_unrestricted") }
    let varies = ["random", "varied", "varying", "multiple", "any", "diverse"]
    if varies.contains(where: field.lowercased().contains) { return (2, "named_in_claim") }
    let isVaried = template?.variedBySuite.contains(axis) ?? false
    return isVaried ? (1, "varied_by_suite") : (0, nil)
  }

  func canVary(_ axis: FalsificationAxis) -> Bool {
    template?.variable.contains(axis) ?? [.task, .seed, .horizon].contains(axis)
  }

  /// The scope field that limits the claim along an axis.
  private func restriction(_ axis: FalsificationAxis) -> String? {
    switch axis {
    case .cameraPose: applicability.cameraDistribution
    case .embodiment: applicability.robotEmbodiment
    default: nil
    }
  }

  private enum Mention { case named, excluded, absent }

  private func mention(of axis: FalsificationAxis, in text: String) -> Mention {
    for phrase in Rules.phrases(axis) {
      guard let place = Self.firstRange(of: phrase, in: text) else { continue }
      let before = text.utf8.prefix(place).split(whereSeparator: { $0 == 0x20 }).suffix(2)
      let words = before.map { String(decoding: $0, as: UTF8.self) }
      return words.contains(where: Rules.exclusions.contains) ? .excluded : .named
    }
    return .absent
  }

  /// The byte offset of a phrase that starts a word.
  private static func firstRange(of phrase: String, in text: String) -> Int? {
    let (needle, hay) = (Array(phrase.utf8), Array(text.utf8))
    guard hay.count >= needle.count else { return nil }
    return (0...(hay.count - needle.count)).first { start in
      (start == 0 || hay[start - 1] == 0x20 || hay[start - 1] == 0x2D)
        && hay[start..<(start + needle.count)].elementsEqual(needle)
    }
  }
}

extension AuditFacts {
  /// The levels of an axis that the counted episodes show.
  ///
  /// Task, seed and initial state stand in the columns; of the others only what the protocol freezes
  /// at a single value is known.
  func levels(_ axis: FalsificationAxis) -> AxisLevels {
    switch axis {
    case .task: return AxisLevels(levels: counted.isEmpty ? nil : counted)
    case .seed:
      switch input.seedLabel {
      case .missing: return AxisLevels(levels: nil)
      case .recordedRunSeed: return single(true)
      case .recorded, .derived: return seedLevels
      }
    case .initialState:
      if input.initialStateLabel == .missing { return AxisLevels(levels: nil) }
      return .grouping(self) { $0.initialStates }
    case .horizon: return single(plan.metricContract.horizonSteps != nil)
    case .embodiment:
      return single(
        plan.frozen.profile.robotModel != nil || claim.applicability.robotEmbodiment != nil)
    default:
      return single(plan.frozen.axes.contains { $0.axis == axis.rawValue && $0.values.count == 1 })
    }
  }

  /// One level that holds all counted episodes, or nothing recorded.
  private func single(_ isKnown: Bool) -> AxisLevels {
    AxisLevels(levels: isKnown && !counted.isEmpty ? [counted.total] : nil)
  }

  /// Seeds as levels; only seeds that are texts need a table.
  private var seedLevels: AxisLevels {
    guard let sorted = SortedSeeds(self) else { return .grouping(self) { $0.seeds } }
    return AxisLevels(levels: sorted.levels.isEmpty ? nil : sorted.levels)
  }
}
