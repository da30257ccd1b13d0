internal import Synchronization

/// Views, downloads and tries of passwords on their way to the audit log.
///
/// They are written together a few times a second, so that a page view waits for no disk; what
/// changes a share is written with the change itself and never waits here.
final class EventBuffer: Sendable {
  private let waiting = Mutex<[AuditEvent]>([])
  /// More than this and the oldest views are dropped and counted, rather than memory used up.
  private static let most = 50_000
  private let dropped = Mutex<Int64>(0)

  func add(_ event: AuditEvent) {
    waiting.withLock { waiting in
      if waiting.count >= Self.most {
        waiting.removeFirst(Self.most / 10)
        dropped.withLock { $0 += Int64(Self.most / 10) }
      }
      waiting.append(event)
    }
  }

  /// Writes what waits; puts it back where that fails.
  func flush(to database: any ShareDatabase, log: AuditLog) async throws {
    let events = waiting.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
    if events.isEmpty { return }
    do {
      try await database.write { session in
        try log.append(events, to: session)
        var views: [String: Int64] = [:]
        for event in events where event.action == .view {
          if let share = event.shareID { views[share, default: 0] += 1 }
        }
        for (share, count) in views.sorted(by: { $0.key < $1.key }) {
          try session.addViews(count, to: share)
        }
      }
    } catch {
      waiting.withLock { $0 = events + $0 }
      throw error
    }
  }
}
