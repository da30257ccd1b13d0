/// A regular expression over the whole of a subject, matched in linear time.
///
/// Literals, `.`, `[…]` with ranges and `^`, `*`, `+`, `?`, `|` and groups; `\` before a sign takes it
/// literally. No back references, no look-around, no counts: the pattern becomes a nondeterministic
/// automaton whose states all advance together (Thompson 1968), so that the time is the length of the
/// subject times that of the pattern, whatever either holds.
struct SubjectPattern: Sendable {
  enum Step: Sendable {
    case scalar(Unicode.Scalar)
    case any
    case oneOf([ClosedRange<Unicode.Scalar>], isNegated: Bool)
    case split(Int, Int)
    case jump(Int)
    case match
  }

  /// Bytes of a pattern.
  static let sizeLimit = 1024

  private let steps: [Step]

  /// nil for a pattern that is not of this form.
  init?(_ pattern: String) {
    var scalars = Array(pattern.unicodeScalars)
    // The whole text is matched anyway.
    if scalars.first == "^" { scalars.removeFirst() }
    if scalars.last == "$", scalars.dropLast().last != "\\" { scalars.removeLast() }
    guard !scalars.isEmpty, pattern.utf8.count <= Self.sizeLimit,
      let steps = PatternCompiler.compile(scalars)
    else { return nil }
    self.steps = steps
  }

  func matches(_ text: String) -> Bool {
    var current = States(count: steps.count)
    add(0, to: &current)
    for scalar in text.unicodeScalars {
      var next = States(count: steps.count)
      for state in current.list where accepts(steps[state], scalar) { add(state + 1, to: &next) }
      if next.list.isEmpty { return false }
      current = next
    }
    return current.list.contains { if case .match = steps[$0] { true } else { false } }
  }

  private func accepts(_ step: Step, _ scalar: Unicode.Scalar) -> Bool {
    switch step {
    case .scalar(let wanted): wanted == scalar
    case .any: scalar != "\n"
    case .oneOf(let ranges, let isNegated): ranges.contains { $0.contains(scalar) } != isNegated
    case .split, .jump, .match: false
    }
  }

  /// Adds a state and all that follow from it without reading.
  private func add(_ state: Int, to states: inout States) {
    var pending = [state]
    while let state = pending.popLast() {
      guard states.insert(state) else { continue }
      switch steps[state] {
      case .split(let first, let second): pending += [second, first]
      case .jump(let target): pending.append(target)
      case .scalar, .any, .oneOf, .match: break
      }
    }
  }

  private struct States {
    private(set) var list: [Int] = []
    private var isIn: [Bool]

    init(count: Int) { isIn = Array(repeating: false, count: count) }

    mutating func insert(_ state: Int) -> Bool {
      if isIn[state] { return false }
      isIn[state] = true
      list.append(state)
      return true
    }
  }
}
