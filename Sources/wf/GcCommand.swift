import ArgumentParser
import History
import JSON
import ObjectStore
import Platform
import Terminal

struct GcCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "gc", abstract: "Pack the store anew and remove what nothing needs",
    discussion: """
      Writes everything that versions, labels, reflogs and remembered tips reach into
      one pack, in which versions of one member are told as changes of each other.
      Then removes the old packs, what processes that died left behind, and objects
      that nothing reaches once they are older than the grace period; younger ones
      stay. Nothing is removed while a commit is being written, or when an object
      that is reached cannot be read. Readers need not stop.

      Examples:
        wf gc --dry-run
        wf gc
        wf gc --grace 1d --json

      Exit codes: 0 done; 11 something is being written, or another gc runs; 20 bytes
      changed, 21 something is missing: nothing was removed, see wf fsck.
      """)
  @OptionGroup var global: GlobalOptions

  @Flag(help: "Say exactly what would go, and change nothing.")
  var dryRun = false

  @Option(
    help: ArgumentHelp(
      "Keep unreachable objects younger than this: a number and s, m, h, d or w (default: 2w).",
      valueName: "duration"))
  var grace: String?

  func perform(_ session: Session) throws -> ExitStatus {
    var options = GarbageOptions(isDryRun: dryRun)
    if let grace { options.grace = try Self.seconds(grace) }
    let store = try session.store().objects
    var phase = "walking"
    var line = ProgressLine(title: "Walking", console: session.console)
    let report: GarbageReport
    do throws(ObjectError) {
      report = try store.gc(options) { work, done, total in
        if work != phase {
          line.finish()
          phase = work
          line = ProgressLine(title: "Packing", console: session.console)
        }
        line.update(done: done, of: total)
      }
    } catch {
      line.finish()
      throw error
    }
    line.finish()
    if session.console.json {
      session.console.result(jsonLine(json(report)))
    } else {
      for text in lines(report) { session.console.result(text) }
    }
    return .done
  }

  /// `14d`, `36h`; a bare 0 too.
  static func seconds(_ text: String) throws -> Int64 {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    if text == "0" { return 0 }
    if let unit = text.last.flatMap({ units[$0] }), text.dropLast().allSatisfy(\.isASCII),
      let count = Int64(text.dropLast()), count >= 0, count <= 1_000_000
    {
      return count * unit
    }
    throw CommandError(
      .optionInvalid, place: "--grace \(text)", "this is no duration",
      hint: "write a whole number and a unit: 12h, 14d or 2w")
  }

  private func lines(_ report: GarbageReport) -> [String] {
    var lines: [String] = []
    let pruned = report.pruned.reduce(0) { $0 + $1.bytes }
    let before =
      "\(count(report.packsBefore, "pack")), \(count(report.looseBefore, "loose object")), "
      + byteText(report.bytesBefore)
    if let after = report.bytesAfter, let packs = report.packsAfter, let deltas = report.deltas {
      lines.append("Packed \(count(report.reachable, "object")), \(deltas) of them as changes.")
      lines.append("  before  \(before)")
      lines.append("  now     \(count(packs, "pack")), \(byteText(after))")
    } else {
      lines.append("Would pack \(count(report.reachable, "object")) into one pack.")
      lines.append("  now     \(before)")
    }
    lines.append(
      "\(dryRun ? "Would remove" : "Removed") \(count(report.pruned.count, "unreachable object")), "
        + byteText(pruned)
        + (report.kept > 0 ? "; \(report.kept) younger stay" : ""))
    if dryRun { lines += report.pruned.map { "  \($0.id)  \(byteText($0.bytes))" } }
    for leftover in report.leftovers {
      lines.append(
        "\(dryRun ? "Would remove" : "Removed") \(Self.name(leftover.kind)) "
          + plainText(leftover.path) + ", \(byteText(leftover.bytes))")
    }
    for pack in report.keptPacks { lines.append("Kept \(plainText(pack)): it is in use or marked") }
    return lines
  }

  private static func name(_ kind: Leftover.Kind) -> String {
    switch kind {
    case .temporaryFile: "the temporary file"
    case .staleLock: "the stale lock"
    case .packWithoutIndex: "the pack without index"
    }
  }

  private func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  private func json(_ report: GarbageReport) -> JSONValue {
    func number(_ value: Int?) -> JSONValue {
      value.map { .number(JSONNumber(Int64($0))) } ?? .null
    }
    return [
      "schema": "wf.gc/1", "dry_run": .bool(dryRun),
      "packs_before": number(report.packsBefore), "packs_after": number(report.packsAfter),
      "loose_before": number(report.looseBefore),
      "bytes_before": number(report.bytesBefore), "bytes_after": number(report.bytesAfter),
      "objects": number(report.reachable), "deltas": number(report.deltas),
      "unreachable_kept": number(report.kept),
      "pruned_bytes": number(report.pruned.reduce(0) { $0 + $1.bytes }),
      "pruned": .array(
        report.pruned.map { ["object": .string($0.id.hex), "bytes": number($0.bytes)] }),
      "leftovers": .array(
        report.leftovers.map {
          ["kind": .string($0.kind.rawValue), "path": .string($0.path), "bytes": number($0.bytes)]
        }),
      "packs_kept": .array(report.keptPacks.map { .string($0) }),
    ]
  }
}

/// Bytes as a person reads them: `812 B`, `1.4 MB`.
func byteText(_ bytes: Int) -> String {
  if bytes < 1000 { return "\(bytes) B" }
  var tenths = bytes * 10
  var unit = 0
  while tenths >= 10_000, unit < 4 {
    tenths = (tenths + 500) / 1000
    unit += 1
  }
  return "\(tenths / 10).\(tenths % 10) \(["B", "kB", "MB", "GB", "TB"][unit])"
}
