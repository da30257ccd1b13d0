internal import Glibc

/// The parts of the world that a result may depend on.
///
/// Tests pass their own.
public struct Surroundings: Sendable {
  /// Unix seconds.
  public var now: @Sendable () -> Int64
  /// Unix seconds of the clock, whatever the environment says: for what is to be a proof later.
  public var clock: @Sendable () -> Int64
  /// Bytes fit for keys and salts.
  public var randomBytes: @Sendable (Int) -> [UInt8]
  public var environment: [String: String]

  /// - Parameter clock: nil: the same as `now`.
  public init(
    now: @escaping @Sendable () -> Int64, clock: (@Sendable () -> Int64)? = nil,
    randomBytes: @escaping @Sendable (Int) -> [UInt8], environment: [String: String]
  ) {
    self.now = now
    self.clock = clock ?? now
    self.randomBytes = randomBytes
    self.environment = environment
  }

  /// The real world: `SOURCE_DATE_EPOCH` where it is a whole number ≥ 0, else the clock.
  public static func process() -> Surroundings {
    let environment = readEnvironment()
    let fixed = environment["SOURCE_DATE_EPOCH"].flatMap(epoch)
    return Surroundings(
      now: { fixed ?? Int64(time(nil)) }, clock: { Int64(time(nil)) },
      randomBytes: systemRandomBytes, environment: environment)
  }

  private static func epoch(_ text: String) -> Int64? {
    let isPlain = !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
    return isPlain ? Int64(text) : nil
  }

  /// The standard library's generator asks getrandom(2) for every word.
  private static func systemRandomBytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(max(0, count) + 8)
    while bytes.count < count {
      var word = generator.next()
      for _ in 0..<8 {
        bytes.append(UInt8(truncatingIfNeeded: word))
        word >>= 8
      }
    }
    return Array(bytes.prefix(max(0, count)))
  }

  /// Variables that are not UTF-8 are left out.
  private static func readEnvironment() -> [String: String] {
    var result: [String: String] = [:]
    var next = unsafe environ  // ends with a null pointer; nothing here changes it
    while let entry = unsafe next.pointee {
      if let text = unsafe String(validatingCString: entry), let cut = text.firstIndex(of: "=") {
        result[String(text[..<cut])] = String(text[text.index(after: cut)...])
      }
      unsafe next += 1
    }
    return result
  }
}
