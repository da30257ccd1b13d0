/// Something that a saved abstract says: a draft, to be confirmed by a person.
public struct PaperFinding: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    case benchmark
    /// A rate of success.
    case rate
    /// A gain or a gap, in the same unit as a rate.
    case difference
    /// Successes of attempts, `195/200`.
    case counts
  }

  public let kind: Kind
  /// As written, for example `84.7 %`; of a benchmark its usual name.
  public let text: String
  /// The sentence, white space as single spaces, private parts redacted.
  public let sentence: String
  /// Where the sentence stands in the file, in bytes: first and one after the last.
  public let start: Int
  public let end: Int
}

/// Finds benchmark names and rates of success in a text, by fixed patterns.
///
/// A percentage counts only in a sentence that speaks of success, or in a row of a table that does;
/// nothing is interpreted beyond that. A row of a table (`|` in front) is a sentence of its own.
///
/// - Returns: the first `mostFindings` at most; one more says that there are others.
/// - Throws: `paper_text_invalid` for bytes that are no UTF-8 text, and for a page or a PDF.
public func findings(inPaperText bytes: [UInt8]) throws(ClaimError) -> [PaperFinding] {
  try refuseDocuments(bytes)
  var found: [PaperFinding] = []
  var names: Set<String> = []
  var redactor = Redactor()
  var isTableOfSuccess = false
  for range in sentences(bytes) {
    if found.count > mostFindings { break }
    let plain = singleSpaced(String(decoding: bytes[range], as: UTF8.self))
    let isRow = bytes[range.lowerBound] == 0x7C
    isTableOfSuccess = isRow && (isTableOfSuccess || speaksOfSuccess(plain))
    let sentence = TextRules.cut(TextRules.nfc(redactor.redact(plain).text), to: 400)
    let reader = ClaimTextReader(plain)
    // A suite says its benchmark already.
    let benchmarks = reader.benchmarks.filter { name in
      !reader.suites.contains { $0.benchmark == name }
    }
    for name in reader.suites.map(\.title) + benchmarks where names.insert(name).inserted {
      found.append(
        PaperFinding(
          kind: .benchmark, text: name, sentence: sentence, start: range.lowerBound,
          end: range.upperBound))
    }
    guard isTableOfSuccess || speaksOfSuccess(plain) else { continue }
    for (kind, text) in numbers(plain) {
      found.append(
        PaperFinding(
          kind: kind, text: text, sentence: sentence, start: range.lowerBound,
          end: range.upperBound))
    }
  }
  return Array(found.prefix(mostFindings + 1))
}

/// As many as can become questions of one draft.
public let mostFindings = 100

private func refuseDocuments(_ bytes: [UInt8]) throws(ClaimError) {
  func invalid(_ what: String, _ hint: String) -> ClaimError {
    ClaimError(.paperTextInvalid, nil, what, hint: hint)
  }
  let start = String(decoding: bytes.prefix(512), as: UTF8.self).lowercased()
  if start.hasPrefix("%pdf-") {
    throw invalid("this is a PDF, not a text", "save its text, for one with pdftotext FILE.pdf")
  }
  guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else {
    throw invalid("the text is not UTF-8", "save the abstract as plain text")
  }
  if ["<!doctype html", "<html"].contains(where: start.contains) {
    throw invalid(
      "this is a page of HTML, not a text", "copy the abstract into a file of plain text")
  }
}

private func speaksOfSuccess(_ text: String) -> Bool {
  let lower = text.lowercased()
  return ["succe", "solve", "complet"].contains { lower.contains($0) }
}

/// Byte ranges of sentences: to `.`, `!` or `?` before white space and no small letter, or a blank line.
private func sentences(_ bytes: [UInt8]) -> [Range<Int>] {
  var result: [Range<Int>] = []
  var start = 0
  func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
  func close(_ end: Int) {
    var (first, last) = (start, end)
    while first < last, isSpace(bytes[first]) { first += 1 }
    while last > first, isSpace(bytes[last - 1]) { last -= 1 }
    if first < last { result.append(first..<last) }
    start = end
  }
  for place in bytes.indices {
    switch bytes[place] {
    case 0x2E, 0x21, 0x3F:
      guard place + 1 < bytes.count, isSpace(bytes[place + 1]) else { continue }
      let next = bytes[(place + 1)...].first { !isSpace($0) }
      if let next, next &- 0x61 < 26 { continue }
      close(place + 1)
    case 0x0A where place + 1 < bytes.count && [0x0A, 0x0D, 0x7C].contains(bytes[place + 1]):
      close(place)
    case 0x0A where start < place && bytes[start...].first(where: { !isSpace($0) }) == 0x7C:
      close(place)
    default: continue
    }
  }
  close(bytes.count)
  return result
}

private func singleSpaced(_ text: String) -> String {
  text.unicodeScalars.split { $0.properties.isWhitespace || $0.value < 0x20 || $0.value == 0x7F }
    .map { String($0) }.joined(separator: " ")
}

/// Percentages, plain rates and fractions of counts, in reading order.
private func numbers(_ text: String) -> [(PaperFinding.Kind, String)] {
  // An abstract copied from its TeX source has its percent signs escaped.
  let words = text.replacing("\\%", with: "%").split(separator: " ").map(String.init)
  var found: [(PaperFinding.Kind, String)] = []
  var place = 0
  while place < words.count {
    let clean = words[place].trimming("()[]{},;:~≈\"'|*")
    let (rate, length) = rate(words, place)
    if let rate {
      found.append((isDifference(words, place, length) ? .difference : .rate, rate))
    } else if let counts = counts(clean, words[(place + 1)...].prefix(3)) {
      found.append((.counts, counts))
    }
    place += length
  }
  return found
}

private let plusMinus = ["±", "+/-", "+-", "\\pm"]

/// A rate that begins at a word, as written, and how many words it takes.
///
/// `84.7%`, `84,7 %`, `80–85 %`, `84.7 ± 1.2 %`, `0.92`; what stands behind `±` is no rate.
private func rate(_ words: [String], _ place: Int) -> (text: String?, length: Int) {
  func word(_ offset: Int) -> String {
    place + offset < words.count
      ? words[place + offset].trimming("()[]{},;:~≈\"'|*") : ""
  }
  let first = word(0)
  if let sign = plusMinus.first(where: first.hasPrefix) {
    // `± 1.2 %` and `±1.2%`
    let isAlone = first.count == sign.count
    let unit = word(isAlone ? 2 : 1)
    return (nil, (isAlone ? 2 : 1) + (isUnit(unit) ? 1 : 0))
  }
  var length = 1
  var written = first
  if let sign = plusMinus.first(where: { word(1).hasPrefix($0) }) {
    let isAlone = word(1).count == sign.count
    length = isAlone ? 3 : 2
    written += " " + word(1) + (isAlone ? " " + word(2) : "")
  }
  if isUnit(word(length)) {
    written += " %"
    length += 1
  }
  written = written.trimming(".!?")
  guard hasRate(written) else { return (nil, 1) }
  return (written, length)
}

private func isUnit(_ word: String) -> Bool {
  ["%", "percent", "Prozent"].contains(word.trimming(".!?"))
}

/// Whether a text is a percentage of at most 100, or a decimal from 0 to 1, with a spread or as a
/// range.
private func hasRate(_ text: String) -> Bool {
  let isPercent = text.hasSuffix("%")
  var core = text.replacing("%", with: "").trimming(" ")
  if let sign = plusMinus.compactMap({ core.firstRange(of: $0) }).first {
    core = String(core[..<sign.lowerBound]).trimming(" ")
  }
  let ends = core.split(omittingEmptySubsequences: false) { "-–—".contains($0) }.map(String.init)
  guard (1...2).contains(ends.count) else { return false }
  return ends.allSatisfy { end in
    guard let point = pointed(end), isPercent || end.hasPrefix("0.") || end.hasPrefix("0,"),
      let value = DecimalText(isPercent ? point + "%" : point)
    else { return false }
    return (0...value.denominator).contains(value.numerator)
  }
}

/// `84,7` as `84.7`; a comma before three digits groups thousands and is none.
private func pointed(_ text: String) -> String? {
  let parts = text.split(separator: ",", omittingEmptySubsequences: false)
  guard parts.count <= 2 else { return nil }
  if parts.count == 1 { return text }
  guard parts[1].utf8.count < 3 || parts[0] == "0", !parts[1].isEmpty else { return nil }
  return parts.joined(separator: ".")
}

/// `195/200`, `195 of 200`, `195 out of 200`.
private func counts(_ word: String, _ following: ArraySlice<String>) -> String? {
  let parts = word.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
  if parts.count == 2, let k = parts[0], let n = parts[1] {
    return n > 1 && (0...n).contains(k) ? word : nil
  }
  guard let k = Int(word) else { return nil }
  let rest = Array(following)
  let isOf = rest.first == "of"
  let isOutOf = rest.prefix(2) == ["out", "of"]
  guard isOf || isOutOf, rest.count > (isOf ? 1 : 2) else { return nil }
  let last = rest[isOf ? 1 : 2].trimming("()[]{},;:.")
  guard let n = Int(last), n > 1, (0...n).contains(k) else { return nil }
  return "\(k)/\(n)"
}

/// Whether the words around a number say that it is a gain: `by 16.5%`, `16.5% higher`.
private func isDifference(_ words: [String], _ place: Int, _ length: Int) -> Bool {
  let before = words[max(0, place - 2)..<place].map { $0.lowercased() }
  if before.contains("by") || before.contains("additional") { return true }
  let signs = [
    "higher", "lower", "absolute", "relative", "improvement", "gain", "increase", "better",
    "points",
    "more", "drop",
  ]
  return words[(place + length)...].prefix(3).contains { word in
    signs.contains(word.lowercased().trimming("()[]{},;:."))
  }
}

extension String {
  /// Without these characters at both ends.
  fileprivate func trimming(_ characters: String) -> String {
    var rest = self[...]
    while let first = rest.first, characters.contains(first) { rest = rest.dropFirst() }
    while let last = rest.last, characters.contains(last) { rest = rest.dropLast() }
    return String(rest)
  }
}
