import ArgumentParser
import History
import JSON
import ObjectStore
import Platform
import Terminal

struct FsckCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "fsck", abstract: "Check every object, pack and ref of the store",
    discussion: """
      Reads and hashes everything, also what no version reaches. What it finds is
      named with its reason word, the object, the path by which the object is
      reached, and the file and offset where its bytes lie.

      With --repair, a lost or damaged index is made anew from its pack; a pack or
      loose object that cannot be read is moved to wf/quarantine in the store, never
      deleted, once its good objects are in a new pack; and with --from, what is
      missing comes back from another store or a bundle. Every object is hashed before it is
      written. What is still wrong afterwards is listed.

      Examples:
        wf fsck
        wf fsck --repair
        wf fsck --repair --from /mnt/backup/evaluations
        wf fsck --repair --from history.bundle

      Exit codes: 0 the store is whole (after a repair too); 11 something is being
      written; 20 bytes changed; 21 something is missing; 25 a history that is cut
      short or replaced.
      """)
  @OptionGroup var global: GlobalOptions

  @Flag(help: "Repair what can be repaired.")
  var repair = false

  @Option(
    help: ArgumentHelp(
      "With --repair: a store, a bare git repository with SHA-256 ids, or a bundle, to take missing objects from.",
      valueName: "dir|bundle"))
  var from: String?

  func perform(_ session: Session) throws -> ExitStatus {
    if from != nil && !repair {
      throw CommandError(
        .optionInvalid, place: "--from", "a source is used by a repair only",
        hint: "wf fsck --repair --from DIR")
    }
    let folder = try session.storeFolder()
    let bundle = try openedBundle(session)
    defer { withExtendedLifetime(bundle) {} }
    let report =
      repair
      ? try ObjectStore.repair(
        at: folder, system: session.files, from: try bundle?.objects ?? source(session))
      : ObjectStore.fsck(at: folder, system: session.files)
    if session.console.json {
      session.console.result(jsonLine(json(report)))
    } else {
      for action in report.repairs { session.console.result(plainText(Self.text(action))) }
      for finding in report.findings {
        session.console.result(
          session.console.style.paint("bad", .bad) + "  " + plainText(finding.description))
      }
      let counts = "\(report.objects) objects, \(report.packs) packs, \(report.refs) refs read"
      session.console.result(
        report.isSound ? "The store is whole: \(counts)." : "The store is damaged: \(counts).")
      if !report.isSound && !repair {
        session.console.remark("wf fsck --repair mends what can be mended; --from DIR names a copy")
      }
    }
    return report.findings.first.map { ExitStatus($0.error.kind) } ?? .done
  }

  private func openedBundle(_ session: Session) throws -> BundleSource? {
    guard let from, try session.files.status(from).kind == .regular else { return nil }
    return try BundleSource(from, in: session.temporaryFolder, files: session.files)
  }

  /// A store's folder, the folder that holds it, or a repository of git's.
  private func source(_ session: Session) throws -> ObjectSource? {
    guard let from else { return nil }
    for inner in [".wf", ".git"] where session.files.exists(Path.join(from, inner)) {
      return ObjectSource(
        try ObjectStore.open(at: Path.join(from, inner), system: session.files))
    }
    return ObjectSource(try ObjectStore.open(at: from, system: session.files))
  }

  private static func text(_ action: RepairAction) -> String {
    switch action.kind {
    case .indexRebuilt: "made the index of \(action.count) objects anew: \(action.place)"
    case .objectsSalvaged: "saved \(action.count) good objects of \(action.place)"
    case .quarantined: "moved to wf/quarantine: \(action.place)"
    case .objectsRestored: "took \(action.count) objects from \(action.place)"
    }
  }

  private func json(_ report: FsckReport) -> JSONValue {
    [
      "schema": "wf.fsck/1", "ok": .bool(report.isSound),
      "objects": .number(JSONNumber(Int64(report.objects))),
      "repairs": .array(
        report.repairs.map {
          [
            "action": .string($0.kind.rawValue), "place": .string($0.place),
            "count": .number(JSONNumber(Int64($0.count))),
          ]
        }),
      "findings": .array(
        report.findings.map {
          [
            "reason": .string($0.reason), "detail": .string($0.detail),
            "object": $0.object.map { .string($0.hex) } ?? .null,
            "path": $0.place.map { .string($0) } ?? .null,
            "file": $0.file.map { .string($0) } ?? .null,
            "offset": $0.offset.map { .number(JSONNumber(Int64($0))) } ?? .null,
          ]
        }),
    ]
  }
}
