internal import Synchronization

/// Counts and times of answers by route template and status, counts of refused connections by class,
/// and nothing else.
final class Metrics: Sendable {
  private struct Name: Hashable, Comparable {
    let method: String
    let route: String
    let status: Int

    static func < (a: Name, b: Name) -> Bool {
      (a.route, a.method, a.status) < (b.route, b.method, b.status)
    }
  }

  private struct Count {
    var answers: Int64 = 0
    var milliseconds: Int64 = 0
    var buckets = [Int64](repeating: 0, count: Metrics.bounds.count)
  }

  /// Milliseconds.
  private static var bounds: [Int64] { [1, 5, 10, 50, 100, 500, 1000, 5000, 30_000] }

  private let counts = Mutex<[Name: Count]>([:])

  private let refusals = Mutex<[ConnectionRefusal: Int64]>([:])

  func note(_ refusal: ConnectionRefusal) {
    refusals.withLock { $0[refusal, default: 0] += 1 }
  }

  func note(method: String, route: String, status: Int, milliseconds: Int64) {
    counts.withLock { counts in
      let name = Name(method: method, route: route, status: status)
      counts[name, default: Count()].answers += 1
      counts[name, default: Count()].milliseconds += milliseconds
      for (place, bound) in Self.bounds.enumerated() where milliseconds <= bound {
        counts[name, default: Count()].buckets[place] += 1
      }
    }
  }

  /// Prometheus text format, 0.0.4.
  var text: String {
    let counts = counts.withLock { $0 }.sorted { $0.key < $1.key }
    var lines = [
      "# HELP wf_requests_seconds Time of answers by route and status.",
      "# TYPE wf_requests_seconds histogram",
    ]
    for (name, count) in counts {
      let labels = "method=\"\(name.method)\",route=\"\(name.route)\",status=\"\(name.status)\""
      for (place, bound) in Self.bounds.enumerated() {
        lines.append(
          "wf_requests_seconds_bucket{\(labels),le=\"\(Self.seconds(bound))\"} \(count.buckets[place])"
        )
      }
      lines.append("wf_requests_seconds_bucket{\(labels),le=\"+Inf\"} \(count.answers)")
      lines.append("wf_requests_seconds_sum{\(labels)} \(Self.seconds(count.milliseconds))")
      lines.append("wf_requests_seconds_count{\(labels)} \(count.answers)")
    }
    lines += [
      "# HELP wf_connections_refused_total Connections refused before a route was looked for.",
      "# TYPE wf_connections_refused_total counter",
    ]
    let refusals = refusals.withLock { $0 }
    for refusal in ConnectionRefusal.allCases {
      lines.append(
        "wf_connections_refused_total{reason=\"\(refusal.rawValue)\"} \(refusals[refusal] ?? 0)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func seconds(_ milliseconds: Int64) -> String {
    let rest = String(milliseconds % 1000)
    return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
  }
}
