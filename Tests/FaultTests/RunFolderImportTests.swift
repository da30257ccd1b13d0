import Conformance
import Glibc
import JSON
import Platform
import TestSupport
import Testing

/// `wf audit import run-folder` as a program: routing, outputs, and that nothing is written where it reads.
struct RunFolderImportTests {
  private let program: Program
  private let folders: String

  init() throws {
    program = try Program()
    _ = try FileSystem().makeDirectories(program.work)
    folders = program.work + "/folders"
    _ = try FileSystem().makeDirectories(folders)
    try RunFolderRecipe(Fixtures.path("run-folders")).make(in: folders)
  }

  private func look(_ name: String, _ more: String...) throws -> Finished {
    try run(
      [
        program.binary, "audit", "import", "run-folder", "folders/\(name)", "--report", "r.json",
        "--claim-package", "folders/claim-frozen",
      ] + more,
      in: program.work, env: program.environment())
  }

  private func content(_ name: String) throws -> String {
    String(decoding: try FileSystem().read(program.work + "/" + name), as: UTF8.self)
  }

  /// Names, kinds, sizes, modes, times and contents of all that lies below a folder.
  private func listing(_ path: String) throws -> String {
    let found = try run(
      [
        "bash", "-c",
        "find . -printf '%p %y %s %m %T@ %C@ %l\\n' | sort; find . -type f -print0 | sort -z | xargs -0 sha256sum",
      ],
      in: path)
    return found.out
  }

  @Test func `both ways of audit go where they should`() throws {
    let imported = try look("01-lerobot-eval-folder", "--audit-input", "input.json")
    #expect(imported.status == 0, "\(imported.err)")
    #expect(imported.out.hasPrefix("ACCEPTED: "))
    let audited = try program(
      "audit", "lerobot", "folders/01-lerobot-eval-folder", "--claim-package",
      "folders/claim-frozen", "--output", "pkg")
    #expect(audited.status == 0, "\(audited.err)")
    // The input that an import hands on is the one that an audit makes.
    #expect(try content("input.json") == content("pkg/audit_input.json"))
    #expect(try program("audit", "import").status == 64 || program("audit", "import").status == 0)
    #expect(try program("audit", "import", "run-folder").status == 64)
    let help = try program("audit", "import", "run-folder", "--help")
    #expect(help.status == 0 && help.out.contains("wf audit import run-folder"))
    #expect(
      try program("--json", "audit", "import", "run-folder", "nowhere", "--report", "x").status == 4
    )
  }

  @Test(arguments: [
    "01-lerobot-eval-folder", "02-jsonl-with-contract", "20-hydra-with-noise",
    "26-bridge-with-error",
  ])
  func `the accepted input becomes a package, its grade caps kept`(name: String) throws {
    let claim = name.hasPrefix("02") || name.hasPrefix("26") ? "claim-open" : "claim-frozen"
    let imported = try program(
      "audit", "import", "run-folder", "folders/\(name)", "--report", "r.json", "--claim-package",
      "folders/\(claim)", "--audit-input", "input.json")
    #expect(imported.status == 0, "\(imported.err)")
    let audited = try program(
      "audit", "worldflux", "input.json", "--claim-package", "folders/\(claim)", "--output", "pkg",
      "--json")
    #expect(audited.status == 0, "\(audited.err)\(audited.out)")
    #expect(try content("pkg/audit_input.json") == content("input.json"))
    let grade = try JSONValue.parse(audited.outBytes)["grade"]?.string
    #expect(["B", "C", "D"].contains(grade))
    #expect(
      try JSONValue.parse(FileSystem().read(program.work + "/r.json"))["grade_hint"]?["word"]?
        .string == grade)
    _ = try program("init")
    let committed = try program("commit", "pkg", "--unsigned")
    #expect(committed.status == 0, "\(committed.err)")
  }

  @Test func `a choice stays in the package that is made from it`() throws {
    let imported = try look(
      "04-two-checkpoints", "--candidate", "ckpt_10000/eval_info.json", "--audit-input",
      "input.json")
    #expect(imported.status == 0, "\(imported.err)")
    #expect(try content("r.json").contains(#""chosen_by":"operator""#))
    let audited = try program(
      "audit", "worldflux", "input.json", "--claim-package", "folders/claim-frozen", "--output",
      "pkg")
    #expect(audited.status == 0, "\(audited.err)")
    let provenance = try JSONValue.parse(
      FileSystem().read(program.work + "/pkg/audit_provenance.json"))
    #expect(provenance["parameters"]?["candidate_chosen_by"] == "operator")
    #expect(provenance["parameters"]?["other_candidates"]?.int == 1)
  }

  @Test(arguments: [
    ("01-lerobot-eval-folder", 0), ("15-trackers-only", 3), ("05-secrets-beside-results", 4),
    ("22-empty", 4),
  ])
  func `the report is written for every decision, for its owner alone`(name: String, status: Int)
    throws
  {
    let finished = try look(name, "--audit-input", "input.json")
    #expect(Int(finished.status) == status)
    for file in ["r.json", "r.md"] {
      #expect(try FileSystem().status(program.work + "/" + file).mode == 0o600)
    }
    #expect(try content("r.md").hasPrefix("*private, do not share*"))
    #expect(FileSystem().exists(program.work + "/input.json") == (status == 0))
    let names = try FileSystem().list(program.work).compactMap(\.name)
    #expect(Set(names).subtracting(["folders", "r.json", "r.md", "input.json"]).isEmpty)
  }

  @Test func `with json the report is all there is on standard output`() throws {
    let finished = try look("04-two-checkpoints", "--json")
    #expect(finished.outBytes == (try FileSystem().read(program.work + "/r.json")))
    #expect(try JSONValue.parse(finished.outBytes)["schema"] == "wf.import_report/1")
  }

  @Test func `a fixed time and key give the same bytes`() throws {
    let env = program.environment(["WF_REPORT_KEY": "k"])
    var seen: [[UInt8]] = []
    for place in ["a.json", "b.json"] {
      _ = try run(
        [
          program.binary, "audit", "import", "run-folder", "folders/05-secrets-beside-results",
          "--report", place,
        ], in: program.work, env: env)
      seen.append(try FileSystem().read(program.work + "/" + place))
    }
    #expect(seen[0] == seen[1])
    _ = try look("05-secrets-beside-results")
    #expect(try FileSystem().read(program.work + "/r.json") != seen[0])
  }

  @Test func `nothing is written into the folder that is read`() throws {
    let folder = "folders/01-lerobot-eval-folder"
    _ = try program.shell("ln -s \(folder)/outputs there")
    for output in [
      "\(folder)/r.json", "\(folder)/outputs/r.json", "there/r.json", "\(folder)/outputs/../r.json",
    ] {
      let finished = try program(
        "--json", "audit", "import", "run-folder", folder, "--report", output)
      #expect(finished.status == 4, "\(output)")
      #expect(try Program.reason(finished) == "output_inside_input", "\(output)")
    }
    let input = try program(
      "--json", "audit", "import", "run-folder", folder, "--report", "r.json", "--audit-input",
      "there/input.json")
    #expect(try Program.reason(input) == "output_inside_input")
    #expect(!FileSystem().exists(program.work + "/r.json"))
  }

  @Test func `an output that is there is refused without force`() throws {
    #expect(try look("22-empty").status == 4)
    let again = try look("22-empty", "--json")
    #expect(try Program.reason(again) == "output_exists")
    #expect(
      try JSONValue.parse(try look("22-empty", "--json", "--force").outBytes)["decision"]
        == "reject")
  }

  @Test func `no canary leaves the program, whatever the folder`() throws {
    let table = try JSONValue.parse(try FileSystem().read(folders + "/cases.json"))
    for row in table["cases"]?.array ?? [] {
      let name = try #require(row["case"]?.string)
      let finished = try look(name, "--audit-input", "input.json", "--force")
      var written = finished.out + finished.err
      for file in try FileSystem().list(program.work).compactMap(\.name) where file != "folders" {
        written += file + (try content(file))
      }
      for canary in (row["canaries"]?.array ?? []).compactMap(\.string) {
        #expect(!written.contains(canary), "\(name)")
      }
      _ = try? FileSystem().remove(program.work + "/input.json")
    }
  }

  @Test func `the folder is untouched, also when the program is killed`() throws {
    let before = try listing(folders)
    var generator = SeededGenerator(seed: 9)
    for number in 0..<20 {
      let delay = Double.random(in: 0...0.06, using: &generator)
      _ = try program.shell(
        "timeout -s KILL \(delay) $WF audit import run-folder folders --report k\(number).json --hash-raw >/dev/null 2>&1; true"
      )
    }
    #expect(try look("21-every-token-kind", "--hash-raw").status == 4)
    #expect(try listing(folders) == before)
  }

  @Test(.enabled(if: access("/usr/bin/strace", X_OK) == 0))
  func `no system call writes below the folder`() throws {
    let finished = try program.shell(
      """
      strace -f -y -o trace -e trace=file,desc,process $WF audit import run-folder folders \
        --report r.json --claim-package folders/claim-frozen --hash-raw >/dev/null 2>&1; echo $?
      """)
    let trace = try content("trace")
    #expect(["0\n", "3\n", "4\n"].contains(finished.out), "\(finished.out) \(trace.suffix(500))")
    let lines = trace.split(separator: "\n")
    #expect(lines.count > 100)
    let writes = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC"]
    let calls = [
      "rename", "unlink", "mkdir", "rmdir", "chmod", "chown", "link(", "symlink", "mknod", "utime",
      "truncate", "setxattr", "write(",
    ]
    var opened = 0
    // A call that another thread interrupted has its arguments in the line where it began.
    for line in lines where line.contains("/folders") && !line.contains(" resumed>") {
      if line.contains("openat(") { opened += 1 }
      let call = line.drop { $0 != " " }.prefix { $0 != "(" } + "("
      #expect(!writes.contains { line.contains($0) }, "\(line)")
      #expect(!calls.contains { call.contains($0) } || call.contains("readlink"), "\(line)")
    }
    #expect(opened > 30)
    // And nothing is ever run.
    #expect(lines.count { $0.contains("execve(") } == 1)
  }

  @Test(.enabled(if: getuid() == 0 && access("/usr/bin/setpriv", X_OK) == 0))
  func `what a user may not read is noted and the rest is read`() throws {
    _ = try program.shell("chmod 755 . .. ; chown -R 65534 folders; mkdir out; chmod 777 out")
    // The program itself may lie where only its owner may go.
    let copied = program.work + "/out/wf"
    _ = try run(["cp", program.binary, copied])
    let finished = try run(
      [
        "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", copied, "audit", "import",
        "run-folder", "folders/23-links-fifos-permissions", "--report", "out/r.json",
        "--claim-package", "folders/claim-frozen",
      ], in: program.work, env: program.environment())
    #expect(finished.status == 0, "\(finished.err)")
    let report = try JSONValue.parse(try FileSystem().read(program.work + "/out/r.json"))
    let notes = (report["notes"]?.array ?? []).filter { $0["note"] == "unreadable_file" }
    #expect(notes.compactMap { $0["path"]?.string } == ["run/locked.log"])
  }
}
