import History
import ObjectStore
import TestSupport
import Testing

struct VersionNameTests {
  private func parse(
    _ text: String, slugs: Set<String> = ["my-claim"], paths: Set<String> = []
  ) throws -> VersionName {
    try VersionName(text, slugExists: { slugs.contains($0) }, pathExists: { paths.contains($0) })
  }

  @Test(arguments: [
    ("my-claim", VersionName.tip(slug: "my-claim")),
    ("my-claim@v12", .number(slug: "my-claim", 12)),
    ("my-claim~3", .back(slug: "my-claim", 3)),
    ("my-claim@registration", .registration(slug: "my-claim")),
    ("my-claim@ckpt-40k", .label(slug: "my-claim", "ckpt-40k")),
    ("0123abcd", .commit(prefix: "0123abcd")), ("./folder", .path("./folder")),
    ("a/b.tar", .path("a/b.tar")), ("other", .tip(slug: "other")),
  ])
  func `a name reads as what it looks like`(text: String, expected: VersionName) throws {
    #expect(try parse(text) == expected)
  }

  @Test func `a file of that name stands for an unknown slug only`() throws {
    #expect(try parse("package", paths: ["package"]) == .path("package"))
    #expect(try parse("my-claim", paths: ["my-claim"]) == .tip(slug: "my-claim"))
    #expect(try parse("0123abcd", slugs: ["0123abcd"]) == .tip(slug: "0123abcd"))
  }

  @Test(arguments: ["", "Ünknown", "a b", "x@", "my-claim@v0", "UPPER"])
  func `what is no name and no file is refused`(text: String) throws {
    #expect(throws: HistoryError.self) { try parse(text) }
  }

  @Test func `an id that several commits begin with lists them`() throws {
    let test = try TestStore()
    let first = try test.commitExample()
    let found = try test.store.resolve(.commit(prefix: String(first.commit.hex.prefix(12))))
    #expect(found.commit == first.commit)
    #expect(found.slug == exampleSlug)
    let error = #expect(throws: HistoryError.self) {
      try test.store.resolve(.commit(prefix: "ffffffffffff"))
    }
    #expect(error?.code == .versionUnknown)
    #expect(throws: HistoryError.self) { try test.store.resolve(.number(slug: exampleSlug, 2)) }
    #expect(throws: HistoryError.self) { try test.store.resolve(.back(slug: exampleSlug, 1)) }
  }
}
