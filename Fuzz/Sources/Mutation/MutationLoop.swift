import Glibc

/// Feeds changed copies of a corpus to a parser until time is up.
///
/// With the same corpus, seed and number of inputs the same bytes come in the same order, so that a
/// finding can be run again. Fuzz targets share it:
/// `fuzz-X [--seed N] [--seconds N] [--last FILE] FILE…`
/// Without `--seconds` each file (or standard input) is tried once. `--last` keeps the input being
/// tried on disk, where it stays when the parser traps.
public struct MutationLoop {
  private var seed: UInt64 = 1
  private var seconds = 0
  private var last: String?
  private var corpus: [[UInt8]] = []

  /// Reads the arguments of the program; nil when they make no sense.
  public init?(arguments: [String]) {
    var rest = arguments.dropFirst()
    while let argument = rest.popFirst() {
      switch argument {
      case "--seed":
        guard let number = rest.popFirst().flatMap({ UInt64($0) }) else { return nil }
        seed = number
      case "--seconds":
        guard let number = rest.popFirst().flatMap({ Int($0) }) else { return nil }
        seconds = number
      case "--last":
        guard let path = rest.popFirst() else { return nil }
        last = path
      default:
        guard let bytes = Self.read(argument) else { return nil }
        corpus.append(bytes)
      }
    }
    if corpus.isEmpty { corpus.append(Self.read("/dev/stdin") ?? []) }
  }

  /// Runs the parser and returns the exit code.
  ///
  /// `isSound` answers false when a check of its own failed.
  public func run(words: [String], _ isSound: ([UInt8]) -> Bool) -> Int32 {
    for bytes in corpus where !isSound(bytes) { return finding(bytes, number: 0) }
    guard seconds > 0 else { return 0 }
    let kept = last.map { open($0, O_WRONLY | O_CREAT, 0o600) } ?? -1
    var mutator = Mutator(seed: seed, words: words.map { Array($0.utf8) })
    let end = time(nil) + seconds
    var number = 0
    while number % 256 != 0 || time(nil) < end {
      number += 1
      let bytes = mutator.mutated(corpus)
      if kept >= 0 { keep(bytes, in: kept) }
      if !isSound(bytes) { return finding(bytes, number: number) }
    }
    print("\(number) inputs, seed \(seed): nothing found")
    return 0
  }

  private func finding(_ bytes: [UInt8], number: Int) -> Int32 {
    let path = last ?? "finding-\(seed)-\(number)"
    write(bytes, to: path)
    print("input \(number), seed \(seed), is read wrongly: \(path)")
    return 1
  }

  private func write(_ bytes: [UInt8], to path: String) {
    guard let file = fopen(path, "wb") else { return }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }

  /// Into the same open file each time: closing one after it was cut makes some file systems flush.
  private func keep(_ bytes: [UInt8], in file: CInt) {
    pwrite(file, bytes, bytes.count, 0)
    ftruncate(file, bytes.count)
  }

  private static func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      guard count > 0 else { return bytes }
      bytes += chunk[0..<count]
    }
  }
}

/// Makes inputs from others: bytes and bits changed, pieces cut, doubled, moved, words put in.
struct Mutator {
  private var state: UInt64
  private let words: [[UInt8]]

  init(seed: UInt64, words: [[UInt8]]) {
    state = seed
    self.words = words
  }

  mutating func mutated(_ corpus: [[UInt8]]) -> [UInt8] {
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
