import Audit
import History
import Terminal

/// Why a grade is not better, the hardest reasons first.
struct CapList {
  let caps: [GradeCap]
  /// What proves the registration, or why nothing does; nil where that is told elsewhere.
  let order: RegistrationOrder?

  func lines(_ text: SentenceLayout) -> [String] {
    let sorted = caps.enumerated().sorted {
      ($0.element.cap, $0.offset) < ($1.element.cap, $1.offset)
    }.map(\.element)
    var lines = sorted.flatMap { cap in
      let word = plainText(cap.word)
      var sentence = Wording.bracketed(Wording.cap(word), word)
      if word == "registration", let order { sentence += " " + order.text }
      return text.item("at most \(cap.cap.rawValue)", sentence)
    }
    if let order, order.isProven { lines += text.item("proven   ", order.text) }
    return lines
  }
}
