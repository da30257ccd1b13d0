import ArgumentParser
import JSON
import ObjectStore
import Platform
import Terminal

struct FsckCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "fsck", abstract: "Check every object, pack and ref of the store",
    discussion: """
      Reads and hashes everything, also what no version reaches. What it finds is
      named with its reason word, the object, and the path by which the object is
      reached.

      Exit codes: 0 the store is whole; 20 bytes changed; 21 something is missing;
      25 a history that is cut short or replaced.
      """)
  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws -> ExitStatus {
    let report = ObjectStore.fsck(at: try session.storeFolder(), system: session.files)
    if session.console.json {
      session.console.result(jsonLine(json(report)))
    } else {
      for finding in report.findings {
        session.console.result(
          session.console.style.paint("bad", .bad) + "  " + plainText(finding.description))
      }
      let counts = "\(report.objects) objects, \(report.packs) packs, \(report.refs) refs read"
      session.console.result(
        report.isSound ? "The store is whole: \(counts)." : "The store is damaged: \(counts).")
    }
    return report.findings.first.map { ExitStatus($0.error.kind) } ?? .done
  }

  private func json(_ report: FsckReport) -> JSONValue {
    [
      "schema": "wf.fsck/1", "ok": .bool(report.isSound),
      "objects": .number(JSONNumber(Int64(report.objects))),
      "findings": .array(
        report.findings.map {
          [
            "reason": .string($0.reason), "detail": .string($0.detail),
            "object": $0.object.map { .string($0.hex) } ?? .null,
            "path": $0.place.map { .string($0) } ?? .null,
          ]
        }),
    ]
  }
}
