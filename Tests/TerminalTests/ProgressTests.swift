import Synchronization
import Terminal
import Testing

struct ProgressTests {
  private final class Screen: Sendable {
    let texts = Mutex<[String]>([])
    let clock = Mutex(0.0)
    func line(
      quiet: Bool = false, isTerminal: Bool = true, unit: ProgressLine.Unit = .items
    ) -> ProgressLine {
      ProgressLine(
        title: "Reading",
        console: Console(
          json: false, quiet: quiet, style: Style(colour: false, unicode: true, width: 80)),
        unit: unit,
        isTerminal: isTerminal, now: { self.clock.withLock { $0 } },
        write: { text in self.texts.withLock { $0.append(text) } })
    }
    func at(_ seconds: Double) { clock.withLock { $0 = seconds } }
    var shown: [String] { texts.withLock { $0 } }
  }

  @Test func `work of half a second shows nothing, longer work at most ten lines a second`() {
    let screen = Screen()
    var line = screen.line()
    for step in 0...100 {
      screen.at(Double(step) / 200)
      line.update(done: step, of: 100)
    }
    #expect(screen.shown.isEmpty)
    for step in 0...100 {
      screen.at(1 + Double(step) / 100)
      line.update(done: step, of: 100)
    }
    #expect((9...11).contains(screen.shown.count))
    #expect(screen.shown.first == "\rReading [....................] 0 % (0 of 100)")
    line.finish()
    #expect(screen.shown.last == "\r\u{1B}[K")
    line.finish()
    #expect(screen.shown.count { $0 == "\r\u{1B}[K" } == 1)
  }

  @Test func `bytes are shown in MiB`() {
    let screen = Screen()
    var line = screen.line(unit: .bytes)
    screen.at(2)
    line.update(done: 512 << 20, of: 1 << 30)
    #expect(screen.shown == ["\rReading [##########..........] 50 % (512 of 1024 MiB)"])
  }

  @Test func `nobody sees progress who is quiet or no terminal`() {
    for (quiet, isTerminal) in [(true, true), (false, false)] {
      let screen = Screen()
      var line = screen.line(quiet: quiet, isTerminal: isTerminal)
      screen.at(5)
      line.update(done: 1, of: 2)
      line.finish()
      #expect(screen.shown.isEmpty)
    }
  }
}
