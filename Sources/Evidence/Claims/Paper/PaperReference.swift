/// Where a claim was read: what an address says by itself, without asking anybody.
public struct PaperReference: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    case arXiv = "arxiv"
    case doi
    case openReview = "openreview"
    case huggingFaceModel = "hugging_face_model"
    case projectPage = "project_page"
  }

  public let kind: Kind
  /// `2406.09246`, `10.1000/182`, an OpenReview id, `org/name`, or host and path of a page.
  public let id: String
  /// `v2` of an arXiv paper, a revision of a model; nil where the address names none.
  public let version: String?
  /// The address without tracking, mirror and format: what goes to claim.source.uri.
  public let uri: String

  /// Reads an address: arXiv (abs, pdf, html; old and new ids), DOI, OpenReview, a Hugging Face model
  /// card, or any other https page.
  ///
  /// `arXiv:…`, `doi:…` and a bare DOI or arXiv id are read as well.
  ///
  /// - Throws: `paper_url_invalid`.
  public init(_ given: String) throws(ClaimError) {
    // As it is pasted out of a text or a mail.
    let text = String(Self.trimmed(given))
    let address = WebAddress(text)
    if let bare = Self.bare(text) {
      self = bare
    } else if let address {
      self = try Self.read(address, text)
    } else {
      throw Self.invalid(text, "this is no https address, arXiv id or DOI")
    }
  }

  private static func trimmed(_ text: String) -> Substring {
    var rest = text[...]
    while let first = rest.first, first.isWhitespace || first == "<" { rest = rest.dropFirst() }
    while let last = rest.last, last.isWhitespace || last == ">" { rest = rest.dropLast() }
    return rest
  }

  private init(_ kind: Kind, id: String, version: String? = nil, uri: String) {
    self.kind = kind
    self.id = id
    self.version = version
    self.uri = uri
  }

  /// Lower-case letters, digits and `-`: a slug for the claim.
  var slug: String {
    let words = kind == .huggingFaceModel || kind == .projectPage ? id : kind.rawValue + "-" + id
    return ClaimDraft.slug(words, separator: "-")
  }

  /// As a sentence names it, for example `arXiv:2406.09246v2`.
  public var title: String {
    switch kind {
    case .arXiv: "arXiv:" + id + (version ?? "")
    case .doi: "doi:" + id
    case .openReview: "OpenReview " + id
    case .huggingFaceModel: "the model card of \(id)" + (version.map { " at " + $0 } ?? "")
    case .projectPage: uri
    }
  }

  // MARK: - Reading

  private static func bare(_ text: String) -> PaperReference? {
    let lower = text.lowercased()
    if lower.hasPrefix("arxiv:") {
      // `arXiv:2406.09246v2 [cs.RO]`, as the page prints it.
      let id = text.dropFirst(6).prefix { $0 != "[" }
      return arXiv(String(trimmed(String(id))))
    }
    if lower.hasPrefix("doi:") { return doi(String(trimmed(String(text.dropFirst(4))))) }
    return arXiv(text) ?? doi(text)
  }

  private static func read(
    _ address: WebAddress, _ text: String
  ) throws(ClaimError) -> PaperReference {
    let path = address.path
    func found(_ reference: PaperReference?, _ what: String) throws(ClaimError) -> PaperReference {
      guard let reference else { throw invalid(text, "this address names no \(what)") }
      return reference
    }
    switch address.host {
    case "arxiv.org", "export.arxiv.org", "xxx.lanl.gov", "ar5iv.org", "ar5iv.labs.arxiv.org",
      "alphaxiv.org":
      return try found(arXiv(address), "paper")
    case "doi.org", "dx.doi.org":
      return try found(doi(path.joined(separator: "/")), "DOI")
    case "openreview.net":
      return try found(
        address.parameter("id").flatMap(openReview), "paper: the part ?id=… is missing")
    case "huggingface.co", "hf.co":
      if path.first == "papers" { return try found(arXiv(path.dropFirst().first ?? ""), "paper") }
      let isAPI = path.prefix(2) == ["api", "models"]
      return try model(isAPI ? Array(path.dropFirst(2)) : path, text) ?? page(address)
    default:
      return page(address)
    }
  }

  /// `abs/…`, `pdf/…`, `html/…` with or without a part of the page behind it, and the query of one
  /// paper of the API.
  private static func arXiv(_ address: WebAddress) -> PaperReference? {
    let parts = address.path.dropFirst().map { WebAddress.decoded($0) ?? $0 }
    if address.path == ["api", "query"] {
      return address.parameter("id_list").flatMap { arXiv($0) }
    }
    if let whole = arXiv(parts.joined(separator: "/")) { return whole }
    guard address.path.first == "html" else { return nil }
    return arXiv(parts.first ?? "") ?? arXiv(parts.prefix(2).joined(separator: "/"))
  }

  /// `2406.09246v2`, `2406.09246v2.pdf`, `cs.RO/0112017`.
  private static func arXiv(_ text: String) -> PaperReference? {
    var rest = Substring(text)
    for ending in [".pdf", ".html"] where rest.hasSuffix(ending) {
      rest = rest.dropLast(ending.count)
    }
    var version: String?
    if let mark = rest.lastIndex(of: "v"), isNumber(rest[rest.index(after: mark)...], 1...3) {
      guard rest[rest.index(after: mark)...].first != "0" else { return nil }
      version = String(rest[mark...])
      rest = rest[..<mark]
    }
    guard isArXivID(rest) else { return nil }
    let id = String(rest)
    return PaperReference(
      .arXiv, id: id, version: version, uri: "https://arxiv.org/abs/" + id + (version ?? ""))
  }

  /// The forms of arXiv's identifier scheme, since and before April 2007.
  private static func isArXivID(_ text: Substring) -> Bool {
    let points = text.split(separator: ".", omittingEmptySubsequences: false)
    if points.count == 2, isNumber(points[0], 4...4), isNumber(points[1], 4...5) {
      let month = Int(points[0]) ?? 0
      // Five digits since January 2015.
      return month >= 704 && (1...12).contains(month % 100)
        && points[1].utf8.count == (month < 1501 ? 4 : 5)
    }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, isNumber(parts[1], 7...7), let first = parts[0].utf8.first,
      first &- 0x61 < 26
    else { return false }
    return parts[0].utf8.allSatisfy { ($0 | 0x20) &- 0x61 < 26 || $0 == 0x2D || $0 == 0x2E }
      && (1...12).contains(Int(parts[1].dropFirst(2).prefix(2)) ?? 0)
  }

  private static func doi(_ text: String) -> PaperReference? {
    guard let name = WebAddress.decoded(text), name.hasPrefix("10."),
      let slash = name.firstIndex(of: "/")
    else { return nil }
    let registrant = name[name.index(name.startIndex, offsetBy: 3)..<slash]
    let rest = name[name.index(after: slash)...]
    guard registrant.split(separator: ".").allSatisfy({ isNumber($0, 1...9) }),
      registrant.utf8.count >= 4, !rest.isEmpty,
      rest.unicodeScalars.allSatisfy({ !$0.properties.isWhitespace && $0.value >= 0x20 })
    else { return nil }
    // arXiv's own DOIs say the paper's id.
    if name.lowercased().hasPrefix("10.48550/arxiv."), let paper = arXiv(String(name.dropFirst(15)))
    {
      return paper
    }
    return PaperReference(
      .doi, id: name, uri: "https://doi.org/" + WebAddress.encoded(name, "/"))
  }

  private static func openReview(_ id: String) -> PaperReference? {
    guard (1...40).contains(id.utf8.count), isName(id) else { return nil }
    return PaperReference(.openReview, id: id, uri: "https://openreview.net/forum?id=" + id)
  }

  /// - Throws: `paper_url_invalid` for a revision that is none: it must not be dropped unseen.
  private static func model(
    _ path: [String], _ text: String
  ) throws(ClaimError) -> PaperReference? {
    let others = [
      "api", "blog", "brand", "chat", "collections", "datasets", "docs", "enterprise", "join",
      "learn", "login", "models", "new", "organizations", "posts", "pricing", "search", "settings",
      "spaces", "tasks", "terms-of-service",
    ]
    guard path.count >= 2, !others.contains(path[0]), isName(path[0]), isName(path[1]) else {
      return nil
    }
    let id = path[0] + "/" + path[1]
    var revision: String?
    if path.count >= 4, ["tree", "blob", "resolve", "raw", "commit"].contains(path[2]) {
      let name = WebAddress.decoded(path[3]) ?? ""
      guard
        name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy({
          isName(String($0))
        })
      else {
        throw invalid(text, "this address names no revision that a model can have")
      }
      revision = name
    }
    return PaperReference(
      .huggingFaceModel, id: id, version: revision,
      uri: "https://huggingface.co/" + id
        + (revision.map { "/tree/" + WebAddress.encoded($0, "") } ?? ""))
  }

  private static func page(_ address: WebAddress) -> PaperReference {
    PaperReference(
      .projectPage, id: ([address.host] + address.path).joined(separator: "/"), uri: address.uri)
  }

  private static func isNumber(_ text: Substring, _ digits: ClosedRange<Int>) -> Bool {
    digits.contains(text.utf8.count) && text.utf8.allSatisfy(\.isDigit)
  }

  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && text != "." && text != ".."
      && text.utf8.allSatisfy {
        $0.isDigit || ($0 | 0x20) &- 0x61 < 26 || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
      }
  }

  private static func invalid(_ text: String, _ why: String) -> ClaimError {
    ClaimError(
      .paperURLInvalid, text, why,
      hint: "for example https://arxiv.org/abs/2406.09246 or https://huggingface.co/ORG/NAME")
  }
}
