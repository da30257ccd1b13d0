import Terminal
import Testing

struct TextTests {
  private static let narrow = Style(colour: false, unicode: true, width: 40)
  private static let ascii = Style(colour: false, unicode: false, width: 40)

  @Test(arguments: [
    ("a\u{1B}[31mb", "a\\u{1b}[31mb"), ("a\nb\tc", "a\\u{a}b\\u{9}c"), ("\u{7}", "\\u{7}"),
    ("\u{202E}exe", "\\u{202e}exe"), ("\u{85}", "\\u{85}"), ("\u{9B}2J", "\\u{9b}2J"),
    ("\u{2028}", "\\u{2028}"), ("Größe 80 % 机器", "Größe 80 % 机器"),
  ])
  func `control characters are shown and never obeyed`(text: String, shown: String) {
    #expect(plainText(text) == shown)
    #expect(plainText(shown) == shown)
  }

  @Test func `lines break at blanks, and inside of a word that is too long`() {
    #expect(wrapped("one two three", width: 7) == ["one two", "three"])
    #expect(wrapped("one two three", width: 8) == ["one two", "three"])
    #expect(wrapped("abcdefghij k", width: 4) == ["abcd", "efgh", "ij k"])
    #expect(wrapped("a abcdefgh", width: 4) == ["a", "abcd", "efgh"])
    #expect(wrapped("", width: 4) == [""])
    #expect(wrapped("机器人", width: 4) == ["机器", "人"])
    #expect(
      wrapped("one two three", width: 9, behind: "1. ") == ["1. one", "   two", "   three"])
  }

  @Test func `no line is wider than asked, and no letter is lost`() {
    var state: UInt64 = 42
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for _ in 0..<300 {
      let letters = ["a", "b", " ", "机", "é", "-"]
      let text = (0..<next(60)).map { _ in letters[next(letters.count)] }.joined()
      let width = 2 + next(30)
      let lines = wrapped(text, width: width)
      #expect(lines.allSatisfy { displayWidth(of: $0) <= width }, "\(text) in \(width)")
      #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
    }
  }

  @Test func `a long name loses its middle`() {
    #expect(cutInMiddle("libero_spatial/7", width: 16, style: Self.narrow) == "libero_spatial/7")
    #expect(cutInMiddle("libero_spatial/7", width: 9, style: Self.narrow) == "libe…al/7")
    #expect(cutInMiddle("libero_spatial/7", width: 10, style: Self.narrow) == "liber…al/7")
    #expect(cutInMiddle("libero_spatial/7", width: 9, style: Self.ascii) == "lib...l/7")
    #expect(cutInMiddle("libero", width: 1, style: Self.narrow) == "l")
    #expect(displayWidth(of: cutInMiddle("机器人机器人", width: 6, style: Self.narrow)) <= 6)
  }

  @Test(arguments: [
    (["LC_ALL": "C.UTF-8"], true), (["LC_ALL": "C", "LANG": "en_GB.UTF-8"], false),
    (["LC_ALL": "", "LANG": "en_GB.utf8"], true), (["LC_CTYPE": "POSIX"], false), ([:], true),
  ])
  func `the locale decides between Unicode and ASCII`(
    environment: [String: String], unicode: Bool
  ) {
    // Tests write to no terminal.
    #expect(Style(environment: environment, noColour: true).unicode == unicode)
  }
}
