import Audit
import Evidence

/// Episodes that changed between success and failure, the lost ones first.
struct FlipsSection {
  let flips: [Flip]
  let raw: [[String]]
  private static let shownRows = 20
  private static let mostRows = 2000

  @MarkupBuilder var markup: Markup {
    let rows = ordered
    section(.flips, "Flipped episodes") {
      if rows.isEmpty {
        element(.p) { "No episode changed between success and failure." }
      } else {
        let lost = flips.count { $0.from }
        element(.p) {
          "\(Figures.amount(lost, "episode", "episodes")) went from success to failure, "
            + "\(Figures.grouped(Int64(flips.count - lost))) from failure to success."
        }
        table(
          rows.prefix(Self.shownRows),
          "The first \(min(rows.count, Self.shownRows)), lost ones first")
        let rest = rows.dropFirst(Self.shownRows).prefix(Self.mostRows)
        if !rest.isEmpty {
          element(.details) {
            element(.summary) { "\(Figures.grouped(Int64(rest.count))) more" }
            table(rest, "The others, lost ones first")
          }
        }
        let unlisted = rows.count - Self.shownRows - rest.count
        if unlisted > 0 {
          element(.p) {
            "\(Figures.grouped(Int64(unlisted))) more are not on this page: "
            element(.code) { "wf diff --json" }
            " lists all of them."
          }
        }
      }
    }
  }

  private var ordered: [(flip: Flip, raw: [String])] {
    let rows = flips.enumerated().map { place, flip in
      (flip: flip, raw: place < raw.count ? raw[place] : [])
    }
    return rows.filter { $0.flip.from } + rows.filter { !$0.flip.from }
  }

  private func table(_ rows: ArraySlice<(flip: Flip, raw: [String])>, _ caption: String) -> Markup {
    element(.div, .classes(.scroll)) {
      element(.table, .classes(.flips)) {
        element(.caption) { caption }
        element(.thead) {
          element(.tr) {
            element(.th, .scope(.col)) { "Task" }
            element(.th, .scope(.col), .classes(.number)) { "Episode" }
            element(.th, .scope(.col), .classes(.number)) { "Seed" }
            element(.th, .scope(.col)) { "Change" }
            element(.th, .scope(.col)) { "Raw evidence" }
          }
        }
        element(.tbody) { for row in rows { line(row.flip, row.raw) } }
      }
    }
  }

  private func line(_ flip: Flip, _ raw: [String]) -> Markup {
    let seed: String =
      switch flip.seed {
      case .integer(let value)?: String(value)
      case .text(let text)?: text
      case nil: "–"
      }
    let state = flip.from ? ChangeClass.regression.state : ChangeClass.improvement.state
    return element(.tr) {
      element(.th, .scope(.row)) { element(.bdi) { flip.task } }
      element(.td, .classes(.number)) {
        flip.episode == flip.episodeB ? "\(flip.episode)" : "\(flip.episode) → \(flip.episodeB)"
      }
      element(.td, .classes(.number)) { seed }
      element(.td, .classes(state.ink)) {
        flip.from ? "success → failure" : "failure → success"
      }
      element(.td) {
        if raw.isEmpty { "none" }
        for digest in raw { element(.code, .classes(.wrap)) { digest } }
      }
    }
  }
}

/// Members and raw references that differ.
struct StorageSection {
  let contents: ComparisonPageContents

  @MarkupBuilder var markup: Markup {
    section(.storage, "Stored members") {
      if contents.members.isEmpty {
        element(.p) { "All members are the same." }
      } else {
        element(.table) {
          element(.caption) { "Members that are not the same" }
          element(.thead) {
            element(.tr) {
              element(.th, .scope(.col)) { "Member" }
              element(.th, .scope(.col)) { "State" }
            }
          }
          element(.tbody) {
            for member in contents.members {
              element(.tr) {
                element(.th, .scope(.row)) { element(.code) { member.name } }
                element(.td) { member.state }
              }
            }
          }
        }
      }
      element(.p) {
        let raw = contents.raw
        "References to raw evidence: \(raw.added) added, \(raw.removed) removed, "
          + "\(raw.changed) changed, \(raw.kept) kept."
      }
    }
  }
}
