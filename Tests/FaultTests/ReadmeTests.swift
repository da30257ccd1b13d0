import Platform
import TestSupport
import Testing

/// The two screens of the README's tour are what the program prints.
struct ReadmeTests {
  @Test func `the README shows what inspect and diff print`() throws {
    let program = try Program.prepared()
    let made = try program(
      "claim", "create", "--template", "lerobot-libero", "--output", "claim", "--set",
      "subject.id=example-org/example-vla", "--set", "slug=example-spatial")
    try #require(made.status == 0, "\(made.err)")
    try #require(try program("claim", "register", "claim").status == 0)
    for version in ["v1", "v2"] {
      let folder = Fixtures.path("demo/\(version)")
      let audit = try program(
        "audit", "lerobot", folder + "/eval_info.json", "--claim-package", "claim", "--raw", folder,
        "--model-id", "example-org/example-vla", "--output", version)
      try #require(audit.status == 0, "\(audit.err)")
      try #require(try program("commit", version).status == 0)
    }
    let readme = String(decoding: try Fixtures.read(Fixtures.path("../README.md")), as: UTF8.self)
    let inspect = try program("inspect", "v1", env: ["COLUMNS": "80"])
    // The first line holds the package's id, which the claim's random id goes into.
    let screen = inspect.out.split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
    #expect(readme.contains(screen.joined(separator: "\n")), "\(inspect.out)")
    let diff = try program("diff", "example-spatial", env: ["COLUMNS": "80"])
    #expect(readme.contains(diff.out), "\(diff.out)")
  }
}
