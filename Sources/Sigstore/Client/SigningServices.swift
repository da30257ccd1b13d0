/// Where a bundle is made: each address is the caller's, there is none by default.
public struct SigningServices: Sendable {
  /// Which interface the log speaks.
  public enum LogGeneration: Int, Sendable, CaseIterable {
    /// `/api/v1/log/entries`: answers with an entry, its time and a promise.
    case first = 1
    /// `/api/v2/log/entries`: knows no time, so that a time-stamp authority is needed.
    case second = 2
  }

  /// Certificates for identities, as Fulcio gives them: the base of `/api/v2/signingCert`.
  public let certificates: String
  /// The transparency log, as Rekor keeps it.
  public let log: String
  public let generation: LogGeneration
  /// The whole address of an RFC 3161 time-stamp authority.
  public let timestamps: String?

  /// - Throws: `timestamp_missing` where the log's generation needs an authority.
  public init(
    certificates: String, log: String, generation: LogGeneration, timestamps: String?
  ) throws(SigstoreError) {
    if generation == .second, timestamps == nil {
      throw SigstoreError(
        .timestampMissing, "this generation of log proves no time", place: log,
        hint: "--timestamp-authority URL names who does")
    }
    self.certificates = Self.base(certificates)
    self.log = Self.base(log)
    self.generation = generation
    self.timestamps = timestamps
  }

  private static func base(_ text: String) -> String {
    text.hasSuffix("/") ? String(text.dropLast()) : text
  }
}

/// One request to a service; every one is a POST.
public struct ServiceCall: Sendable {
  public let url: String
  public let contentType: String
  public let accept: String
  public let body: [UInt8]
}

/// Asks a service.
///
/// - Returns: status and body of the answer, whatever the status; a redirect is one.
/// - Throws: why there was no answer.
public typealias ServiceExchange = (ServiceCall) throws -> (status: Int, body: [UInt8])

extension ServiceCall {
  static let json = "application/json"

  /// The body of an answer that says yes.
  ///
  /// - Throws: `service_refused` with the service's own words.
  func answer(_ exchange: ServiceExchange) throws -> [UInt8] {
    let (status, body) = try exchange(self)
    guard (200..<300).contains(status) else {
      throw SigstoreError(
        .serviceRefused, "the service says no (\(status)): \(Self.line(body))", place: url)
    }
    return body
  }

  /// At most 300 characters of foreign bytes, on one line.
  private static func line(_ body: [UInt8]) -> String {
    let text = String(decoding: body.prefix(1200), as: UTF8.self).unicodeScalars
      .map { $0.value < 32 || $0.value == 127 ? " " : Character($0) }
    return String(text.prefix(300))
  }
}
