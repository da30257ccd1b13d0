import Evidence
import JSON
import Platform
import TestSupport
import Testing

struct DeterminismTests {
  private let worlds: [[String: String]] = [
    ["LANG": "C", "LC_ALL": "C", "TZ": "UTC", "HOME": "/", "USER": "alice"],
    [
      "LANG": "de_DE.UTF-8", "LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Kathmandu", "HOME": "/tmp",
      "USER": "bob",
    ],
  ]

  @Test func `equal inputs give equal members and, with time and key fixed, an equal commit`()
    throws
  {
    let first = try Program.prepared()
    let made = try first("claim", "create", "--template", "lerobot-libero", "--output", "claim")
    try #require(made.status == 0, "\(made.err)")
    // The first audit makes the user's secret, which both have to share.
    let warm = try first(
      "audit", "lerobot", Fixtures.path("demo/v2/eval_info.json"), "--claim-package", "claim",
      "--output", "other")
    try #require(warm.status == 0, "\(warm.err)")
    let second = try Program()
    _ = try FileSystem().makeDirectories(second.work + "/deeper/down")
    #expect(
      try run(["cp", "-a", first.folder.path + "/config", second.folder.path + "/config"]).status
        == 0)
    #expect(
      try run(["cp", "-a", first.work + "/claim", second.work + "/deeper/down/claim"]).status == 0)
    #expect(try second("init").status == 0)
    var commits: [String] = []
    var packages: [PackageMembers] = []
    for (program, world) in zip([first, second], worlds) {
      let place = program.work == first.work ? first.work : second.work + "/deeper/down"
      let audit = try program(
        "audit", "lerobot", Fixtures.path("demo/v1/eval_info.json"), "--claim-package", "claim",
        "--raw", Fixtures.path("demo/v1"), "--client-run-id", "run 7", "--output", "pkg",
        env: world,
        in: place)
      try #require(audit.status == 0, "\(audit.err)")
      packages.append(try readPackageFolder(place + "/pkg", files: FileSystem()))
      let commit = try program("commit", "pkg", "--json", env: world, in: place)
      try #require(commit.status == 0, "\(commit.err)")
      commits.append(try JSONValue.parse(commit.outBytes)["commit"]?.string ?? "")
    }
    #expect(packages[0].names == packages[1].names)
    #expect(packages[0].names.count == 11)
    for name in packages[0].names {
      #expect(try packages[0].bytes(name) == packages[1].bytes(name), "\(name)")
    }
    #expect(commits[0] == commits[1])
    #expect(commits[0].count == 64)
  }

  @Test func `another user's secret changes the salted members and no others`() throws {
    let first = try Program.prepared()
    _ = try first("claim", "create", "--template", "lerobot-libero", "--output", "claim")
    let second = try Program.prepared()
    #expect(try run(["cp", "-a", first.work + "/claim", second.work + "/claim"]).status == 0)
    var packages: [PackageMembers] = []
    for program in [first, second] {
      let audit = try program(
        "audit", "auto", Fixtures.path("demo/v1/eval_info.json"), "--claim-package", "claim",
        "--output", "pkg")
      try #require(audit.status == 0, "\(audit.err)")
      packages.append(try readPackageFolder(program.work + "/pkg", files: FileSystem()))
    }
    let differing = try packages[0].names.filter {
      try packages[0].bytes($0) != packages[1].bytes($0)
    }
    let salted = MemberName.allCases.filter { !$0.isPublic }.map(\.rawValue)
    #expect(
      Set(differing)
        == Set(
          salted + [MemberName.auditProvenance.rawValue, MemberName.artifactManifest.rawValue]))
  }
}
