import TestSupport
import Testing

/// The commands of Docs/Reviewer-page.md, run as they stand.
struct ReviewerPageDocTests {
  @Test func `every command of the page works and prints what stands there`() throws {
    let program = try Program.prepared()
    let committed = try program("commit", Fixtures.path("package-example/package"))
    #expect(committed.status == 0, "\(committed.err)")
    let commands = try DocumentedCommands(page: "Reviewer-page.md")
    #expect(commands.steps.count >= 15)
    try commands.check(with: program)
  }
}
