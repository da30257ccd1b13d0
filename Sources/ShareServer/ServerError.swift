public import Platform

/// Why the share server does not start, or a command on its data folder does not work.
///
/// Equality means code and place, so that a test can build the error it expects.
public struct ServerError: Failure, Equatable {
  /// The machine words of this module, but those of answers (`Refusal.Reason`).
  public enum Code: String, CaseIterable, Sendable {
    /// Another server works on this data folder.
    case serverRunning = "server_running"
    case dataFolderMissing = "data_folder_missing"
    /// `--init` where a server's data lie already.
    case dataFolderTaken = "data_folder_taken"
    /// A file of the data folder that others can read.
    case dataFolderOpen = "data_folder_open"
    case configInvalid = "server_config_invalid"
    /// The database was written by a later version of the program.
    case databaseNewer = "database_newer"
    case databaseFailed = "database_failed"
    case auditLogBroken = "audit_log_broken"
    /// Plain http to other than loopback.
    case tlsMissing = "tls_missing"
    case bindFailed = "bind_failed"
    case backupDamaged = "backup_damaged"
    case passwordHashFailed = "password_hash_failed"
  }

  public let code: Code
  public let place: String?
  public let message: String

  @inline(never)
  public init(_ code: Code, place: String?, _ message: String) {
    self.code = code
    self.place = place
    self.message = message
  }

  public var reason: String { code.rawValue }

  public var kind: FailureKind {
    switch code {
    case .serverRunning: .locked
    case .dataFolderMissing, .configInvalid, .databaseNewer: .invalidInput
    case .dataFolderTaken, .dataFolderOpen, .tlsMissing: .refused
    case .auditLogBroken, .backupDamaged: .bytesChanged
    case .databaseFailed, .bindFailed, .passwordHashFailed: .inputOutput
    }
  }

  public var hint: String? {
    switch code {
    case .serverRunning: "stop the other server first; one writes to a data folder at a time"
    case .dataFolderMissing: "wf serve --init --data DIR makes one"
    case .dataFolderTaken: "leave out --init to start it, or choose another folder"
    case .dataFolderOpen: "chmod -R go= DIR"
    case .tlsMissing:
      "bind to a loopback address, or put a TLS proxy in front and pass --behind-tls-proxy"
    case .databaseNewer: "use the version of wf-serve that last wrote it, or a later one"
    default: nil
    }
  }

  public static func == (a: Self, b: Self) -> Bool { a.code == b.code && a.place == b.place }
}
