import Evidence
import JSON
import Pages
import Platform
import Testing

struct ReportPageTests {
  /// Pages of every shape that a package can have, and of some that it should not.
  static let shapes: [(name: String, change: @Sendable (inout PagesExample) -> Void)] = [
    ("as packaged", { _ in }),
    ("verified", { $0.findings = PagesExample.verified() }),
    ("failed", { $0.findings = PagesExample.verified(failed: true) }),
    ("nothing in it", { $0.evidence = [:] }),
    ("not an object", { $0.evidence = "text" }),
    ("no tasks", { $0.set("tasks", to: []) }),
    ("many tasks", { $0.setTasks((0..<70).map { $0 % 51 }) }),
    (
      "nulls everywhere",
      { example in
        for (key, _) in example.evidence.object?.members ?? [] { example.set(key, to: nil) }
      }
    ),
    (
      "words of a later version",
      { example in
        example.set("verdict", to: "partly_supported")
        example.set("reasons", to: ["moon_phase"])
        example.set("missing_evidence", to: [["label": "moon_phase", "severity": "cosmic"]])
        example.set("next_axes", to: [["axis": "moon_phase", "why": ["tides"]]])
        example.set("integrity", to: [["id": "I99", "state": "eclipsed"]])
        example.set("grade", to: ["letter": "E", "caps": [["word": "moon_phase", "cap": "E"]]])
      }
    ),
    (
      "dimensions",
      { $0.set("dimensions", to: .array(DimensionTests.rows)) }
    ),
  ]

  private func page(_ shape: Int) throws -> Page {
    var example = try PagesExample()
    Self.shapes[shape].change(&example)
    return example.page
  }

  @Test(arguments: shapes.indices)
  func `a page is well formed whatever it shows`(shape: Int) throws {
    let page = try page(shape)
    #expect(page.faults == [], "\(Self.shapes[shape].name)")
    #expect(page.elements.first?.attributes["lang"] == "en")
    #expect(page.all("h1").count == 1)
    let ids = page.elements.compactMap { $0.attributes["id"] }
    #expect(Set(ids).count == ids.count)
    for element in page.elements {
      if let label = element.attributes["aria-labelledby"] { #expect(ids.contains(label)) }
    }
    for (element, next) in zip(page.elements, page.elements.dropFirst()) {
      if element.name == "table" { #expect(next.name == "caption") }
      if element.name == "svg", element.attributes["aria-hidden"] == nil, element.depth > 0 {
        #expect(next.name == "title" || element.attributes["role"] == nil)
      }
    }
    #expect(page.all("th").allSatisfy { $0.attributes["scope"] != nil })
  }

  @Test(arguments: shapes.indices)
  func `a page loads nothing, runs nothing and lets in its own style alone`(shape: Int) throws {
    let page = try page(shape)
    for word in [
      "http:", "https:", "//", "url(", "@import", "javascript:",
    ] {
      #expect(!page.source.contains(word), "\(word)")
    }
    let loading = ["script", "link", "img", "iframe", "form", "object", "embed", "base", "use"]
    #expect(!page.elements.contains { loading.contains($0.name) })
    let active = ["style", "src", "href", "srcset", "action"]
    for element in page.elements {
      let names = element.attributes.keys
      if names.contains(where: { $0.hasPrefix("on") || active.contains($0) }) {
        Issue.record("\(element.name) has \(names)")
      }
    }
    let metas = page.all("meta")
    let policy = metas.first { $0.attributes["http-equiv"] == "Content-Security-Policy" }
    let hash = Base64.encode(Digest.raw(of: Array(page.style.utf8)))
    #expect(
      policy?.attributes["content"]
        == "default-src 'none'; style-src 'sha256-\(hash)'; base-uri 'none'; form-action 'none'")
    #expect(
      metas.first { $0.attributes["name"] == "referrer" }?.attributes["content"] == "no-referrer")
    #expect(metas.contains { $0.attributes["name"] == "viewport" })
  }

  @Test func `the same evidence gives the same bytes, other evidence other ones`() throws {
    let example = try PagesExample()
    #expect(example.bytes == example.bytes)
    var other = example
    other.set("display_id", to: "WF-00000000")
    #expect(example.bytes != other.bytes)
    #expect(other.page.all("title").first?.text == "WF-00000000 – evidence report")
    #expect(other.page.style.contains("WF-00000000 manifest sha256:4444"))
  }

  @Test func `the words stand in their order, and the gaps beside the result`() throws {
    let page = try PagesExample().page
    #expect(
      page.all("h2").map(\.text) == [
        "Verdict", "Grade of the evidence", "Result", "Missing evidence", "Tasks",
        "Recommendation", "Integrity", "Scope", "What to vary next", "Signature and history",
        "Provenance",
      ])
    let pair = try #require(page.all("div", class: "pair").first)
    #expect(pair.text.contains("4 of 6 counted attempts succeeded: 66.7 %, 95 % interval"))
    #expect(pair.text.contains("7 gaps: 3 major, 3 minor, 1 info."))
    #expect(
      page.all("span", class: "tag").map(\.text)
        == ["major", "major", "major", "minor", "minor", "minor", "info"])
    for sentence in [
      "No checkpoint digest is recorded, so the weights are unknown. [checkpoint_digest_missing]",
      "With this number of episodes no outcome could support the claim. [too_few_episodes]",
      "The recorded episodes neither support nor refute the claim. [inconclusive]",
      "Errored attempts count as failures (frozen policy errors_as_failures).",
      "16 of 24 checks passed, 1 failed, 7 not applicable.",
      "Exclusions lack a reason, or over a tenth of the episodes were lost. [I16",
      "a longer run under the same protocol is needed. [collect_more_evidence]",
      "Power: at the assumed rate of 62.5 % more episodes would not support the claim.",
      "other tasks, other embodiments, real robot",
      "5 levels with 24 episodes each. 116 episodes show a rate 10 points below the threshold",
      "Start from other initial states. [initial_state]",
      "sha256:375ef4bb66da1a0d94041c5bf7fe15ad2ecba2956ce2aeff3cb574b20740d5a5",
      "pkg_26CK8653DPXCVNBV3Y6ZQBYP9S", "Nothing was verified for this page.",
    ] {
      #expect(page.text.contains(sentence), "\(sentence)")
    }
    for word in ["certified", "safe", "approved"] { #expect(!page.text.contains(word)) }
  }

  @Test func `the counts are those of the package`() throws {
    let table = try #require(try PagesExample().page.all("table", class: "counts").first)
    let lines = table.text.split(separator: "\n").map { $0 }
    #expect(
      lines == [
        "Episodes in the protocol", "State", "Episodes", "Planned", "6", "missing", "0",
        "Attempted", "6", "succeeded", "4", "failed", "1", "errored", "1", "excluded", "0",
      ])
  }

  @Test func `what verify found lowers the letter and is told`() throws {
    var example = try PagesExample()
    #expect(example.page.all("span", class: "letter").first?.text == "C")
    #expect(example.page.text.contains("Signature and registration were not checked"))
    example.findings = PagesExample.verified(
      signer: VerifyFindings.Signer(principal: "alice@lab.example", fingerprint: "SHA256:abc"))
    example.findings?.grade = "D"
    example.findings?.caps.append(VerifyFindings.Cap(word: "signature", cap: "D"))
    let page = example.page
    #expect(page.all("span", class: "letter").first?.text == "D")
    let grade = try #require(page.all("section", class: "panel").dropFirst().first)
    #expect(grade.text.contains("No valid signature covers this version. [signature] at most D"))
    #expect(grade.text.contains("3 more reasons that would stop a better letter"))
    #expect(page.text.contains("Signed by alice@lab.example, key SHA256:abc."))
    #expect(
      page.text.contains(
        "Claim and protocol are proven to have been registered before the run. [registration]"))
    #expect(page.text.contains("Nobody but the signer has confirmed it. [independent_signer]"))
    #expect(page.text.contains("2 of 3 checks of wf verify passed, none failed, 1 skipped"))
    #expect(page.all("div", class: "alert").isEmpty)
  }

  @Test func `a failed verification stands before everything else`() throws {
    var example = try PagesExample()
    example.findings = PagesExample.verified(failed: true)
    let page = example.page
    let alert = try #require(page.all("div", class: "alert").first)
    #expect(alert.text.contains("Verification failed: do not use this page."))
    #expect(
      alert.text.contains(
        "The check “signature” failed: the signature does not match. [signature_invalid]"))
    let place = try #require(page.elements.firstIndex { $0.attributes["class"] == "alert" })
    #expect(page.elements[place - 1].name == "main")
  }

  @Test func `a letter without known reasons is not called good`() throws {
    var example = try PagesExample()
    example.findings = VerifyFindings(commit: nil, grade: "D", caps: [], signer: nil, checks: [])
    #expect(!example.page.text.contains("Nothing keeps it from a better letter."))
    example.findings?.grade = "A"
    #expect(example.page.text.contains("Nothing keeps it from a better letter."))
  }
}
