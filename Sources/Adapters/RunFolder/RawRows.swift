/// What a row says about success, before anything is judged.
enum RowOutcome: UInt8, Sendable {
  case succeeded, failed, errored, excluded, pending
  /// Nothing is said.
  case absent
  /// Something is said that is no JSON boolean.
  case notBoolean
}

/// One row as the file has it.
struct RawRow: Sendable {
  /// Numbers of texts in `RawRows.texts`; -1 where the row says nothing.
  var suite: Int32 = -1
  var task: Int32 = -1
  /// -1 where the row names no episode.
  var episode = -1
  var outcome = RowOutcome.absent
  var hasScore = false
  var seed: Int64?
}

/// The rows of one candidate, texts kept once.
struct RawRows: Sendable {
  var rows: [RawRow] = []
  private(set) var texts: [String] = []
  private var numbers: [String: Int32] = [:]
  /// Row → why it has no outcome, as recorded.
  var failures: [Int: String] = [:]

  mutating func number(of text: String) -> Int32 {
    if let number = numbers[text] { return number }
    let number = Int32(texts.count)
    texts.append(text)
    numbers[text] = number
    return number
  }

  func text(_ number: Int32) -> String? { number < 0 ? nil : texts[Int(number)] }
}

/// What success means, as stated beside the rows.
struct RowContract: Sendable, Equatable {
  var name: String
  var successRule: String?
}

/// What was taken from a JSON file of the folder.
struct RowProbe: Sendable {
  /// A word of FORMATS, or `generic_rows`.
  var format = RowProbe.generic
  var rows = RawRows()
  /// The first fault of the text: its word and place.
  var fault: (word: String, place: String)?
  var notes: [NoteWord] = []
  var contract: RowContract?
  /// How many episodes the file says were attempted, requested or planned.
  var planned: Int?
  /// What a bridge says that it measures.
  var metric: String?
  /// The file states a rate or an average.
  var isAggregate = false
  /// It names a model, a policy or a benchmark.
  var namesSomething: [String] = []
  /// Top-level keys, for the report.
  var keys: [String] = []

  static let generic = "generic_rows"

  var isKnownFormat: Bool { format != Self.generic }
}
