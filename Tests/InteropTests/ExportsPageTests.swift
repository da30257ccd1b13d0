import TestSupport
import Testing

/// The commands of Docs/Exports.md, run as they stand.
struct ExportsPageTests {
  @Test func `every command of the page works and prints what stands there`() throws {
    let program = try Program.prepared()
    let package = Fixtures.path("package-example/package")
    let committed = try program("commit", package, "--tag", "first")
    #expect(committed.status == 0, "\(committed.err)")
    let commands = try DocumentedCommands(page: "Exports.md")
    #expect(commands.steps.count >= 15)
    try commands.check(with: program)
  }

  @Test(arguments: [
    ("clone .wf review", "address_not_supported", 4),
    ("clone work/missing review", "file_not_found", 4),
    (
      "export examplevla-libero-spatial-two-tasks --format bundle --public --output b",
      "export_not_public", 4
    ),
    ("import-bundle $TAR", "bundle_malformed", 4),
    ("clone $TAR review", "bundle_malformed", 4),
  ])
  func `what is no bundle is refused with a next step`(
    arguments: String, reason: String, status: Int32
  ) throws {
    let program = try Program.prepared()
    #expect(try program("commit", Fixtures.path("package-example/package")).status == 0)
    #expect(
      try program.shell(
        "$WF export examplevla-libero-spatial-two-tasks --format tar --output p.tar"
      ).status == 0)
    let line = arguments.replacing("$TAR", with: "p.tar")
    let done = try program.shell("$WF \(line) --json")
    #expect(done.status == status)
    #expect(done.out.contains("\"reason\":\"\(reason)\""), "\(done.out)")
    #expect(!done.out.contains("\"hint\":\"\""))
    #expect(try program.shell("test ! -e review -a ! -e b").status == 0)
  }

  @Test func `an import in JSON says what became of each ref`() throws {
    let program = try Program.prepared()
    #expect(try program("commit", Fixtures.path("package-example/package")).status == 0)
    let slug = "examplevla-libero-spatial-two-tasks"
    #expect(try program("export", slug, "--format", "bundle", "--output", "c.bundle").status == 0)
    #expect(try program.shell("$WF init other").status == 0)
    let dry = try program("import-bundle", "c.bundle", "--dry-run", "--json", "--store", "other")
    #expect(dry.status == 0, "\(dry.out)\(dry.err)")
    #expect(dry.out.contains("\"dry_run\":true") && dry.out.contains("\"state\":\"new\""))
    #expect(try program("claims", "--store", "other").out.contains(slug) == false)
    let done = try program("import-bundle", "c.bundle", "--json", "--store", "other")
    #expect(done.out.hasPrefix("{\"dry_run\":false,\"objects\":"))
    #expect(done.out.contains("\"schema\":\"wf.import/1\""))
    #expect(try program("verify", slug, "--store", "other").status == 0)
    let untrusted = try program.shell(": > nobody; $WF clone c.bundle review --trust nobody --json")
    #expect(untrusted.status == 23, "\(untrusted.out)")
    #expect(try program.shell("test ! -e review").status == 0)
  }
}
