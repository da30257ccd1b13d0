import JSON
import ShareServer
import TestSupport

/// The worked example, and variations of it.
enum PageExamples {
  static let token = String(repeating: "t", count: 43)

  static func dto() throws -> JSONValue {
    try JSONValue.parse(Fixtures.bytes("package-example/share/dto.json"))
  }

  static func text(_ dto: JSONValue, files: SharedFiles = SharedFiles()) throws -> String {
    String(decoding: try ReviewerPage().page(dto: dto, token: token, files: files), as: UTF8.self)
  }
}

extension JSONValue {
  /// The value with another one at a path; objects that are not there are made.
  func setting(_ path: String..., to value: JSONValue) -> JSONValue {
    setting(path[...], to: value)
  }

  private func setting(_ path: ArraySlice<String>, to value: JSONValue) -> JSONValue {
    guard let key = path.first else { return value }
    var members = object ?? [:]
    members[key] = (members[key] ?? .object([:])).setting(path.dropFirst(), to: value)
    return .object(members)
  }
}
