internal import GRDB
internal import Platform

/// The tables in one SQLite file: WAL, foreign keys on, one writer and some readers.
package struct SQLiteDatabase: ShareDatabase {
  private let pool: DatabasePool

  /// Opens the file, or makes it, and brings its tables to this version.
  ///
  /// - Throws: `database_newer`, `database_failed`.
  package init(path: String, migrations: [Migration] = Migration.all) throws {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(5)
    configuration.maximumReaderCount = 4
    configuration.prepareDatabase { database in
      // What was answered must survive a power loss: every commit waits for the disk.
      try database.execute(sql: "PRAGMA synchronous = FULL")
      // Deleted rows must not stay in free pages.
      try database.execute(sql: "PRAGMA secure_delete = ON")
    }
    do {
      pool = try DatabasePool(path: path, configuration: configuration)
      try pool.write { database in
        try Migration.run(migrations, on: SQLiteSession(database: database))
      }
    } catch {
      throw Self.failure(error)
    }
  }

  package func read<T: Sendable>(
    _ body: @escaping @Sendable (any SQLSession) throws -> T
  ) async throws -> T {
    do {
      return try await pool.read { try body(SQLiteSession(database: $0)) }
    } catch {
      throw Self.failure(error)
    }
  }

  package func write<T: Sendable>(
    _ body: @escaping @Sendable (any SQLSession) throws -> T
  ) async throws -> T {
    do {
      return try await pool.write { try body(SQLiteSession(database: $0)) }
    } catch {
      throw Self.failure(error)
    }
  }

  package func copy(to path: String) async throws {
    do {
      let target = try DatabaseQueue(path: path)
      try pool.backup(to: target)
      try target.close()
    } catch {
      throw Self.failure(error)
    }
  }

  package func close() throws {
    do { try pool.close() } catch { throw Self.failure(error) }
  }

  /// SQLite's words may quote a statement and its values: they stay here.
  private static func failure(_ error: any Error) -> any Error {
    guard let error = error as? DatabaseError else { return error }
    if error.resultCode == .SQLITE_FULL {
      return PlatformError(.diskFull, place: nil, message: "the disk of the database is full")
    }
    return ServerError(
      .databaseFailed, place: nil,
      "the database refused (code \(error.extendedResultCode.rawValue))")
  }
}

/// One GRDB connection during one call.
private struct SQLiteSession: SQLSession {
  let database: Database

  func rows(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow] {
    let statement = try database.cachedStatement(sql: sql)
    let names = statement.columnNames
    return try Row.fetchAll(statement, arguments: arguments(values)).map { row in
      var columns: [String: SQLValue] = [:]
      for (index, name) in names.enumerated() {
        let value: DatabaseValue = row[index]
        columns[name] =
          switch value.storage {
          case .int64(let number): .integer(number)
          case .string(let text): .text(text)
          default: .null
          }
      }
      return SQLRow(columns)
    }
  }

  func change(_ sql: String, _ values: [SQLValue]) throws -> Int {
    try database.cachedStatement(sql: sql).execute(arguments: arguments(values))
    return database.changesCount
  }

  private func arguments(_ values: [SQLValue]) -> StatementArguments {
    StatementArguments(
      values.map { value -> DatabaseValue in
        switch value {
        case .null: .null
        case .integer(let number): number.databaseValue
        case .text(let text): text.databaseValue
        }
      })
  }
}
