import GitRemotes
import Glibc
import History
import JSON
import Platform
import Terminal

/// `wf-mirror`, which does all work with git remotes, so that this program never loads libgit2.
struct MirrorProgram {
  let session: Session

  /// Runs one request and shows its progress.
  ///
  /// - Parameter store: the one that is meant, where a look may be enough.
  /// - Returns: what became of each ref, and how many objects came or went.
  /// - Throws: the failure that it tells; `mirror_program_missing`, `mirror_program_failed`.
  func run(
    _ request: RemoteRequest, of store: EvidenceStore? = nil
  ) throws -> (rows: [RemoteRow], objects: Int) {
    if let answer = try store?.quickAnswer(to: request) {
      for remark in answer.remarks { session.console.remark(plainText(remark)) }
      return (answer.rows, 0)
    }
    // A key that stops the work is its to notice; we wait for what it says.
    for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_IGN) }
    let process: ChildProcess
    do {
      process = try ChildProcess([HelperProgram.path("wf-mirror")])
    } catch {
      throw CommandError(
        .mirrorMissing, place: HelperProgram.path("wf-mirror"),
        "the program for git remotes cannot be started",
        hint: "it belongs beside wf; make install puts both there")
    }
    try process.write(try CanonicalJSON.bytes(request.json) + [10])
    process.closeInput()
    var progress = Progress(console: session.console)
    defer { progress.finish() }
    var buffer: [UInt8] = []
    while true {
      let part = try process.read()
      if part.isEmpty { break }
      buffer += part
      while let end = buffer.firstIndex(of: 10) {
        let line = Array(buffer[..<end])
        buffer.removeSubrange(...end)
        guard let event = (try? JSONValue.parse(line)).flatMap(RemoteEvent.init) else { continue }
        switch event {
        case .progress(let phase, let done, let total): progress.show(phase, done, total)
        case .remark(let text):
          progress.finish()
          session.console.remark(plainText(text))
        case .result(let rows, let objects): return (rows, objects)
        case .failure(let failure): throw failure
        }
      }
    }
    throw CommandError(
      .mirrorFailed, place: "wf-mirror", "it ended (\(process.wait())) without a result",
      hint: "run the command again; what was begun is harmless")
  }

  /// One line for the phase that is at work.
  private struct Progress {
    let console: Console
    private var phase = ""
    private var line: ProgressLine?

    init(console: Console) { self.console = console }

    mutating func show(_ phase: String, _ done: Int, _ total: Int) {
      if phase != self.phase {
        finish()
        self.phase = phase
        line = ProgressLine(title: Self.titles[phase] ?? phase, console: console)
      }
      line?.update(done: done, of: total)
    }

    mutating func finish() {
      line?.finish()
      line = nil
      phase = ""
    }

    private static let titles = [
      "translate": "Translating", "upload": "Sending", "download": "Receiving", "check": "Checking",
    ]
  }
}
