/// A time that somebody of the trusted root vouches for.
struct ProvenTime: Sendable {
  let time: Moment
  let source: TimeSource
  /// Two proofs by one operator count once.
  let operatorName: String
}

/// Where a proven time comes from.
public enum TimeSource: String, Sendable {
  /// The log's promise to include the entry, which it dated.
  case log
  /// An RFC 3161 token.
  case timestamp
}

/// Step 2 of SIGNING §7: which times count.
struct ProvenTimes: Sendable {
  let times: [ProvenTime]
  /// Whether the log's promise was there and holds.
  let promiseHolds: Bool

  /// Allowed clock difference before a proven time counts as future, in seconds.
  private static let futureAllowance: Int64 = 600

  init(
    of bundle: Bundle, root: TrustedRoot, needs: TimeNeeds, now: Int64
  ) throws(SigstoreError) {
    var times: [ProvenTime] = []
    var last: SigstoreError?
    for der in bundle.timestamps {
      do throws(SigstoreError) {
        guard let token = TimestampToken(der: der) else {
          throw SigstoreError(.timestampInvalid, "the time stamp is no RFC 3161 token")
        }
        times.append(
          try token.verify(
            over: bundle.content.signature, authorities: root.timestampAuthorities))
      } catch {
        last = error
      }
    }
    let tokens = times
    var promiseHolds = false
    if let promise = bundle.entry.promise {
      do throws(SigstoreError) {
        times.append(try bundle.entry.time(by: promise, logs: root.logs))
        promiseHolds = true
      } catch {
        // with a token demanded, a promise is neither a proof nor the reason that there is none
        if !needs.onlyTimestamps { last = error }
      }
    }
    let counted = needs.onlyTimestamps ? tokens : times
    if counted.isEmpty {
      throw last
        ?? SigstoreError(
          .timestampMissing,
          needs.onlyTimestamps
            ? "the policy demands an RFC 3161 time stamp and there is none"
            : "neither a time stamp nor a log's promise proves when this was signed")
    }
    guard Set(counted.map(\.operatorName)).count >= needs.threshold else {
      throw SigstoreError(
        .timestampMissing, "the policy demands \(needs.threshold) times by different operators")
    }
    let (latest, overflow) = now.addingReportingOverflow(Self.futureAllowance)
    if let future = times.first(where: { !overflow && $0.time > Moment(seconds: latest) }) {
      throw SigstoreError(
        .timestampInFuture, "a proven time lies in the future", place: future.time.rfc3339)
    }
    self.times = times
    self.promiseHolds = promiseHolds
  }

  /// The earliest; there is always one.
  var earliest: ProvenTime? { times.min { $0.time < $1.time } }
}

/// What a policy asks of times.
struct TimeNeeds: Sendable {
  /// An RFC 3161 time is demanded; a log's word is not enough.
  var onlyTimestamps = false
  /// Different operators that must vouch.
  var threshold = 1
}
