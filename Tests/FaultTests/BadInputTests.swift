import JSON
import Platform
import TestSupport
import Testing

/// One thing that should fail, how, and what must not be there afterwards.
struct BadInput: Sendable, CustomTestStringConvertible {
  let name: String
  /// Prepares the working folder.
  let setUp: String
  /// Arguments of wf, as one shell line.
  let arguments: String
  let status: Int32
  let reasons: [String]

  var testDescription: String { name }
}

struct BadInputTests {
  private static let audit = "audit lerobot IN --claim-package claim --output out"

  static let table: [BadInput] = [
    BadInput(
      name: "empty file", setUp: ": > in", arguments: with("in"), status: 4,
      reasons: ["empty_input"]),
    BadInput(
      name: "folder without a result", setUp: "mkdir in", arguments: with("in"), status: 4,
      reasons: ["no_results_file"]),
    BadInput(
      name: "pipe", setUp: "mkfifo in", arguments: with("in"), status: 4,
      reasons: ["not_regular_file"]),
    BadInput(
      name: "nothing there", setUp: ":", arguments: with("in"), status: 4,
      reasons: ["file_not_found"]),
    BadInput(
      name: "below a file", setUp: ": > in", arguments: with("in/eval_info.json"), status: 4,
      reasons: ["not_directory", "file_not_found"]),
    BadInput(
      name: "cut short", setUp: "head -c 3000 $RUN > in", arguments: with("in"), status: 4,
      reasons: ["truncated"]),
    BadInput(
      name: "not UTF-8", setUp: "printf '{\"per_task\": \"\\377\"}' > in", arguments: with("in"),
      status: 4, reasons: ["invalid_utf8"]),
    BadInput(
      name: "output is there", setUp: "cp $RUN in; mkdir out", arguments: with("in"), status: 4,
      reasons: ["output_exists"]),
    BadInput(
      name: "output's folder is not there", setUp: "cp $RUN in",
      arguments: with("in").replacing("--output out", with: "--output no/out"), status: 4,
      reasons: ["file_not_found"]),
    BadInput(
      name: "claim is a folder", setUp: "cp $RUN in; mkdir c",
      arguments: "audit lerobot in --claim c --protocol claim/protocol.json --output out",
      status: 4, reasons: ["is_directory", "not_regular_file"]),
    BadInput(
      name: "claim is no JSON", setUp: "cp $RUN in; echo hello > c",
      arguments: "audit lerobot in --claim c --protocol claim/protocol.json --output out",
      status: 4, reasons: ["syntax"]),
    BadInput(
      name: "no claim", setUp: "cp $RUN in", arguments: "audit lerobot in --output out", status: 64,
      reasons: ["option_invalid"]),
    BadInput(
      name: "another format", setUp: "cp $RUN in",
      arguments: with("in").replacing("lerobot", with: "lbm_eval"), status: 4,
      reasons: ["unrecognised_shape"]),
    BadInput(
      name: "commit of a file", setUp: "echo x > p", arguments: "commit p", status: 4,
      reasons: ["archive_unknown"]),
    BadInput(
      name: "commit of an empty folder", setUp: "mkdir p", arguments: "commit p", status: 4,
      reasons: ["package_invalid"]),
    BadInput(
      name: "commit of nothing", setUp: ":", arguments: "commit p", status: 4,
      reasons: ["file_not_found"]),
    BadInput(
      name: "commit with a member of 0 bytes",
      setUp: "cp -R $PKG p; chmod -R u+w p; : > p/evidence.json", arguments: "commit p", status: 4,
      reasons: ["package_invalid"]),
    BadInput(
      name: "commit with an edited member",
      setUp: "cp -R $PKG p; chmod -R u+w p; echo >> p/evidence.md", arguments: "commit p",
      status: 4, reasons: ["package_invalid"]),
    BadInput(
      name: "commit with a pipe inside",
      setUp: "cp -R $PKG p; chmod -R u+w p; rm p/claim.json; mkfifo p/claim.json",
      arguments: "commit p", status: 4, reasons: ["not_a_package"]),
    BadInput(
      name: "commit with a link inside",
      setUp: "cp -R $PKG p; chmod -R u+w p; rm p/claim.json; ln -s /etc/passwd p/claim.json",
      arguments: "commit p", status: 4, reasons: ["not_a_package"]),
    BadInput(
      name: "tar that leads out", setUp: "echo x > y; tar -cPf p.tar --transform 's,^,../,' y",
      arguments: "commit p.tar", status: 4, reasons: ["archive_name_forbidden"]),
    BadInput(
      name: "verify of an edited folder",
      setUp: "cp -R $PKG p; chmod -R u+w p; echo >> p/evidence.md", arguments: "verify p",
      status: 20, reasons: []),
    BadInput(
      name: "verify of a folder with a member missing",
      setUp: "cp -R $PKG p; chmod -R u+w p; rm p/evidence.md", arguments: "verify p", status: 21,
      reasons: []),
    BadInput(
      name: "verify of an unknown version", setUp: ":", arguments: "verify nobody", status: 4,
      reasons: ["claim_unknown"]),
    BadInput(
      name: "verify with a trust file that is not there", setUp: ":",
      arguments: "verify --trust nowhere", status: 4, reasons: ["file_not_found"]),
    BadInput(
      name: "inspect of a pipe", setUp: "mkfifo p", arguments: "inspect ./p", status: 4,
      reasons: ["not_regular_file"]),
    BadInput(
      name: "diff of one version", setUp: ":", arguments: "diff nobody", status: 4,
      reasons: ["claim_unknown"]),
    BadInput(
      name: "export in a format to come", setUp: ":",
      arguments: "export nobody --format rar --output o", status: 4,
      reasons: ["export_format_unknown"]),
    BadInput(
      name: "claim check of an empty folder", setUp: "mkdir c", arguments: "claim check c",
      status: 4, reasons: ["file_not_found"]),
    BadInput(
      name: "claim from an unknown template", setUp: ":",
      arguments: "claim create --template nothing --output c", status: 64,
      reasons: ["template_unknown"]),
    BadInput(
      name: "a key that is there", setUp: ":", arguments: "key generate", status: 4,
      reasons: ["key_exists"]),
    BadInput(
      name: "trust in no key", setUp: ":", arguments: "trust add a@b nonsense", status: 4,
      reasons: ["key_malformed"]),
    BadInput(
      name: "a store that is there", setUp: ":", arguments: "init", status: 4,
      reasons: ["store_exists"]),
    BadInput(
      name: "an unknown option", setUp: ":", arguments: "log --nonsense", status: 64,
      reasons: ["usage"]),
  ]

  private static func with(_ input: String) -> String { audit.replacing("IN", with: input) }

  @Test(.timeLimit(.minutes(1)), arguments: table)
  func `bad input ends in its word and number, with nothing left behind`(bad: BadInput) throws {
    let program = try Program.prepared()
    let made = try program("claim", "create", "--template", "lerobot-libero", "--output", "claim")
    try #require(made.status == 0, "\(made.err)")
    let run = Fixtures.path("demo/v1/eval_info.json")
    let package = Fixtures.path("package-example/package")
    let ready = try program.shell("RUN=\(run); PKG=\(package); \(bad.setUp)")
    try #require(ready.status == 0, "\(ready.err)")
    let before = try program.shell("find . -path ./.wf -prune -o -print | sort").out
    let answer = try program.shell("timeout 20 $WF \(bad.arguments) --json")
    #expect(answer.status == bad.status, "\(answer.out)\(answer.err)")
    let document = try JSONValue.parse(answer.outBytes)
    if !bad.reasons.isEmpty {
      #expect(bad.reasons.contains(document["reason"]?.string ?? ""), "\(answer.out)")
      #expect(document["schema"]?.string == "wf.error/1")
      #expect(document["exit"]?.int == Int64(bad.status))
    }
    #expect(try program.shell("find . -path ./.wf -prune -o -print | sort").out == before)
    #expect(try program("fsck").status == 0)
  }

  @Test(arguments: [1, 8, 16, 64])
  func `a disk that is full is told, and the store stays whole`(kib: Int) throws {
    let program = try Program.prepared()
    let package = try program.examplePackage()
    // Blocks of 1 KiB; below the size of a pack or of a ref's file.
    let answer = try program.shell("ulimit -f \(kib); exec $WF commit \(package) --json")
    if answer.status == 0 {
      #expect(try program("verify").status == 0)
    } else {
      #expect(answer.status == 4, "\(answer.status): \(answer.out)\(answer.err)")
      let reason = try Program.reason(answer)
      #expect(["disk_full", "file_too_large"].contains(reason ?? ""), "\(answer.out)")
    }
    #expect(try program("fsck").status == 0)
    #expect(try program.shell("git --git-dir .wf fsck --strict").status == 0)
    #expect(try program("commit", package).status == 0)
    #expect(try program("verify").status == 0)
  }

  @Test func `a full disk in the middle of an audit leaves no package`() throws {
    let program = try Program.prepared()
    _ = try program("claim", "create", "--template", "lerobot-libero", "--output", "claim")
    let run = Fixtures.path("demo/v1/eval_info.json")
    let answer = try program.shell(
      "ulimit -f 24; exec $WF audit lerobot \(run) --claim-package claim --output out --json")
    #expect(answer.status == 4, "\(answer.status): \(answer.out)\(answer.err)")
    let left = try program.shell("ls -A").out
    #expect(left == ".wf\nclaim\n", "\(left)")
  }

  @Test func `a store that cannot be written to is read and refused a commit`() throws {
    let program = try Program.prepared()
    let package = try program.examplePackage()
    #expect(try program("commit", package).status == 0)
    let mounted = try program.shell("mount --bind .wf .wf && mount -o remount,ro,bind .wf")
    guard mounted.status == 0 else {
      try Test.cancel("this machine does not let a test mount a folder read-only")
    }
    defer { _ = try? program.shell("umount .wf") }
    #expect(try program("verify").status == 0)
    #expect(try program("log").status == 0)
    let answer = try program("commit", package, "--json")
    #expect(answer.status == 4, "\(answer.out)")
    #expect(try Program.reason(answer) == "read_only")
  }
}
