import History
import Platform
import TestSupport
import Testing

@testable import GitRemotes

/// What a git remote may tell, and how it is read.
struct TalkTests {
  private static let id = String(repeating: "1a", count: 20)

  @Test func `heads are read, and what is no ref is passed over`() throws {
    var told = RefAdvertisement()
    for line in [
      "version 1\n", "\(Self.id) HEAD\0report-status side-band-64k\n",
      "\(Self.id) refs/tags/demo/v1\n", "\(Self.id) refs/tags/demo/v1^{}\n", "\(Self.id) .have\n",
      "shallow \(Self.id)\n",
    ] {
      try told.take(Array(line.utf8))
    }
    #expect(told.heads.map(\.name) == ["HEAD", "refs/tags/demo/v1"])
    #expect(told.heads.allSatisfy { $0.id.hex == Self.id })
    #expect(told.capabilities == ["report-status", "side-band-64k"])
  }

  @Test(arguments: [
    ("ERR Repository not found.\n", RefAdvertisement.Mistake.refused("Repository not found.")),
    ("Welcome to this machine\n", .noRef), ("\(id)\n", .noRef), ("\(id) \n", .noRef),
    ("\(String(repeating: "g", count: 40)) refs/heads/x\n", .noRef), ("", .noRef),
    ("\(id)\(id.prefix(24)) refs/heads/x\0object-format=sha256\n", .otherHash),
  ]) func `a line that is no ref is told apart`(
    _ line: String, _ mistake: RefAdvertisement.Mistake
  ) {
    #expect(throws: mistake) {
      var told = RefAdvertisement()
      try told.take(Array(line.utf8))
    }
  }

  @Test(
    arguments: [
      ("0000", []), ("", []), ("0004", [""]), ("0006a\n0000rest", ["a\n"]), ("0006a\n", ["a\n"]),
      ("000", nil), ("0006a", nil), ("0003", nil), ("zzzz", nil), ("-001", nil), ("+005a", nil),
      ("000Aabcdef", ["abcdef"]),
    ] as [(String, [String]?)]) func `lines say how long they are`(
      _ text: String, _ want: [String]?
    )
  {
    let lines = Packet.lines(in: Array(text.utf8))
    #expect(lines?.map { String(decoding: $0, as: UTF8.self) } == want)
  }

  @Test func `a report says of each ref what became of it`() {
    var report = PushReport()
    for line in [
      "unpack ok\n", "ok refs/heads/a\n", "ng refs/heads/b hook declined: quota\n",
      "ng refs/heads/c\n", "something else\n", "ok\n", "",
    ] {
      report.take(Array(line.utf8))
    }
    #expect(report.unpackRefusal == nil)
    #expect(report.refs.map(\.name) == ["refs/heads/a", "refs/heads/b", "refs/heads/c"])
    #expect(report.refs.map(\.refusal) == [nil, "hook declined: quota", "no reason given"])
    report.take(Array("unpack index-pack abnormal exit".utf8))
    #expect(report.unpackRefusal == "index-pack abnormal exit")
  }

  /// A program in git's place that says what the script writes.
  private static func talk(
    _ script: String, in folder: TemporaryFolder, patience: Int = 5
  ) throws -> ServiceTalk {
    let environment = [
      "PATH": "/usr/bin:/bin", "GIT_SSH_COMMAND": "sh \(folder.path)/fake",
      "WF_REMOTE_TIMEOUT": String(patience),
    ]
    try FileSystem().write(Array(script.utf8), to: folder.path + "/fake")
    let remote = try RemoteAddress("ssh://host/repository.git", from: "/")
    return try ServiceTalk(
      .uploadPack, at: TransportAddress(remote, environment: environment, hasGit: true),
      credentials: CredentialSource(remote, environment: environment),
      context: TransferContext(clock: { 0 }))
  }

  @Test(arguments: [
    ("exit 0", "network_failed"), ("printf 0006a", "network_failed"),
    ("printf Welcome", "network_failed"), ("printf 'ffff'; exit 1", "network_failed"),
    ("printf '0011ERR not found'", "remote_not_found"),
    ("echo 'Host key verification failed.' >&2; exit 255", "host_key_unknown"),
    ("echo 'user@host: Permission denied (publickey).' >&2; exit 255", "authentication_failed"),
    ("sleep 20", "remote_timeout"),
  ]) func `a talk that goes wrong has a reason`(_ script: String, _ reason: String) throws {
    let folder = TemporaryFolder()
    let talk = try Self.talk(script, in: folder, patience: 1)
    #expect {
      _ = try talk.advertisement()
    } throws: {
      ($0 as? MirrorError)?.reason == reason
    }
  }

  @Test func `a list of refs without end is given up`() throws {
    let line = "0043\(Self.id) refs/heads/0123456789\n"
    let folder = TemporaryFolder()
    let talk = try Self.talk(
      "while :; do printf '\(line)'; done | head -c 70000000", in: folder, patience: 60)
    #expect {
      _ = try talk.advertisement()
    } throws: {
      ($0 as? MirrorError)?.reason == "remote_too_large"
    }
  }
}
