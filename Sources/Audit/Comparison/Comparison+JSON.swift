internal import Evidence
public import JSON

extension Comparison {
  /// The parts of `wf.diff/1` that follow from meaning: all but members, raw and objects_visited.
  public func json() -> JSONValue {
    [
      "comparability": [
        "state": .string(comparability.state.rawValue), "reasons": .texts(comparability.reasons),
      ],
      "denominator_policy": .string(policy), "confidence": .text(confidence),
      "pairing": pairing.json,
      "verdict": verdict.json, "grade": grade.json, "overall": overall?.json ?? .null,
      "tasks": .array(tasks.map(\.json)), "tasks_only_a": .array(onlyA.map(\.json)),
      "tasks_only_b": .array(onlyB.map(\.json)),
      "possible_renames": .array(possibleRenames.map(\.json)),
      "flips": .array(flips.map { $0.json(raw: []) }),
      "notes": .texts(notes),
    ]
  }
}

extension Comparison.Change {
  var json: JSONValue { ["a": .string(a), "b": .string(b)] }
}

extension CountedEpisodes {
  var json: JSONValue { ["k": .count(k), "n": .count(n)] }
}

extension PairCounts {
  var json: JSONValue {
    [
      "both": .count(both), "only_a": .count(onlyA), "only_b": .count(onlyB),
      "neither": .count(neither), "dropped": .count(dropped),
    ]
  }
}

extension TaskComparison {
  var json: JSONValue {
    [
      "task": .string(task), "name": .text(name), "a": a.json, "b": b.json,
      "difference": .text(difference), "interval": interval.map { .texts($0) } ?? .null,
      "test": .text(test), "p_value": .text(pValue), "adjusted": .text(adjusted),
      "class": .string(change.rawValue), "pairs": pairs?.json ?? .null,
      "paired_by": .text(pairedBy), "unpaired_reason": .text(unpairedWhy),
      "renamed": renamed?.json ?? .null,
    ]
  }
}

extension OverallComparison {
  var json: JSONValue {
    var rows: JSONObject = [
      "a": a.json, "b": b.json, "difference": .text(difference),
      "interval": interval.map { .texts($0) } ?? .null, "test": .text(test),
      "p_value": .text(pValue), "class": .string(change.rawValue), "paired": .bool(isPaired),
    ]
    let differs: JSONValue? = homogeneity.map {
      [
        "statistic": .string($0.statistic), "degrees": .count($0.degrees),
        "p_value": .string($0.pValue),
      ]
    }
    rows.set("homogeneity", differs ?? .null, orReason: "not_defined")
    return .object(rows)
  }
}

extension Flip {
  /// One row of `flips`, with the digests of the raw evidence that both sides refer to.
  public func json(raw: [String]) -> JSONValue {
    let seedValue: JSONValue =
      switch seed {
      case .integer(let value)?: .number(JSONNumber(value))
      case .text(let text)?: .string(text)
      case nil: .null
      }
    return [
      "task": .string(task), "episode": .count(episode), "seed": seedValue, "from": .bool(from),
      "to": .bool(to), "raw": .texts(raw),
    ]
  }
}
