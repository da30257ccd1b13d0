public import Evidence

/// The first seed that a registration commit gives to a protocol whose seeds are a challenge.
///
/// The first 4 bytes, big-endian, of SHA-256(`wf-seed-challenge` ‖ 00 ‖ the 32 id bytes), shifted
/// right by one (SCHEMAS §3), so that it is below 2³¹.
public func challengeSeed(registrationCommit: [UInt8]) -> Int64 {
  let digest = Digest.raw(of: Array("wf-seed-challenge".utf8) + [0] + registrationCommit)
  let first = digest.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
  return Int64(first >> 1)
}

/// Whether the run's recorded seeds can only have come after the registration (SCHEMAS §5.1).
///
/// True when the protocol's seeds are of kind challenge and every counted episode has a recorded seed
/// that is the one which `firstSeed` gives to its cell.
public func seedsProveOrder(
  input: AuditInput, protocol plan: EvaluationProtocol, firstSeed: Int64
) -> Bool {
  guard case .challenge = plan.frozen.seeds, input.seedLabel == .recorded else { return false }
  let policy =
    plan.frozen.denominators.policy.flatMap(CountingPolicy.init(rawValue:)) ?? .errorsAsFailures
  let cells = SeedPlanCells(plan, challengeFirst: firstSeed)
  var counted = 0
  for (place, task) in input.tasks.filter(\.inProtocol).enumerated() {
    for (row, letter) in task.episodes.outcomes.enumerated()
    where letter != UInt8(ascii: "M") && policy.counts(letter: letter) {
      guard let seed = task.episodes.seeds?[row],
        let expected = cells.seed(place: place, cell: row),
        seed == expected
      else { return false }
      counted += 1
    }
  }
  return counted > 0
}
