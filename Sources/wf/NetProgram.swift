import Glibc
import JSON
import Platform
import Terminal
import WebExchange

/// `wf-net`, which does all work over http and https, so that this program never loads a client.
///
/// It is started with the first request and kept, so that one connection serves a whole upload.
final class NetProgram {
  private var process: ChildProcess?
  private var pending: [UInt8] = []

  /// Sends one request and waits for the answer.
  ///
  /// - Throws: `WebTrouble` with what it tells; `net_program_missing`, `net_program_failed`.
  func send(_ request: WebRequest) throws -> WebAnswer {
    let process = try started()
    try process.write(try CanonicalJSON.bytes(request.json) + [10])
    while true {
      if let end = pending.firstIndex(of: 10) {
        let line = Array(pending[..<end])
        pending.removeSubrange(...end)
        guard let value = try? JSONValue.parse(line) else { throw failed(process) }
        if let answer = WebAnswer(value) { return answer }
        throw WebTrouble(value) ?? failed(process)
      }
      let part = try process.read()
      if part.isEmpty { throw failed(process) }
      pending += part
    }
  }

  private func started() throws -> ChildProcess {
    if let process { return process }
    let path = HelperProgram.path("wf-net")
    do {
      let process = try ChildProcess([path])
      self.process = process
      return process
    } catch {
      throw CommandError(
        .netMissing, place: path, "the program for requests over https cannot be started",
        hint: "it belongs beside wf; make install puts both there")
    }
  }

  private func failed(_ process: ChildProcess) -> any Error {
    CommandError(
      .netFailed, place: "wf-net", "it ended (\(process.wait())) without an answer",
      hint: "run the command again; what has arrived is not sent again")
  }
}
