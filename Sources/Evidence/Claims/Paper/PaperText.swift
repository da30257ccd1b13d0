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
/// A percentage counts only in a sentence that speaks of success; nothing is interpreted beyond that.
///
/// - Throws: `paper_text_invalid` for bytes that are no UTF-8 text.
public func findings(inPaperText bytes: [UInt8]) throws(ClaimError) -> [PaperFinding] {
  guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else {
    throw ClaimError(
      .paperTextInvalid, nil, "the text is not UTF-8", hint: "save the abstract as plain text")
  }
  var found: [PaperFinding] = []
  var names: Set<String> = []
  var redactor = Redactor()
  for range in sentences(bytes) {
    let plain = singleSpaced(String(decoding: bytes[range], as: UTF8.self))
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
    guard speaksOfSuccess(plain) else { continue }
    for (kind, text) in numbers(plain) {
      found.append(
        PaperFinding(
          kind: kind, text: text, sentence: sentence, start: range.lowerBound,
          end: range.upperBound))
    }
  }
  return found
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
    case 0x0A where place + 1 < bytes.count && bytes[place + 1] == 0x0A: close(place)
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
  let words = text.split(separator: " ").map(String.init)
  var found: [(PaperFinding.Kind, String)] = []
  for (place, word) in words.enumerated() {
    let clean = word.trimming("()[]{},;:~≈\"'")
    let next = place + 1 < words.count ? words[place + 1].trimming("()[]{},;:.") : ""
    if let rate = percentage(clean, next) {
      found.append((isDifference(words, place) ? .difference : .rate, rate))
    } else if let counts = counts(clean, words[(place + 1)...].prefix(3)) {
      found.append((.counts, counts))
    } else if clean.hasPrefix("0."), let value = DecimalText(clean.trimming(".")),
      value.numerator <= value.denominator
    {
      found.append((isDifference(words, place) ? .difference : .rate, value.text))
    }
  }
  return found
}

/// `84.7%`, `84.7 %`, `84.7 percent`; never above 100.
private func percentage(_ word: String, _ next: String) -> String? {
  let written: String
  if word.trimming(".").hasSuffix("%") {
    written = word.trimming(".")
  } else if next == "%" || next == "percent" {
    written = word + " %"
  } else {
    return nil
  }
  guard let value = DecimalText(written), (0...value.denominator).contains(value.numerator) else {
    return nil
  }
  return written
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
private func isDifference(_ words: [String], _ place: Int) -> Bool {
  let before = words[max(0, place - 2)..<place].map { $0.lowercased() }
  if before.contains("by") || before.contains("additional") { return true }
  let signs = [
    "higher", "lower", "absolute", "relative", "improvement", "gain", "increase", "better",
    "points",
    "more", "drop",
  ]
  return words[(place + 1)...].prefix(3).contains { word in
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
