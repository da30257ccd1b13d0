/// Turns a pattern into the steps of its automaton by recursive descent.
struct PatternCompiler {
  /// Groups open at once.
  private static let depthLimit = 32

  private let pattern: [Unicode.Scalar]
  private var at = 0
  private var depth = 0

  /// nil for a pattern that is not of the form that `SubjectPattern` states.
  static func compile(_ pattern: [Unicode.Scalar]) -> [SubjectPattern.Step]? {
    var compiler = PatternCompiler(pattern: pattern)
    guard let steps = compiler.alternatives(), compiler.at == pattern.count else { return nil }
    return steps + [.match]
  }

  private init(pattern: [Unicode.Scalar]) { self.pattern = pattern }

  private var next: Unicode.Scalar? { at < pattern.count ? pattern[at] : nil }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    at += 1
    return true
  }

  /// Steps are relative to their own start until they are put behind others.
  private mutating func alternatives() -> [SubjectPattern.Step]? {
    guard var steps = sequence() else { return nil }
    while take("|") {
      guard let other = sequence() else { return nil }
      let split = SubjectPattern.Step.split(1, steps.count + 2)
      let end = steps.count + 2 + other.count
      steps = [split] + shifted(steps, by: 1) + [.jump(end)] + shifted(other, by: steps.count + 2)
    }
    return steps
  }

  private mutating func sequence() -> [SubjectPattern.Step]? {
    var steps: [SubjectPattern.Step] = []
    while let scalar = next, scalar != "|", scalar != ")" {
      guard let piece = repeated() else { return nil }
      steps += shifted(piece, by: steps.count)
    }
    return steps
  }

  private mutating func repeated() -> [SubjectPattern.Step]? {
    guard let piece = atom() else { return nil }
    let count = piece.count
    if take("*") {
      return [.split(1, count + 2)] + shifted(piece, by: 1) + [.jump(0)]
    }
    if take("+") { return piece + [.split(0, count + 1)] }
    if take("?") { return [.split(1, count + 1)] + shifted(piece, by: 1) }
    return piece
  }

  private mutating func atom() -> [SubjectPattern.Step]? {
    guard let scalar = next else { return nil }
    at += 1
    switch scalar {
    case "(": return group()
    case "[": return oneOf()
    case ".": return [.any]
    case "\\": return escaped().map { [.scalar($0)] }
    case "*", "+", "?", ")", "]", "{", "}", "^", "$": return nil
    default: return [.scalar(scalar)]
    }
  }

  private mutating func group() -> [SubjectPattern.Step]? {
    // `(?` begins what other dialects extend groups with
    guard depth < Self.depthLimit, next != "?" else { return nil }
    depth += 1
    defer { depth -= 1 }
    guard let steps = alternatives(), take(")") else { return nil }
    return steps
  }

  private mutating func oneOf() -> [SubjectPattern.Step]? {
    let isNegated = take("^")
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    while let scalar = next, scalar != "]" {
      at += 1
      guard let first = scalar == "\\" ? escaped() : scalar, first != "[" || scalar == "\\" else {
        return nil
      }
      var last = first
      if next == "-", at + 1 < pattern.count, pattern[at + 1] != "]" {
        at += 1
        let end = pattern[at]
        at += 1
        guard let bound = end == "\\" ? escaped() : end else { return nil }
        last = bound
      }
      guard first <= last else { return nil }
      ranges.append(first...last)
    }
    guard take("]"), !ranges.isEmpty else { return nil }
    return [.oneOf(ranges, isNegated: isNegated)]
  }

  /// A sign behind `\`; letters and digits have other meanings elsewhere and none here.
  private mutating func escaped() -> Unicode.Scalar? {
    guard let scalar = next, scalar.isASCII, !scalar.properties.isAlphabetic,
      !("0"..."9").contains(scalar), scalar.value > 32
    else { return nil }
    at += 1
    return scalar
  }

  private func shifted(_ steps: [SubjectPattern.Step], by offset: Int) -> [SubjectPattern.Step] {
    steps.map { step in
      switch step {
      case .split(let first, let second): .split(first + offset, second + offset)
      case .jump(let target): .jump(target + offset)
      case .scalar, .any, .oneOf, .match: step
      }
    }
  }
}
