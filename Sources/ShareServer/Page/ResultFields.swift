internal import Audit
internal import JSON
internal import Pages

/// The result: what was counted, its intervals, and why the verdict is what it is.
struct ResultFields {
  let dto: JSONValue
  let evidence: EvidenceFields

  var fields: [String: PageFields.Field] {
    let reasons = evidence.words("reasons")
    return [
      "result_sentence": .text(
        evidence.count("primary", "n") == nil
          ? "No rate over all episodes is given; the reasons below say why."
          : ReportSentences.result(evidence.evidence)),
      "denominator_sentence": .text(ReportSentences.denominator(evidence.evidence)),
      "primary_counts": .text(
        Figures.counts(evidence.count("primary", "k"), evidence.count("primary", "n"))),
      "primary_rate": .text(Figures.percent(evidence.text("primary", "rate"))),
      "counts": .rows(counts),
      "reasons": .rows(
        reasons.enumerated().map { index, word in
          PageFields([
            "i": .text(String(index)), "word": .text(word),
            "sentence": .text(Wording.reason(word)),
          ])
        }),
      "open_episodes": .texts(ResultSection(fields: evidence).openEpisodes),
      "policies": .rows(policies),
      "plot": .group(IntervalPlot(evidence: evidence)?.fields),
      "has_band": .flag(IntervalPlot.band(evidence) != nil),
    ]
  }

  private var counts: [PageFields] {
    ResultSection.names.map { key, label, isPart in
      PageFields([
        "key": .text(key), "label": .text(label), "is_part": .flag(isPart),
        "count": .text(evidence.count("counts", key).map(Figures.grouped) ?? "unknown"),
      ])
    }
  }

  private var policies: [PageFields] {
    ResultSection.policyNames.filter { evidence["policies", $0.key]?.object != nil }
      .map { key, label in
        PageFields([
          "key": .text(key), "label": .text(label),
          "counts": .text(
            Figures.counts(
              evidence.count("policies", key, "k"), evidence.count("policies", key, "n"))),
          "rate": .text(Figures.percent(evidence.text("policies", key, "rate"))),
          "verdict": .text(
            Wording.plain(evidence.text("policies", key, "verdict") ?? "unknown")),
        ])
      }
  }
}
