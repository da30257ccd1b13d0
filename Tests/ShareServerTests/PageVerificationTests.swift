import JSON
import Platform
import ShareServer
import TestSupport
import Testing

/// SHARING §11 in the browser itself, over a package that the program signed.
@Suite(.serialized, .enabled(if: Chromium.isInstalled, "skipped: chromium is not installed"))
struct PageVerificationTests {
  private static let package = Result { try SealedPackage() }
  private let sealed: SealedPackage
  private let served: ServedPages
  private let browser: DevTools

  init() throws {
    sealed = try Self.package.get()
    served = try ServedPages()
    browser = try DevTools()
    for (name, bytes) in sealed.files { try served.server.put(bytes, at: "package/" + name) }
  }

  private func open(
    _ dto: JSONValue? = nil, files: SharedFiles? = nil, named name: String = "share"
  ) throws {
    let page = served.pages.page(
      dto: try dto ?? sealed.dto(), token: name, files: files ?? sealed.shared)
    try browser.open(served.put(page, named: name))
  }

  /// The words of the outcome after something was started.
  private func outcome(after action: () throws -> Void) throws -> String {
    _ = try browser.evaluate("byId('outcome').textContent = ''")
    try action()
    try browser.wait(
      until:
        "!['', 'Checking…'].includes(byId('outcome').textContent) || byId('told-error').textContent"
    )
    return try browser.evaluate("byId('outcome').textContent").string ?? ""
  }

  private func outcomeOfFetching() throws -> String {
    try outcome { _ = try browser.evaluate("byId('verify-served').click()") }
  }

  private func steps() throws -> [String] {
    let texts = try browser.evaluate(
      "[...document.querySelectorAll('#steps li')].map((item) => item.textContent)")
    return (texts.array ?? []).compactMap(\.string)
  }

  @Test func `good bytes by a good key match, each step with its sign`() throws {
    try open()
    #expect(try outcomeOfFetching() == "bytes match and signature good")
    let steps = try steps()
    #expect(steps.allSatisfy { $0.hasPrefix("✓") }, "\(steps)")
    for name in SealedPackage.members + ["signature.dsse.json", "proof", "evidence.json"] {
      #expect(steps.contains { $0.contains(name) }, "\(name) in \(steps)")
    }
    #expect(try browser.complaints() == [])
    try Kept.record(browser)
  }

  @Test func `a flipped byte makes it say which file`() throws {
    try open()
    for name in SealedPackage.members + [SealedPackage.signature, "proof/tree", "proof/commit"] {
      try served.server.put(sealed.flipped(name), at: "package/" + name)
      let words = try outcomeOfFetching()
      // A commit that names another tree is found at the tree.
      let said = name == "proof/commit" ? ["proof/tree", "proof/commit"] : [name]
      #expect(said.map { "does NOT match: " + $0 }.contains(words), "\(name): \(words)")
      try served.server.put(sealed.files[name] ?? [], at: "package/" + name)
    }
    #expect(try outcomeOfFetching() == "bytes match and signature good")
  }

  @Test func `the key counts, wherever it comes from`() throws {
    let other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDJfhqjEnthhyVH7S+3gfEmTIQ3EDVP9QcDMWi42Bn3A"
    let otherPrint = "SHA256:wEIvcZDlPHexyyk9Lk/oEb8hL7dtRnfp/VTwvoVdYz4"
    var files = sealed.shared
    files.publicKey = other
    // The page shows another key: its signature is not in the envelope.
    let dto = try sealed.dto().setting(
      "verification", "signer", to: .string("somebody \(otherPrint)"))
    try open(dto, files: files)
    #expect(try outcomeOfFetching() == "does NOT match: signature.dsse.json")
    // A key that does not fit the fingerprint on the page decides nothing.
    try open(files: files)
    #expect(try outcomeOfFetching() == "bytes match, signature not checked")
    // Nor does none, until the reader brings it.
    files.publicKey = nil
    try open(files: files)
    #expect(try outcomeOfFetching() == "bytes match, signature not checked")
    try tell(sealed.publicKey + " alice@lab.example")
    #expect(try outcomeOfFetching() == "bytes match and signature good")
    try tell(other)
    #expect(try outcomeOfFetching() == "does NOT match: fingerprint")
  }

  private func tell(_ text: String) throws {
    let bytes = try CanonicalJSON.bytes(.string(text))
    _ = try browser.evaluate("byId('told').value = \(String(decoding: bytes, as: UTF8.self))")
  }

  @Test func `a fingerprint that was told is compared, and nonsense is said to be`() throws {
    try open()
    try tell(sealed.fingerprint)
    #expect(try outcomeOfFetching() == "bytes match and signature good")
    try tell("SHA256:" + String(repeating: "A", count: 43))
    #expect(try outcomeOfFetching() == "does NOT match: fingerprint")
    try tell("the key of Bob")
    #expect(try outcomeOfFetching() == "")
    let field = try browser.evaluate(
      """
      (({ activeElement: field }) => [field.id, field.getAttribute('aria-invalid'),
        field.getAttribute('aria-describedby').split(' ').map((id) => byId(id).textContent).join(' ')])(document)
      """)
    #expect(field.array?[0].string == "told")
    #expect(field.array?[1].string == "true")
    #expect(field.array?[2].string?.contains("Neither a fingerprint nor a public key.") == true)
  }

  @Test func `withheld bytes are verified from files that the reader picks`() throws {
    try open(sealed.dto(served: false))
    #expect(try browser.evaluate("byId('verify-served')").isNull)
    let folder = sealed.work + "/out/"
    let paths = (SealedPackage.members + [SealedPackage.signature] + SealedPackage.proof).map {
      folder + $0
    }
    let all = try outcome { try browser.choose(paths, in: "#picked") }
    #expect(all == "bytes match and signature good")
    let fewer = try outcome {
      try browser.choose(paths.filter { !$0.hasSuffix("/claim.json") }, in: "#picked")
    }
    #expect(fewer == "does NOT match: claim.json")
    let more = try outcome {
      try browser.choose(paths + [sealed.work + "/signers.json"], in: "#picked")
    }
    #expect(more == "does NOT match: signers.json")
    let own = TemporaryFolder()
    try FileSystem().write(sealed.flipped("evidence.md"), to: own.path + "/evidence.md")
    let changed = try outcome {
      try browser.choose(
        paths.filter { !$0.hasSuffix("/evidence.md") } + [own.path + "/evidence.md"], in: "#picked")
    }
    #expect(changed == "does NOT match: evidence.md")
  }

  @Test func `a bundle of Sigstore is compared by digests, and its signature left to wf`() throws {
    let envelope = try JSONValue.parse(sealed.files[SealedPackage.signature] ?? [])
    let name = "signature.sigstore.json"
    let bundle = try CanonicalJSON.bytes(["dsseEnvelope": envelope])
    try served.server.put(bundle, at: "package/" + name)
    let dto = try sealed.dto().setting("verification", "backend", to: "sigstore")
    try open(dto, files: SharedFiles(proof: SealedPackage.proof))
    #expect(try outcomeOfFetching() == "bytes match, signature not checked")
    let steps = try steps()
    #expect(steps.contains { $0.hasPrefix("–") && $0.contains("use wf verify") }, "\(steps)")
    try served.server.put(sealed.flipped("claim.json"), at: "package/claim.json")
    #expect(try outcomeOfFetching() == "does NOT match: claim.json")
  }

  @Test func `what a browser lacks is said and never taken for good`() throws {
    try withBrowserThat("SubtleCrypto.prototype.importKey = () => Promise.reject(new Error('no'))")
    {
      try open()
      #expect(try outcomeOfFetching() == "bytes match, signature not checked")
      let steps = try steps()
      #expect(steps.contains { $0.hasPrefix("–") && $0.contains("has no Ed25519") }, "\(steps)")
    }
    try withBrowserThat("Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined })") {
      try open()
      let words = try browser.evaluate("byId('outcome').textContent").string ?? ""
      #expect(words.hasPrefix("Nothing can be checked here: over an insecure connection"))
      #expect(try browser.evaluate("byId('verify-served').disabled").bool == true)
    }
  }

  /// Runs something with a script before those of each page.
  private func withBrowserThat(_ script: String, do action: () throws -> Void) throws {
    let added = try browser.call(
      "Page.addScriptToEvaluateOnNewDocument", ["source": .string(script)])
    try action()
    _ = try browser.call("Page.removeScriptToEvaluateOnNewDocument", added)
  }

  private static let registered = Result { try SealedPackage(registered: true) }

  @Test func `the commits behind the proof are followed to the first one`() throws {
    let sealed = try Self.registered.get()
    for (name, bytes) in sealed.files { try served.server.put(bytes, at: "package/" + name) }
    try open(sealed.dto(), files: sealed.shared)
    #expect(try outcomeOfFetching() == "bytes match and signature good")
    #expect(try steps().contains { $0.hasPrefix("✓proof/history: 1 earlier") })
    let good = try #require(sealed.files[SealedPackage.history])
    var longer = good
    longer.replaceSubrange(..<11, with: Array("commit 9999".utf8))
    for bad in [
      sealed.flipped(SealedPackage.history), [], Array(good.dropLast()), good + [0], good + good,
      Array(good.dropFirst()), [UInt8](repeating: 0xFF, count: 300), longer,
      Array("commit ".utf8) + good, sealed.files["proof/commit"] ?? [],
    ] {
      try served.server.put(bad, at: "package/" + SealedPackage.history)
      #expect(try outcomeOfFetching() == "does NOT match: proof/history", "\(bad.prefix(40))")
    }
    let paths = sealed.files.keys.map { "\(sealed.work)/out/\($0)" }
    let without = try outcome {
      try browser.choose(paths.filter { !$0.hasSuffix("/history") }, in: "#picked")
    }
    #expect(without == "does NOT match: proof/history")
    #expect(try outcome { try browser.choose(paths, in: "#picked") }.hasSuffix("signature good"))
  }

  @Test func `a first commit has nothing behind it`() throws {
    try served.server.put(
      try #require(try Self.registered.get().files[SealedPackage.history]),
      at: "package/" + SealedPackage.history)
    var files = sealed.shared
    files.proof.append(SealedPackage.history)
    try open(files: files)
    #expect(try outcomeOfFetching() == "does NOT match: proof/history")
  }

  /// The comparison goes by the number of each row: were it the same for all, it would say so.
  @Test func `rows that name another task of the files are caught`() throws {
    let page = String(
      decoding: served.pages.page(dto: try sealed.dto(), token: "share", files: sealed.shared),
      as: UTF8.self)
    for (row, other) in [("1", "0"), ("0", "1"), ("1", "7")] {
      let changed = page.replacing("data-task=\"\(row)\"", with: "data-task=\"\(other)\"")
      #expect(changed != page)
      try browser.open(served.put(Array(changed.utf8), named: "share"))
      #expect(try outcomeOfFetching() == "does NOT match: this page", "\(row) as \(other)")
      #expect(try steps().contains { $0.hasPrefix("✗") && $0.contains("task libero_spatial/") })
    }
  }

  @Test func `a page that shows something else than its files is caught`() throws {
    let lies: [([String], String, String)] = [
      (["claim", "text"], "It always works.", "claim.json/claim_text"),
      (["result", "verdict"], "supported", "evidence.json/verdict"),
      (["result", "primary", "rate"], "0.970000", "evidence.json/primary/rate"),
      (["result", "grade", "letter"], "A", "evidence.json/grade/letter"),
      (["recommendation", "text"], "Go ahead.", "evidence.json/recommendation/text"),
      (["scope", "robot_embodiment"], "Any robot", "evidence.json/scope/robot_embodiment"),
    ]
    for (path, text, place) in lies {
      let dto = try sealed.dto().setting(path[...], to: .string(text))
      try expectCaught(dto, place)
    }
    for (list, place) in [("missing_evidence", "missing_evidence"), ("integrity", "integrity")] {
      try expectCaught(try sealed.dto().setting(list, to: []), "all of evidence.json/" + place)
    }
    let task: JSONValue = [
      "k": 3, "n": 3, "name": "pick up the black bowl next to the ramekin", "rate": "1.000000",
      "task": "libero_spatial/1", "verdict": "supported",
      "wilson": ["lower": "0.438503", "upper": "1.000000"],
    ]
    let tasks = try #require(try sealed.dto()["tasks"]?.array)
    try expectCaught(
      try sealed.dto().setting("tasks", to: [tasks[0], task]), "task libero_spatial/1")
    for fewer in [[tasks[0]], []] {
      try expectCaught(
        try sealed.dto().setting("tasks", to: .array(fewer)), "all of evidence.json/tasks")
    }
    let member: JSONValue = ["name": "claim.json", "size": 950, "digest": "sha256:00"]
    try expectCaught(try sealed.dto().setting("members", to: [member]), "the digest of claim.json")
  }

  private func expectCaught(_ dto: JSONValue, _ place: String) throws {
    try open(dto)
    #expect(try outcomeOfFetching() == "does NOT match: this page", "\(place)")
    let steps = try steps()
    #expect(steps.contains { $0.hasPrefix("✗") && $0.contains(place) }, "\(steps)")
  }
}
