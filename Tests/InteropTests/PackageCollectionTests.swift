import Glibc
import Platform
import TestSupport
import Testing

/// The judgement of all packages that the tests make (`make test`) sees what is wrong.
struct PackageCollectionTests {
  private func judge(_ folder: String) throws -> Finished {
    try run([SchemaValidator.script, "--collected", folder])
  }

  /// A program whose packages go to the folder `kept`.
  private func prepared() throws -> (program: Program, kept: String, keep: [String: String]) {
    let program = try Program.prepared()
    let kept = program.folder.path + "/kept"
    _ = try FileSystem().makeDirectories(kept)
    return (
      program, kept, ["WF_COLLECT": kept, "WF": Fixtures.path("../Scripts/collect-packages")]
    )
  }

  @Test func `a package is taken as it was made, and each form of export is opened`() throws {
    let (program, kept, keep) = try prepared()
    let folder = Fixtures.path("demo")
    let line = """
      set -e
      $WF claim create --template lerobot-libero --output claim --set slug=a-claim
      $WF audit lerobot \(folder)/v1/eval_info.json --claim-package claim --output p
      sed -i 's/"package_id":"/&x/' p/evidence.json
      $WF audit lerobot \(folder)/v2/eval_info.json --claim-package claim --output q
      $WF commit q
      for form in dir tar tar.gz zip oci; do
        $WF export a-claim --format $form --public --output e-$form
      done
      $WF export a-claim --format oci --output o.tar
      $WF export a-claim --format html --output page
      $WF export a-claim --format bundle --output b
      $WF export a-claim --format intoto --output s.json
      ! $WF audit lerobot nothing --claim-package claim --output r
      ! $WF audit lerobot nothing --claim-package claim --output q
      """
    let done = try run(
      ["bash", "-c", line], in: program.work, env: program.environment().merging(keep) { $1 })
    try #require(done.status == 0, "\(done.out)\(done.err)")
    let judged = try judge(kept)
    // Two audits, the public part of one in five forms, and the whole of it once more.
    #expect(judged.out.contains("Schemas: 3 distinct packages of 8 "), "\(judged.out)")
    #expect(judged.status == 0, "\(judged.out)\(judged.err)")
  }

  @Test func `a member that does not fit is named, in a folder and in an archive`() throws {
    let (program, kept, _) = try prepared()
    for (name, edit) in [
      ("whole", "true"), ("wrong", #"sed -i 's/"package_id":"/&x/' evidence.json"#),
      ("line", #"sed -i '2s/"outcome":"[a-z]*"/"outcome":7/' episode_results.jsonl"#),
      ("cut", "truncate -s -1 failure_evidence_index.jsonl"),
      ("twice", #"sed -i 's/^{/{"id":"x",/' claim.json"#), ("empty", "rm *"),
    ] {
      let package = try program.examplePackage(name)
      let before = try program.shell("cat \(package)/*").out
      let made = try program.shell("cd \(package); \(edit); cp -r . \(kept)/\(name)")
      try #require(made.status == 0, "\(made.err)")
      let after = try program.shell("cat \(package)/*").out
      #expect((after == before) == (name == "whole"))
    }
    _ = try program.shell("cd wrong && tar cf \(kept)/archive * && cd .. && echo x > \(kept)/other")
    let judged = try judge(kept)
    #expect(judged.status == 1)
    #expect(!judged.out.contains("/whole/"), "\(judged.out)")
    for place in [
      "/archive/evidence.json /", "/line/episode_results.jsonl, line 2 /outcome",
      "/cut/failure_evidence_index.jsonl: the last line", "/twice/claim.json: a key twice",
      "/empty: no package", "/other: not read",
    ] { #expect(judged.out.contains(place), "\(place) in \(judged.out)") }
  }

  @Test func `nothing collected is a failure, and so is a copy that cannot be made`() throws {
    let (program, kept, keep) = try prepared()
    #expect(try judge(kept).status == 1)
    let package = try program.examplePackage()
    let script = try #require(keep["WF"])
    let failed = try run(
      [script, "--take", program.work + "/" + package],
      env: ["WF_COLLECT": program.folder.path + "/absent"])
    #expect(failed.status == 97)
  }
}
