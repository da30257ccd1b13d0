import Platform
import TestSupport
import Testing

/// The files of `Docs/share-server`, as they are, but for names of files and ports.
struct OperatingTests {
  @Test(.enabled(if: areInstalled("/usr/sbin/nginx", "/usr/bin/openssl", "/usr/bin/curl")))
  func `nginx with the documented file serves a share over https`() throws {
    let server = try ServedFolder(options: ["--behind-tls-proxy"])
    let proxy = try TLSProxy(
      site: Fixtures.path("../Docs/share-server/nginx.conf"), to: server.port)
    let artifact = try server.upload()
    let share = try server.share(artifact, approval: [:], password: "correct horse battery")
    let base = "https://share.example.org:\(proxy.port)"
    func curl(_ arguments: String...) throws -> Finished {
      try run(
        [
          "curl", "-sS", "-i", "--max-time", "20", "--cacert", proxy.authority, "--resolve",
          "share.example.org:\(proxy.port):127.0.0.1",
        ] + arguments)
    }
    let form = try curl(base + "/r/" + share.token)
    #expect(form.out.hasPrefix("HTTP/1.1 200"), "\(form.err)")
    #expect(form.out.contains("Strict-Transport-Security: max-age=63072000"))
    let opened = try curl(
      base + "/r/\(share.token)/unlock", "-H", "Origin: " + base, "--data-urlencode",
      "password=correct horse battery", "-c", server.folder.path + "/jar")
    #expect(opened.out.hasPrefix("HTTP/1.1 303"), "\(opened.out)")
    let page = try curl(base + "/r/" + share.token, "-b", server.folder.path + "/jar")
    #expect(page.out.contains("WF-6ZQBYP9S"))
    // A client cannot choose the address by which its rate is counted.
    var statuses: [String] = []
    for place in 0..<22 {
      let answer = try curl(base + "/r/wfs_\(place)", "-H", "X-Forwarded-For: 198.51.100.\(place)")
      statuses.append(String(answer.out.dropFirst(9).prefix(3)))
    }
    #expect(statuses.prefix(20).allSatisfy { $0 == "404" } && statuses.last == "429", "\(statuses)")
    let files = try run(["grep", "-rl", share.token, proxy.folder.path])
    #expect(files.out == "")
  }

  @Test(.enabled(if: areInstalled("/usr/bin/systemd-analyze")))
  func `the unit is one that systemd takes`() throws {
    let unit = Fixtures.path("../Docs/share-server/wf-share.service")
    let checked = try run(["systemd-analyze", "verify", "--man=no", unit])
    let complaints = checked.err.split(separator: "\n").filter { !$0.contains("not executable") }
    #expect(complaints == [])
  }
}
