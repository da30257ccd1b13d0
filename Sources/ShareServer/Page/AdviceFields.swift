internal import Audit
internal import JSON
internal import Pages

/// What the numbers suggest doing, what to vary next, and what lies behind the result.
struct AdviceFields {
  let dto: JSONValue

  var fields: [String: PageFields.Field] {
    [
      "recommendation": .text(dto.text("recommendation", "text") ?? "not stated"),
      "recommendation_word": .text(dto.text("recommendation", "word") ?? "none"),
      "axes": .rows(dto.rows("next_falsification_axes").enumerated().map(axis)),
      "artifacts": .rows(dto.rows("artifacts").enumerated().map(artifact)),
    ]
  }

  private func axis(_ index: Int, _ row: JSONValue) -> PageFields {
    let word = row.text("axis") ?? "other"
    return PageFields([
      "i": .text(String(index)), "axis": .text(word), "sentence": .text(Wording.axis(word)),
      "gap": .text(row.text("missing").map(Wording.gap)),
      "episodes": .text(row.count("episodes").map(Figures.grouped)),
    ])
  }

  private func artifact(_ index: Int, _ row: JSONValue) -> PageFields {
    let state = row.text("state") ?? "unknown"
    return PageFields([
      "i": .text(String(index)), "name": .text(row.text("display_name") ?? "Other material"),
      "type": .text(row.text("type") ?? "other"),
      "size": .text(PageWords.size(row.text("size_bucket") ?? "unknown")),
      "state": .text(state), "sentence": .text(PageWords.artifactState(state)),
    ])
  }
}
