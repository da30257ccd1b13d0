internal import JSON
internal import Platform

/// What is written of a request: no target, no header, no address, nothing that a caller chose.
struct RequestLine: Sendable {
  let time: Int64
  let method: String
  /// `/r/{token}`, or `-` where no row of the table fits.
  let route: String
  let status: Int
  /// Of the answer's content.
  let bytes: Int
  let milliseconds: Int64
  let id: String

  var json: JSONValue {
    [
      "time": .string(UTCTime(seconds: time).rfc3339), "method": .string(method),
      "route": .string(route), "status": .number(JSONNumber(Int64(status))),
      "bytes": .number(JSONNumber(Int64(bytes))), "ms": .number(JSONNumber(milliseconds)),
      "request_id": .string(id),
    ]
  }
}

/// Where lines of JSON go.
package struct ServerLog: Sendable {
  private let write: @Sendable ([UInt8]) -> Void

  package init(_ write: @escaping @Sendable ([UInt8]) -> Void) { self.write = write }

  func request(_ line: RequestLine) { put(line.json) }

  /// Something that is no request, in one word, and numbers that belong to it.
  func event(_ word: String, at time: Int64, _ numbers: [String: Int64] = [:]) {
    var object: JSONObject = [
      "time": .string(UTCTime(seconds: time).rfc3339), "event": .string(word),
    ]
    for (name, number) in numbers.sorted(by: { $0.key < $1.key }) {
      object[name] = .number(JSONNumber(number))
    }
    put(.object(object))
  }

  /// A connection that was refused before there was a request, by its class.
  func refusal(_ reason: String, at time: Int64) {
    put([
      "time": .string(UTCTime(seconds: time).rfc3339), "event": "connection_refused",
      "reason": .string(reason),
    ])
  }

  /// A failure of a request, by its id, in the words of the code.
  func failure(_ reason: String, id: String, at time: Int64) {
    put([
      "time": .string(UTCTime(seconds: time).rfc3339), "event": "request_failed",
      "reason": .string(reason), "request_id": .string(id),
    ])
  }

  private func put(_ value: JSONValue) {
    guard let bytes = try? CanonicalJSON.bytes(value) else { return }
    write(bytes + [10])
  }
}
