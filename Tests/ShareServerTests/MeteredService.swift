import Platform
import Synchronization

@testable import ShareServer

/// What was done for one request, as far as it takes time: counted, since times on a shared machine
/// say little.
struct RequestWork: Equatable, Sendable {
  /// The statements, each read or written in the order in which they came.
  var statements: [String] = []
  /// Calls of the database, each of which is one transaction.
  var transactions = 0
  var sha256 = 0
  var argon2id = 0
  /// New buckets of rates.
  var buckets = 0
}

/// Where the pieces of a metered service count.
final class WorkMeter: Sendable {
  private let work = Mutex(RequestWork())

  func note(_ change: (inout RequestWork) -> Void) { work.withLock { change(&$0) } }

  func take() -> RequestWork {
    work.withLock { work in
      defer { work = RequestWork() }
      return work
    }
  }
}

private struct MeteredDatabase: ShareDatabase {
  let base: any ShareDatabase
  let meter: WorkMeter

  func read<T: Sendable>(
    _ body: @escaping @Sendable (any SQLSession) throws -> T
  ) async throws -> T {
    meter.note { $0.transactions += 1 }
    return try await base.read { try body(MeteredSession(base: $0, meter: meter)) }
  }

  func write<T: Sendable>(
    _ body: @escaping @Sendable (any SQLSession) throws -> T
  ) async throws -> T {
    meter.note { $0.transactions += 1 }
    return try await base.write { try body(MeteredSession(base: $0, meter: meter)) }
  }

  func copy(to path: String) async throws { try await base.copy(to: path) }
  func close() throws { try base.close() }
}

private struct MeteredSession: SQLSession {
  let base: any SQLSession
  let meter: WorkMeter

  func rows(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow] {
    meter.note { $0.statements.append(sql) }
    return try base.rows(sql, values)
  }

  func change(_ sql: String, _ values: [SQLValue]) throws -> Int {
    meter.note { $0.statements.append(sql) }
    return try base.change(sql, values)
  }
}

extension ShareService {
  /// The same service, whose database, hashes and passwords are counted.
  ///
  /// - Parameter isFresh: with no page kept ready.
  func metered(by meter: WorkMeter, isFresh: Bool = false) throws -> ShareService {
    let secrets = Secrets(
      pepper: try folder.readSecret(),
      randomBytes: Platform.Surroundings.process().randomBytes,
      sha256: { bytes in
        meter.note { $0.sha256 += 1 }
        return Hex.decode(Secrets.hash(String(decoding: bytes, as: UTF8.self))) ?? []
      })
    let hasher = passwordHasher
    return ShareService(
      folder: folder, database: MeteredDatabase(base: database, meter: meter), objects: objects,
      secrets: secrets, clock: clock, limits: limits, rates: rates, log: log,
      audit: AuditLog(secrets: secrets), configuration: configuration, isBehindTLS: isBehindTLS,
      page: page, ready: isFresh ? ReadyPages(limit: 1 << 20) : ready, workspaces: workspaces,
      passwordHasher: PasswordHasher(
        hash: { password in
          meter.note { $0.argon2id += 1 }
          return hasher.hash(password)
        },
        verifies: { password, encoded in
          meter.note { $0.argon2id += 1 }
          return hasher.verifies(password, encoded)
        }),
      passwords: passwords)
  }
}
