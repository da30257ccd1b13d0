import Conformance
import Platform
import TestSupport
import Testing

/// The screens in Docs/Import.md are what the program prints.
struct ImportPageOutputTests {
  @Test func `every console block of the page is run and compared`() throws {
    let program = try Program()
    try FileSystem().makeDirectories(program.work + "/folders")
    try RunFolderRecipe(Fixtures.path("run-folders")).make(in: program.work + "/folders")
    _ = try program.shell(
      "cp -R folders/04-two-checkpoints run-7; cp -R folders/claim-frozen claim")
    let page = String(
      decoding: try Fixtures.read(Fixtures.path("../Docs/Import.md")), as: UTF8.self)
    let blocks = page.split(separator: "```console\n").dropFirst().map { block in
      String(block[..<(block.firstRange(of: "```")?.lowerBound ?? block.endIndex)])
    }
    #expect(blocks.count == 2)
    var commands = 0
    for block in blocks {
      for part in block.split(separator: "$ wf ") {
        let lines = part.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        let finished = try program.shell("COLUMNS=80 $WF \(lines[0])")
        commands += 1
        // A command without an answer below it stands for where one goes on.
        guard lines.count == 2, !lines[1].isEmpty else {
          #expect(finished.status == 0, "\(finished.err)")
          continue
        }
        #expect(finished.out == lines[1], "\(lines[0])\n\(finished.out)")
      }
    }
    #expect(commands == 3)
  }
}
