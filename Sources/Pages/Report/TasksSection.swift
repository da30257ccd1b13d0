import Audit
import JSON

/// Rates with their intervals, one row per task or per dimension, drawn and in figures.
struct TasksSection {
  let fields: EvidenceFields
  /// More rows than this are folded.
  static let shownRows = 60

  @MarkupBuilder var markup: Markup {
    let dimensions = fields.rows("dimensions")
    if !dimensions.isEmpty {
      section(.tasks, "Dimensions") {
        ForestTable(
          fields: fields, caption: Self.dimensionCaption(fields), subject: "Dimension",
          rows: dimensions.map(ForestRow.init(dimension:)), overall: nil
        ).markup
      }
    } else {
      let tasks = fields.rows("tasks").map(ForestRow.init(task:))
      section(.tasks, tasks.count == 1 ? "Task" : "Tasks") {
        if tasks.isEmpty, overall == nil {
          element(.p) { "No task was counted." }
        } else {
          ForestTable(
            fields: fields, caption: Self.taskCaption(fields, count: tasks.count),
            subject: "Task", rows: Self.lowestFirst(tasks), overall: overall
          ).markup
        }
      }
    }
  }

  /// Lowest rate first; equal rates in protocol order, tasks without a rate at the end.
  private static func lowestFirst(_ rows: [ForestRow]) -> [ForestRow] {
    rows.enumerated().sorted { one, other in
      let (a, b) = (one.element.rate?.value ?? .max, other.element.rate?.value ?? .max)
      return a != b ? a < b : one.offset < other.offset
    }.map(\.element)
  }

  private static func taskCaption(_ fields: EvidenceFields, count: Int) -> String {
    let corrected = count > 1 ? ", corrected for the number of tasks (Holm)" : ""
    return "Dot: success rate. Line: \(fields.confidence) interval (Wilson). Lowest rate first. "
      + "“By itself”: each task judged alone\(corrected)."
  }

  private static func dimensionCaption(_ fields: EvidenceFields) -> String {
    "Dot: success rate. Line: \(fields.confidence) interval (Clopper–Pearson). "
      + "Each dimension has a verdict of its own."
  }

  /// All counted episodes together; nil where nothing was counted.
  private var overall: ForestRow? {
    guard let n = fields.count("primary", "n"), n > 0 else { return nil }
    let interval = fields["intervals", "wilson"]
    let band: (Millionths, Millionths)? =
      if (fields.count("band", "unresolved") ?? 0) > 0,
        let worst = Millionths(fields.text("band", "worst")),
        let best = Millionths(fields.text("band", "best")), worst < best
      {
        (worst, best)
      } else {
        nil
      }
    return ForestRow(
      key: "All tasks together", name: nil, isKeyAWord: false, k: fields.count("primary", "k"),
      n: n, rateText: fields.text("primary", "rate"), lowerText: interval?["lower"]?.string,
      upperText: interval?["upper"]?.string, verdict: fields.verdict, band: band)
  }
}

/// One row of the plot.
struct ForestRow {
  let key: String
  let name: String?
  /// Whether the key is a machine word, shown in brackets behind a name.
  let isKeyAWord: Bool
  let k: Int64?
  let n: Int64?
  let rateText: String?
  let lowerText: String?
  let upperText: String?
  let verdict: String
  var band: (Millionths, Millionths)?

  var rate: Millionths? { Millionths(rateText) }
}

extension ForestRow {
  init(task: JSONValue) {
    self.init(
      key: task["task"]?.string ?? "unnamed task", name: task["name"]?.string, isKeyAWord: false,
      k: task["k"]?.int, n: task["n"]?.int, rateText: task["rate"]?.string,
      lowerText: task["wilson"]?["lower"]?.string, upperText: task["wilson"]?["upper"]?.string,
      verdict: task["verdict"]?.string ?? "unknown")
  }

  init(dimension: JSONValue) {
    let word = dimension["dimension"]?.string ?? "other"
    let both = dimension["clopper_pearson"]
    let interval = both?["two_sided"] ?? both
    self.init(
      key: word, name: capitalised(Wording.plain(word)), isKeyAWord: true,
      k: dimension["k"]?.int, n: dimension["n"]?.int, rateText: dimension["rate"]?.string,
      lowerText: interval?["lower"]?.string, upperText: interval?["upper"]?.string,
      verdict: dimension["verdict"]?.string ?? "unknown")
  }
}
