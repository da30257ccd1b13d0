import Platform
import Testing
import TransparencyLog

struct EntryTests {
  private static let id = String(repeating: "0a", count: 32)
  private static let good =
    #"{"new":"\#(id)","old":null,"ref":"refs/heads/claims/a","schema":"wf.log_entry/1","time":"2026-01-02T03:04:05Z"}"#

  @Test func `an entry is read as it is written`() throws {
    let entry = try TipEntry(parsing: Array(Self.good.utf8))
    #expect(String(decoding: entry.bytes, as: UTF8.self) == Self.good)
    #expect(entry.ref == "refs/heads/claims/a" && entry.old == nil && entry.new == Self.id)
  }

  static let bad: [(String, String)] = [
    ("a newline behind", good + "\n"),
    ("a space inside", good.replacing(",", with: ", ")),
    ("a field more", good.replacing("{", with: #"{"extra":1,"#)),
    ("a field twice", good.replacing("{", with: #"{"new":"\#(id)","#)),
    ("upper-case id", good.replacing(id, with: id.uppercased())),
    ("a short id", good.replacing(id, with: String(id.dropLast(2)))),
    ("old a number", good.replacing("null", with: "1")),
    ("old missing", good.replacing(#""old":null,"#, with: "")),
    ("another schema", good.replacing("entry/1", with: "entry/2")),
    ("a time with fraction", good.replacing("05Z", with: "05.5Z")),
    ("a time with offset", good.replacing("05Z", with: "05+00:00")),
    ("an impossible date", good.replacing("2026-01-02", with: "2026-02-30")),
    ("no ref", good.replacing("refs/heads/claims/a", with: "claims/a")),
    ("a ref with dots", good.replacing("claims/a", with: "claims/../a")),
    ("a ref of one level", good.replacing("refs/heads/claims/a", with: "refs/a")),
    ("an escape that need not be", good.replacing("claims", with: #"cl\u0061ims"#)),
    ("too long", good.replacing("claims/a", with: "claims/" + String(repeating: "a", count: 1000))),
    ("nothing", ""),
    ("an array", "[]"),
  ]

  @Test(arguments: bad)
  func `an entry in another form is refused`(name: String, text: String) {
    #expect(text != Self.good, "the row \(name) changes nothing")
    let error = #expect(throws: LogError.self) { try TipEntry(parsing: Array(text.utf8)) }
    #expect(error?.code == .logEntryMalformed)
  }

  @Test func `a tile path has one spelling`() throws {
    for tile in [
      Tile(.entries, index: 0), Tile(.entries, index: 1_234_067, width: 8),
      Tile(.hashes(level: 63), index: .max, width: 1), Tile(.hashes(level: 2), index: 1000),
    ] {
      #expect(try Tile(path: tile.path) == tile)
    }
    #expect(Tile(.entries, index: 1_234_067, width: 8).path == "tile/entries/x001/x234/067.p/8")
    for path in [
      "tile/0/x009/x223/x372/x036/x854/x775/808", "tile/entries", "tile/0/00a", "tile/0/x1/000",
      "tile/+1/000", "tile/0/000.p/256", "tile/0/000.p/0", "tile/0/x000/000", "tile/data/000",
      "tile/0/000.p/1/2", "/tile/0/000", "tile/0//000",
    ] {
      #expect(throws: LogError(.logTilePathInvalid, "", place: path)) { try Tile(path: path) }
    }
  }
}
