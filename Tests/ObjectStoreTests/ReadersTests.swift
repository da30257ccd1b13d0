import ObjectStore
import Platform
import Synchronization
import TestSupport
import Testing

/// Readers take no locks and never see a fault, whatever is written meanwhile.
struct ReadersTests {
  @Test func `readers during commits that join packs find every object`() throws {
    let made = try StoreFolder()
    let claim = made.claim
    let path = made.path
    try made.store.commit(["a": "first"], to: claim)
    let isDone = Atomic<Bool>(false)
    // The first is the writer; two readers keep their store open, one opens it each time.
    let results = concurrentMap(Array(0..<4), threads: 4) { role -> (rounds: Int, fault: String?) in
      do {
        var store = try ObjectStore.open(at: path, system: FileSystem())
        if role == 0 {
          defer { isDone.store(true, ordering: .sequentiallyConsistent) }
          for number in 0..<150 {
            try store.commit(
              ["a": "\(number)", "d/\(number % 7)": "\(number)"], to: claim,
              durably: number % 10 == 0)
          }
          return (150, nil)
        }
        var rounds = 0
        var last = 0
        while !isDone.load(ordering: .sequentiallyConsistent) {
          if role == 3 { store = try ObjectStore.open(at: path, system: FileSystem()) }
          guard let tip = try store.ref(claim) else { return (rounds, "the ref was not there") }
          let report = store.checkGraph(of: tip, includingHistory: true, memo: VerifiedObjects())
          if let failure = report.failure { return (rounds, "\(failure)") }
          if report.checked < last { return (rounds, "the history became shorter") }
          last = report.checked
          rounds += 1
        }
        return (rounds, nil)
      } catch {
        isDone.store(true, ordering: .sequentiallyConsistent)
        return (0, "\(error)")
      }
    }
    #expect(results.compactMap(\.fault) == [])
    #expect(results.allSatisfy { $0.rounds > 3 }, "\(results.map(\.rounds))")
    try made.expectSound()
  }
}
