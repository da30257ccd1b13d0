@testable import GitRemotes

// What a git remote tells: the list of its refs, and what became of a push.

/// Lines lie one behind the other, a head is what its line says, and a report names no ref that no line names.
func isTalkReadSoundly(_ bytes: [UInt8]) -> Bool {
  guard let lines = Packet.lines(in: bytes) else { return true }
  let length = lines.reduce(0) { $0 + $1.count + 4 }
  guard length <= bytes.count, lines.allSatisfy({ $0.count <= 0xFFFB }) else { return false }
  return areRefsToldSoundly(lines) && isReportReadSoundly(lines)
}

private func areRefsToldSoundly(_ lines: [[UInt8]]) -> Bool {
  var told = RefAdvertisement()
  for line in lines {
    let before = told.heads.count
    do throws(RefAdvertisement.Mistake) {
      try told.take(line)
    } catch {
      return told.heads.count == before
    }
    guard told.heads.count <= before + 1 else { return false }
    if told.heads.count == before { continue }
    guard let head = told.heads.last, line.starts(with: "\(head.id.hex) ".utf8) else {
      return false
    }
    let rest = String(decoding: line.dropFirst(41), as: UTF8.self)
    if head.name.isEmpty || !rest.hasPrefix(head.name) { return false }
  }
  return true
}

private func isReportReadSoundly(_ lines: [[UInt8]]) -> Bool {
  var report = PushReport()
  for line in lines { report.take(line) }
  return report.refs.count <= lines.count
    && report.refs.allSatisfy { ref in
      !ref.name.isEmpty && lines.contains { String(decoding: $0, as: UTF8.self).contains(ref.name) }
    }
}

/// An empty repository, one with refs, a refusal, reports with and without a refusal.
let talkSeeds: [[UInt8]] = {
  let id = String(repeating: "1a", count: 20)
  let none = String(repeating: "0", count: 40)
  func talk(_ lines: [String]) -> [UInt8] {
    lines.flatMap { Packet.line(Array($0.utf8)) } + Packet.flushLine
  }
  return [
    talk(["\(none) capabilities^{}\0report-status side-band-64k quiet\n"]),
    talk([
      "version 1\n", "\(id) HEAD\0report-status object-format=sha1 agent=git/2.39.5\n",
      "\(id) refs/heads/claims/demo\n", "\(id) refs/tags/demo/v1\n",
      "\(id) refs/tags/demo/v1^{}\n", "\(id) .have\n", "shallow \(id)\n",
    ]),
    talk(["ERR Repository not found.\n"]),
    talk(["\(id)\(id.prefix(24)) refs/heads/x\0object-format=sha256\n"]),
    talk(["unpack ok\n", "ok refs/heads/claims/demo\n", "ng refs/tags/demo/v1 hook declined\n"]),
    talk(["unpack index-pack abnormal exit\n", "ng refs/heads/claims/demo unpacker error\n"]),
  ]
}()
