public import JSON
internal import Mustache
internal import Pages

/// The pages that a reviewer sees: one package, the question for a password, and nothing.
///
/// The page of a package is a function of its DTO (SHARING §5) and of what files there are. All are
/// complete without scripts; scripts add sorting and verification in the browser (SHARING §11).
public struct ReviewerPage: Sendable {
  /// What the pages load: a style sheet, a script and an icon.
  public let assets: [Asset]

  private let library: MustacheLibrary
  private let missing: [UInt8]

  /// Throws where a template does not parse, which its tests would have found.
  public init() throws {
    var templates: [String: MustacheTemplate] = [:]
    for (name, bytes) in PageFiles.templates {
      templates[name] = try MustacheTemplate(string: String(decoding: bytes, as: UTF8.self))
    }
    library = MustacheLibrary(templates: templates)
    assets = PageFiles.assets
    missing = Self.render("missing", [:], library)
  }

  /// The page of a package in UTF-8.
  ///
  /// - Parameters:
  ///   - dto: `wf.share_dto/1`; a field that it lacks is shown as unknown.
  ///   - token: of the share, 43 characters of base64url. It stands in links to the package's own
  ///     files alone, and in nothing at all where the bytes are withheld.
  ///   - files: what the browser can verify.
  public func page(
    dto: JSONValue, token: String, files: SharedFiles = SharedFiles()
  ) -> [UInt8] {
    render("page", PageContents(dto: dto, token: token, files: files).fields)
  }

  /// The question for the password of a share.
  ///
  /// - Parameter wrong: whether the last answer was refused.
  public func passwordForm(token: String, wrong: Bool) -> [UInt8] {
    render("password", ["action": .text("/r/\(token)/unlock"), "wrong": .flag(wrong)])
  }

  /// The page of all that is not there, for whatever reason: always the same bytes.
  public func notFound() -> [UInt8] { missing }

  private func render(_ name: String, _ fields: [String: PageFields.Field]) -> [UInt8] {
    Self.render(name, fields, library)
  }

  private static func render(
    _ name: String, _ fields: [String: PageFields.Field], _ library: MustacheLibrary
  ) -> [UInt8] {
    let all = fields.merging(PageFiles.addresses.mapValues { .text($0) }) { own, _ in own }
    guard let text = library.render(PageFields(all), withTemplate: name) else {
      preconditionFailure("the template \(name) is compiled in")
    }
    return Array(text.utf8)
  }
}
