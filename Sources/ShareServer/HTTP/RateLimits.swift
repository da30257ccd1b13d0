internal import Synchronization

/// How often something may be done: a bucket that holds `burst` and fills within `seconds`.
package struct Rate: Sendable, Equatable {
  package var burst: Int
  package var seconds: Int64

  package init(_ burst: Int, per seconds: Int64) {
    self.burst = burst
    self.seconds = seconds
  }
}

/// The rates of SHARING §8.
package struct RateSettings: Sendable {
  package var sharePerAddress = Rate(60, per: 60)
  package var sharePerShare = Rate(600, per: 60)
  package var unlockPerAddress = Rate(5, per: 60)
  package var unlockPerShare = Rate(30, per: 3600)
  package var unknownPerAddress = Rate(20, per: 60)
  package var apiPerKey = Rate(300, per: 60)
  package var createPerKey = Rate(30, per: 3600)
  package var keyTriesPerAddress = Rate(20, per: 60)
  /// Uploads of one workspace at once.
  package var uploadsAtOnce = 4

  package init() {}
}

/// Token buckets, each by what it limits and whom.
///
/// A class with a lock, since all connections share it; it holds no more than `most` buckets and
/// forgets the fullest first, which limit nobody.
package final class RateLimits: Sendable {
  enum Kind: Hashable {
    case shareAddress, share, unlockAddress, unlockShare, unknown, key, create, keyTry
  }

  private struct Name: Hashable {
    let kind: Kind
    let text: String
  }

  private struct Bucket {
    /// Thousandths of one use.
    var level: Int64
    var at: Int64
  }

  private struct State {
    var buckets: [Name: Bucket] = [:]
    /// Wrong passwords of a share in a row, and until when it takes no more.
    var failures: [String: (count: Int, until: Int64)] = [:]
    var uploads: [String: Int] = [:]
  }

  package let settings: RateSettings
  private let state = Mutex(State())
  private let most: Int
  /// Seconds that only run on.
  private let clock: @Sendable () -> Int64

  package init(
    _ settings: RateSettings, most: Int = 100_000, clock: @escaping @Sendable () -> Int64
  ) {
    self.settings = settings
    self.most = most
    self.clock = clock
  }

  /// How many buckets are held.
  var count: Int { state.withLock { $0.buckets.count } }

  /// Uses a bucket once.
  ///
  /// - Throws: 429 `rate_limited` with the seconds until it may be used again.
  func use(_ kind: Kind, _ text: String) throws(Refusal) {
    let rate = rate(of: kind)
    let now = clock()
    let wait: Int64? = state.withLock { state in
      let name = Name(kind: kind, text: text)
      let full = Int64(rate.burst) * 1000
      var bucket = state.buckets[name] ?? Bucket(level: full, at: now)
      let gained = max(0, now - bucket.at).multipliedReportingOverflow(by: full / rate.seconds)
      bucket.level = gained.overflow ? full : min(full, bucket.level + gained.partialValue)
      bucket.at = now
      let missing = 1000 - bucket.level
      if missing <= 0 { bucket.level -= 1000 }
      state.buckets[name] = bucket
      if state.buckets.count > most { Self.forget(&state.buckets, half: most / 2) }
      return missing <= 0 ? nil : max(1, (missing * rate.seconds + full - 1) / full)
    }
    if let wait { throw Refusal(429, .rateLimited, retryAfter: wait) }
  }

  /// Whether a share takes another password now; after many wrong ones it waits, twice as long each
  /// time, up to 15 minutes.
  func beginUnlock(_ shareID: String, client: String) throws(Refusal) {
    let now = clock()
    let until = state.withLock { $0.failures[shareID]?.until ?? 0 }
    if until > now { throw Refusal(429, .rateLimited, retryAfter: until - now) }
    try use(.unlockAddress, shareID + " " + client)
    try use(.unlockShare, shareID)
  }

  func endUnlock(_ shareID: String, isRight: Bool) {
    let now = clock()
    state.withLock { state in
      if isRight {
        state.failures[shareID] = nil
        return
      }
      let count = (state.failures[shareID]?.count ?? 0) + 1
      let free = settings.unlockPerAddress.burst
      // 1 s after the sixth in a row, then 2, 4 …
      let delay = count <= free ? 0 : min(900, Int64(1) << Int64(min(count - free - 1, 10)))
      state.failures[shareID] = (count, now + delay)
    }
  }

  /// Takes a place among the uploads of a workspace.
  func beginUpload(_ workspaceID: String) throws(Refusal) {
    let isFree = state.withLock { state in
      guard state.uploads[workspaceID, default: 0] < settings.uploadsAtOnce else { return false }
      state.uploads[workspaceID, default: 0] += 1
      return true
    }
    if !isFree { throw Refusal(429, .rateLimited, retryAfter: 1) }
  }

  func endUpload(_ workspaceID: String) {
    state.withLock { $0.uploads[workspaceID, default: 1] -= 1 }
  }

  private func rate(of kind: Kind) -> Rate {
    switch kind {
    case .shareAddress: settings.sharePerAddress
    case .share: settings.sharePerShare
    case .unlockAddress: settings.unlockPerAddress
    case .unlockShare: settings.unlockPerShare
    case .unknown: settings.unknownPerAddress
    case .key: settings.apiPerKey
    case .create: settings.createPerKey
    case .keyTry: settings.keyTriesPerAddress
    }
  }

  private static func forget(_ buckets: inout [Name: Bucket], half: Int) {
    let order = buckets.sorted { $0.value.at > $1.value.at }
    buckets = Dictionary(uniqueKeysWithValues: order.prefix(half).map { ($0.key, $0.value) })
  }
}
