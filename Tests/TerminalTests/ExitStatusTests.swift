import Platform
import Terminal
import Testing

struct ExitStatusTests {
  @Test func `every kind of failure has a number that is not zero`() {
    for kind in FailureKind.allCases { #expect(ExitStatus(kind).rawValue != 0) }
  }

  @Test func `the numbers are those that other programs test against`() {
    #expect(
      ExitStatus.allCases.map(\.rawValue)
        == [0, 1, 2, 3, 4, 10, 11, 12, 20, 21, 22, 23, 24, 25, 26, 30, 31, 64, 70, 130])
    #expect(ExitStatus(.historyRewritten).rawValue == 25)
    #expect(ExitStatus(.bytesChanged).rawValue == 20)
    #expect(ExitStatus(.inputOutput).rawValue == 4)
  }
}
