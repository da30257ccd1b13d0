internal import Evidence
internal import JSON
internal import Platform

/// Reads the csv file of openpi's examples/droid (FORMATS §3.2).
func readDroidTable(
  _ source: SourceFile, detectedBy: [String], options: ReadOptions
) throws(AdapterError) -> SavedRun {
  let (table, digest) = try source.read { (bytes) throws(AdapterError) in
    try DroidTable(bytes, path: source.path, limits: options.limits)
  }
  let evidence = ["header:success_duration_video_filename"]
  let isStated = options.modelID != nil || options.checkpointDigest != nil
  return SavedRun(
    format: SourceFormat(
      name: "openpi", generation: "droid_csv",
      detectedBy: evidence + detectedBy.filter { !evidence.contains($0) }),
    adapterVersion: "1", tasks: [table.saved()], seedLabel: .missing, initialStateLabel: .missing,
    denominatorRule: "rows_of_csv",
    model: ModelIdentity(
      id: options.modelID, checkpointDigest: options.checkpointDigest,
      identity: isStated ? .declared : .unknown), metricName: "success_rate", successRule: nil,
    createdAt: nil, harnessVersion: nil, sourceAggregates: nil,
    notes: SourceNotes(partial: nil, warnings: table.warnings, generated: nil),
    inputs: [source.inputFile(mediaType: "text/plain", digest: digest)], observations: [],
    lexemes: MappedLexemes(mapped: source.mapped))
}

/// The rows of such a file, and what its scores mean.
///
/// The script turns the answer `y` into 1.0 and then divides by 100 what a person typed, also that:
/// `y` is stored as 0.01. A file of yes and no holds 0, 0.01 and 1 only; in any other the numbers
/// are scores, of which 1 alone is a success.
struct DroidTable: Sendable {
  static let header = ",success,duration,video_filename"

  private var rows: [Row] = []

  private struct Row: Sendable {
    var score: Double
    var span: LexemeSpan
    /// The 0-based index of the last step.
    var lastStep: Int
    var video: String
  }

  /// Whether the first line is that of such a table.
  static func begins(_ bytes: SourceBytes) -> Bool {
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let end = bytes.endOfLine(from: start)
    guard bytes.starts(with: header.utf8, at: start) else { return false }
    let length = start + header.utf8.count
    return length == end || (length + 1 == end && bytes[length] == 0x0D)
  }

  /// Whether the first line has as many commas as the second, and some.
  static func looksLikeTable(_ bytes: SourceBytes) -> Bool {
    func commas(from start: Int) -> Int {
      (start..<bytes.endOfLine(from: start)).count { bytes[$0] == 0x2C }
    }
    let first = commas(from: 0)
    let second = bytes.endOfLine(from: 0) + 1
    guard first > 0, second < bytes.count else { return false }
    return first == commas(from: second)
  }

  /// - Throws: `bad_row`, `success_not_number`, `success_out_of_range`, `ambiguous_success`,
  ///   `truncated`, `limit_exceeded`, and the words for the duration.
  init(_ bytes: SourceBytes, path: String, limits: ReadLimits) throws(AdapterError) {
    try LogReader(bytes, path: path, limits: limits).forEach { _ in }
    var line = 1
    var start = bytes.endOfLine(from: 0) + 1
    while start < bytes.count {
      line += 1
      let end = bytes.endOfLine(from: start)
      guard end < bytes.count else {
        throw AdapterError.aboutText(
          .truncated, place: "\(path): line \(line)", message: "the last row does not end",
          hint: "the file ends too early: was the copy interrupted?")
      }
      guard rows.count < min(limits.episodes, limits.references) else {
        throw AdapterError(
          .limitExceeded, place: "\(path): line \(line)",
          message: "more than \(rows.count) rows, each with a video of its own")
      }
      rows.append(try Self.row(bytes, start..<end, number: rows.count, at: "\(path): line \(line)"))
      start = end + 1
    }
    if isGraded, let row = rows.firstIndex(where: { $0.score == 0.01 }) {
      throw AdapterError(
        .ambiguousSuccess, place: "\(path): line \(row + 2)",
        message: "0.01 is how the script stores y, and among scores it may be a score of 1 %",
        hint: "tell them apart in a copy of the file, or use a bridge file")
    }
  }

  private static func row(
    _ bytes: SourceBytes, _ range: Range<Int>, number: Int, at place: String
  ) throws(AdapterError) -> Row {
    var cells: [Range<Int>] = []
    var start = range.lowerBound
    for index in range where bytes[index] == 0x2C {
      cells.append(start..<index)
      start = index + 1
    }
    var end = range.upperBound
    if end > start, bytes[end - 1] == 0x0D { end -= 1 }
    cells.append(start..<end)
    func text(_ cell: Int) -> String {
      unsafe bytes.withPart(cells[cell]) { unsafe String(decoding: $0, as: UTF8.self) }
    }
    guard cells.count == 4, text(0) == String(number), !text(3).contains("\"") else {
      throw AdapterError(
        .badRow, place: place,
        message: "expected the row number \(number), a success, a duration and a video's name")
    }
    guard let score = decimal(text(1)) else {
      throw AdapterError(
        .successNotNumber, place: place, message: "\(shown(text(1))) is not a number")
    }
    guard (0...1).contains(score) else {
      throw AdapterError(
        .successOutOfRange, place: place, message: "\(shown(text(1))) is not between 0 and 1")
    }
    return Row(
      score: score, span: LexemeSpan(offset: cells[1].lowerBound, length: cells[1].count),
      lastStep: try step(text(2), at: place), video: text(3))
  }

  /// A decimal as pandas writes it; no names such as `nan`, no hexadecimal.
  private static func decimal(_ text: String) -> Double? {
    guard text.utf8.count <= 400, JSONNumber(lexeme: text) != nil, let value = Double(text),
      value.isFinite
    else { return nil }
    return value
  }

  private static func step(_ text: String, at place: String) throws(AdapterError) -> Int {
    guard let value = Int(text), value.magnitude < 1 << 53 else {
      throw AdapterError(
        .notAnInteger, place: place, message: "the duration \(shown(text)) is not an integer")
    }
    guard value >= 0 else {
      throw AdapterError(
        .negativeCount, place: place, message: "a duration cannot be \(value) steps")
    }
    return value
  }

  // MARK: - Meaning

  private var isGraded: Bool { rows.contains { ![0, 0.01, 1].contains($0.score) } }

  var warnings: [String] {
    if rows.isEmpty { return ["no_episodes"] }
    if isGraded { return ["graded_success"] }
    return rows.contains { $0.score == 0.01 } ? ["droid_y_recorded_as_0_01"] : []
  }

  /// Suite and task stay empty: the instruction is not in the file.
  func saved() -> SavedTask {
    let isGraded = isGraded
    var task = SavedTask(
      suite: "", taskID: "", name: nil,
      outcomes: rows.map { $0.score == 1 || (!isGraded && $0.score > 0) ? letterS : letterF })
    if isGraded { task.maxRewards = rows.map(\.span) }
    task.steps = rows.map { $0.lastStep + 1 }
    task.media = rows.enumerated().map { row, read in
      MediaReference(row: row, role: "rollout_video", path: read.video + ".mp4")
    }
    return task
  }
}
