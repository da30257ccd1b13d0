import History
import JSON
import Platform
import TestSupport
import Testing

struct RemoteListTests {
  @Test(arguments: [
    ("https://git.lab.example/eval/evidence.git", "git.lab.example"),
    ("https://alice@git.lab.example:8443/e.git", "git.lab.example"),
    ("ssh://git@git.lab.example:2222/e.git", "git.lab.example"),
    ("git@git.lab.example:eval/evidence.git", "git.lab.example"),
    ("http://[::1]:8080/e.git", "[::1]"),
    ("file:///srv/e.git", nil), ("../e.git", nil), ("/srv/with:colon.git", nil),
  ])
  func `an address is read as git reads it`(text: String, host: String?) throws {
    #expect(try RemoteAddress(text, from: "/home/alice").host == host)
  }

  @Test(arguments: [
    ("https://alice:secret@git.lab.example/e.git", "remote_address_secret"),
    ("https://:ghp_token@git.lab.example/e.git", "remote_address_secret"),
    ("https://git.lab.example/e.git?token=x", "remote_address_invalid"),
    ("https://git.lab.example", "remote_address_invalid"),
    ("ssh://-oProxyCommand=touch/e.git", "remote_address_invalid"),
    ("ssh://-x@host/e.git", "remote_address_invalid"),
    ("-oProxyCommand=x:path", "remote_address_invalid"),
    ("ext::sh -c x", "remote_address_invalid"), ("git://host/e.git", "remote_address_invalid"),
    ("https://host:99999/e", "remote_address_invalid"), ("", "remote_address_invalid"),
    ("https://host/a\nb", "remote_address_invalid"), ("host:", "remote_address_invalid"),
  ])
  func `an address with a secret, an option or another protocol is refused`(
    text: String, reason: String
  ) {
    do {
      _ = try RemoteAddress(text, from: "/")
      Issue.record("\(text) was taken")
    } catch {
      #expect(error.reason == reason, "\(text)")
      #expect(!error.message.contains("secret@") && !error.message.contains("ghp_"))
    }
  }

  @Test func `remotes are added, listed, renamed and removed`() throws {
    let two = try TwoStores()
    let again = try two.wf("remote", "add", "origin", "/x", "--json")
    #expect(again.status == 4)
    #expect(try Program.reason(again) == "remote_exists")
    let secret = try two.wf("remote", "add", "web", "https://a:hunter22@host/x", "--json")
    #expect(secret.status == 4)
    #expect(try Program.reason(secret) == "remote_address_secret")
    #expect(!secret.out.contains("hunter22"))
    #expect(
      try two.wf("remote", "add", "team", two.remote, "--namespace", "team/claims").status == 0)
    let list = try JSONValue.parse(try two.wf("remote", "list", "--json").outBytes)
    #expect(
      list["remotes"]?.array?.map { $0["namespace"]?.string } == ["claims", "team/claims"])
    let tracking = "refs/remotes/origin/claims/" + TwoStores.slug
    #expect(try git(["--git-dir", two.work + "/a/.wf", "rev-parse", tracking]).status == 0)
    #expect(try two.wf("remote", "rename", "origin", "lab").status == 0)
    let renamed = "refs/remotes/lab/claims/" + TwoStores.slug
    #expect(
      try git(["--git-dir", two.work + "/a/.wf", "rev-parse", renamed]).out == (try two.tip()))
    #expect(
      try TwoStores.states(try two.wf("push", "lab", "--json")) == ["up_to_date", "up_to_date"])
    #expect(try two.wf("remote", "remove", "lab").status == 0)
    #expect(try git(["--git-dir", two.work + "/a/.wf", "rev-parse", renamed]).status != 0)
    let gone = try two.wf("push", "lab", "--json")
    #expect(gone.status == 4)
    #expect(try Program.reason(gone) == "remote_unknown")
  }

  @Test func `another namespace keeps claims and labels apart`() throws {
    let two = try TwoStores(pushed: false)
    #expect(
      try two.wf("remote", "add", "team", two.remote, "--namespace", "team/claims").status == 0)
    #expect(try two.wf("push", "team").status == 0)
    let refs = try git([
      "--git-dir", two.remote, "for-each-ref", "--format=%(refname)", "refs/heads/team",
      "refs/tags",
    ]).out
    #expect(
      refs
        == "refs/heads/team/claims/\(TwoStores.slug)\nrefs/tags/team/claims/\(TwoStores.slug)/first\n"
    )
    let clone = try two.program("clone", two.remote, "t", "--namespace", "team/claims")
    #expect(clone.status == 0, "\(clone.err)")
    #expect(try two.tip("t") == two.tip())
    let empty = try two.program("clone", two.remote, "none", "--json")
    #expect(empty.status == 4)
    #expect(try Program.reason(empty) == "claim_unknown")
    #expect(!FileSystem().exists(two.work + "/none"))
  }

  @Test func `a request and its events are the same after the wire`() throws {
    var request = RemoteRequest(
      .fetch, store: "/a b/.wf", remote: "origin", namespace: "x", slugs: ["a", "b"])
    request.isAll = true
    request.trust = "t"
    #expect(RemoteRequest(request.json) == request)
    let refusal = RefRefusal(
      kind: .historyRewritten, reason: "tip_forked", message: "m", place: nil, hint: "h")
    let events: [RemoteEvent] = [
      .progress(phase: "download", done: 1, total: 2), .remark("x"), .failure(refusal),
      .result(
        rows: [RemoteRow(name: "n", old: nil, new: nil, state: .rejected, refusal: refusal)],
        objects: 3),
    ]
    for event in events { #expect(RemoteEvent(event.json) == event) }
    #expect(RemoteEvent(["event": "other"]) == nil && RemoteRequest(["schema": "x"]) == nil)
  }
}
