import Glibc
import JSON
import Platform
import ShareServer
import TestSupport

/// The worked example, and variations of it.
enum PageExamples {
  static let token = String(repeating: "Tk3-", count: 10) + "abc"

  static func dto() throws -> JSONValue {
    try JSONValue.parse(Fixtures.bytes("package-example/share/dto.json"))
  }

  /// The example with so many tasks, named as benchmarks name theirs.
  static func dto(tasks: Int) throws -> JSONValue {
    let words = ["supported", "inconclusive", "refuted"]
    let rows = (0..<tasks).map { index -> JSONValue in
      let k = Int64(50 - index * 7 % 50)
      let rate = String(String(1_000_000 + k * 20_000).dropFirst())
      return [
        "task": .string("libero_spatial/\(index)"),
        "name": .string("pick up the black bowl on the ramekin and place it on plate \(index)"),
        "k": .number(JSONNumber(k)), "n": 50,
        "rate": .string(k == 50 ? "1.000000" : "0.\(rate)"),
        "verdict": .string(words[index % 3]),
        "wilson": ["lower": "0.207660", "upper": "0.938508"],
      ]
    }
    return try dto().setting("tasks", to: .array(rows))
      .setting("tasks_total", to: .number(JSONNumber(Int64(tasks))))
  }

  static func text(_ dto: JSONValue, files: SharedFiles = SharedFiles()) throws -> String {
    String(decoding: try ReviewerPage().page(dto: dto, token: token, files: files), as: UTF8.self)
  }
}

extension JSONValue {
  /// The value with another one at a path; objects that are not there are made.
  func setting(_ path: String..., to value: JSONValue) -> JSONValue {
    setting(path[...], to: value)
  }

  func setting(_ path: ArraySlice<String>, to value: JSONValue) -> JSONValue {
    guard let key = path.first else { return value }
    var members = object ?? [:]
    members[key] = (members[key] ?? .object([:])).setting(path.dropFirst(), to: value)
    return .object(members)
  }
}

/// Pages as a browser gets them, at `/r/NAME`.
struct ServedPages {
  let server: PageServer
  let pages: ReviewerPage

  init() throws {
    server = try PageServer()
    pages = try ReviewerPage()
    for asset in pages.assets { try server.put(asset.bytes, at: asset.path) }
    try server.put(pages.notFound(), at: "missing.html")
  }

  /// Puts a page there and gives its address.
  func put(_ page: [UInt8], named name: String) throws -> String {
    try server.put(page, at: name + ".html")
    return server.address(name)
  }
}

/// Pictures and pages for people to look at, in the folder `WF_KEEP_PAGES`.
enum Kept {
  static func keep(_ bytes: @autoclosure () throws -> [UInt8], as name: String) throws {
    guard let folder = unsafe getenv("WF_KEEP_PAGES") else { return }
    try FileSystem().write(try bytes(), to: String(cString: folder) + "/" + name)
  }

  /// Docs/reviewer-page.png shows how the page begins, and how a verification ends:
  /// `WF_RECORD=1 swift test --filter PageVerificationTests`.
  static func record(_ browser: DevTools) throws {
    guard unsafe getenv("WF_RECORD") != nil else { return }
    try browser.resize(width: 900, height: 1000)
    _ = try browser.call("Emulation.setScrollbarsHidden", ["hidden": true])
    // What lies between is in the page itself.
    let hidden = ["tasks", "scope", "axes", "artifacts", "approval", "offline", "recommendation"]
    for id in hidden { _ = try browser.evaluate("byId('\(id)').closest('section').hidden = true") }
    _ = try browser.evaluate(
      "byId('verification-panel').querySelectorAll('dl, details, table').forEach((e) => e.hidden = true)"
    )
    let folder = TemporaryFolder()
    try FileSystem().write(
      try browser.screenshot(isWhole: true), to: folder.path + "/whole.png")
    let shrunk = try run([
      Fixtures.path("../Scripts/shrink-picture"), folder.path + "/whole.png",
      Fixtures.path("../Docs/reviewer-page.png"), "2600",
    ])
    if shrunk.status != 0 { throw SealedPackage.Failed(why: shrunk.err) }
  }
}

extension PageExamples {
  /// One page of each kind.
  static func every() throws -> [String] {
    let pages = try ReviewerPage()
    let served = try dto().setting("share", "package_bytes", to: "served")
    let files = SharedFiles(
      signature: "signature.dsse.json", proof: ["proof/commit", "proof/tree"], publicKey: "x")
    return [
      pages.page(dto: try dto(), token: token), pages.page(dto: served, token: token, files: files),
      pages.page(dto: try dto(tasks: 50), token: token),
      pages.passwordForm(token: token, wrong: false), pages.passwordForm(token: token, wrong: true),
      pages.notFound(),
    ].map { String(decoding: $0, as: UTF8.self) }
  }
}

extension PageExamples {
  /// The example with words that have no place to break.
  static func long() throws -> JSONValue {
    let word = JSONValue.string(String(repeating: "longword", count: 25))
    let task: JSONValue = [
      "task": word, "name": word, "k": 12345, "n": 23456, "rate": "0.526304",
      "verdict": "inconclusive", "wilson": ["lower": "0.519911", "upper": "0.532685"],
    ]
    return try dto().setting("claim", "text", to: word).setting("claim", "slug", to: word)
      .setting("claim", "baseline", "id", to: word).setting("scope", "suites", to: [word])
      .setting("scope", "excludes", to: [word]).setting("recommendation", "text", to: word)
      .setting("recommendation", "word", to: word).setting("verification", "signer", to: word)
      .setting("approval", "approver", to: word).setting("tasks", to: [task])
      .setting("missing_evidence", to: [["label": word, "severity": "major"]])
  }
}
