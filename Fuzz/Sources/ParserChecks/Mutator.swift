/// Makes inputs from others: bytes and bits changed, pieces cut, doubled, moved, words put in.
///
/// With the same corpus and seed the same bytes come in the same order.
public struct Mutator {
  private var state: UInt64
  private let words: [[UInt8]]

  public init(seed: UInt64, words: [String]) {
    state = seed
    self.words = words.map { Array($0.utf8) }
  }

  public mutating func mutated(_ corpus: [[UInt8]]) -> [UInt8] {
    var bytes = corpus[below(corpus.count)]
    // A window keeps big files quick to try.
    if bytes.count > 8192, below(16) != 0 {
      let start = below(2) == 0 ? 0 : below(bytes.count - 4096)
      bytes = Array(bytes[start..<start + 4096])
    }
    for _ in 0...below(6) { change(&bytes, corpus) }
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8], _ corpus: [[UInt8]]) {
    let place = below(bytes.count + 1)
    let end = min(bytes.count, place + below(below(4) == 0 ? 512 : 12))
    switch below(8) {
    case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(below(8))
    case 1 where place < bytes.count: bytes[place] = UInt8(below(256))
    case 2: bytes.removeSubrange(place..<end)
    case 3: bytes.insert(contentsOf: bytes[place..<end], at: below(bytes.count + 1))
    case 4 where !words.isEmpty: bytes.insert(contentsOf: words[below(words.count)], at: place)
    case 5 where !words.isEmpty: bytes.replaceSubrange(place..<end, with: words[below(words.count)])
    case 6:
      let other = corpus[below(corpus.count)]
      let from = below(other.count + 1)
      bytes.insert(contentsOf: other[from..<min(other.count, from + below(64))], at: place)
    case 7 where below(4) == 0: bytes.removeSubrange(place...)
    default: bytes.insert(UInt8(below(256)), at: place)
    }
  }

  private mutating func below(_ limit: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % UInt64(max(limit, 1)))
  }
}
