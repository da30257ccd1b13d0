/// The class names that the style sheet knows.
package enum StyleClass: String, Sendable, CaseIterable {
  // Words and their weight.
  case kicker, word, quiet, number, big, letter, wrap, tag
  // States: always beside a word, never alone.
  case good, bad, caution, neutral
  // Areas of a page.
  case alert, decision, panel, pair, callout, legend, scroll, sub
  // Tables and their columns.
  case counts, forest, differences, plot, name, interval, state, overall, adjusted,
    flips
  // Parts of a drawing.
  case tick, threshold, whisker, band, fill, hollow, zero
}

/// The places of a page that something on it points to.
enum Anchor: String, Sendable {
  case verdict, grade, result, missing, tasks, recommendation, integrity, scope, axes, history
  case provenance, gate, overall, flips, storage, content
}
