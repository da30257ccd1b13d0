/// The database of the share server.
///
/// Everything above this protocol speaks SQL that SQLite and PostgreSQL share: `BIGINT` and `TEXT`
/// columns, `?` for values in their order. A second database is one more type that conforms.
package protocol ShareDatabase: Sendable {
  /// Runs a body that only reads, on one unchanging state of the tables.
  func read<T: Sendable>(
    _ body: @escaping @Sendable (any SQLSession) throws -> T
  ) async throws -> T

  /// Runs a body as one transaction: all of it is durable when this returns, or none is.
  func write<T: Sendable>(
    _ body: @escaping @Sendable (any SQLSession) throws -> T
  ) async throws -> T

  /// Writes a copy of one state of the tables to a new file, while others read and write.
  func copy(to path: String) async throws

  /// Ends all work and closes its files.
  func close() throws
}

/// The tables as one reader or one transaction sees them.
package protocol SQLSession {
  func rows(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow]

  /// - Returns: how many rows were changed.
  @discardableResult
  func change(_ sql: String, _ values: [SQLValue]) throws -> Int
}

extension SQLSession {
  /// The first row, nil where there is none.
  func row(_ sql: String, _ values: [SQLValue]) throws -> SQLRow? {
    try rows(sql, values).first
  }

  /// A whole number that a query always gives, such as a count.
  func number(_ sql: String, _ values: [SQLValue] = []) throws -> Int64 {
    guard let row = try rows(sql, values).first else { return 0 }
    return try row.integer("n")
  }
}

/// One value of a column.
package enum SQLValue: Sendable, Equatable {
  case null
  case integer(Int64)
  case text(String)

  static func text(_ text: String?) -> SQLValue { text.map { .text($0) } ?? .null }
  static func integer(_ number: Int64?) -> SQLValue { number.map { .integer($0) } ?? .null }
}

/// One row of an answer, by the names of its columns.
package struct SQLRow: Sendable {
  private let values: [String: SQLValue]

  package init(_ values: [String: SQLValue]) { self.values = values }

  func text(_ name: String) throws -> String {
    guard let text = try optionalText(name) else { throw wrong(name) }
    return text
  }

  func optionalText(_ name: String) throws -> String? {
    switch values[name] {
    case .text(let text): return text
    case .null: return nil
    default: throw wrong(name)
    }
  }

  func integer(_ name: String) throws -> Int64 {
    guard let number = try optionalInteger(name) else { throw wrong(name) }
    return number
  }

  func optionalInteger(_ name: String) throws -> Int64? {
    switch values[name] {
    case .integer(let number): return number
    case .null: return nil
    default: throw wrong(name)
    }
  }

  private func wrong(_ name: String) -> ServerError {
    ServerError(.databaseFailed, place: name, "a column has not the type that was written")
  }
}
