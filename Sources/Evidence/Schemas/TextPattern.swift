/// What JSON Schema can say of a text: a regular expression, a length, or a list of words.
///
/// The check of a `Shape` decides; a pattern accepts everything that its check accepts, and refuses
/// as much of the rest as a regular expression can. Written for ECMA 262 and Python alike: anchors
/// are followed by `(?!\n)`, since Python's `$` also matches before a last line feed.
struct TextPattern: Sendable, Equatable {
  /// A whole regular expression, anchors included.
  var expression: String?
  /// Unicode scalars.
  var longest: Int?
  var words: [String]?

  private init(whole body: String, longest: Int? = nil) {
    expression = "^(?:\(body))$(?!\\n)"
    self.longest = longest
  }

  private init(from beginning: String, longest: Int?) {
    expression = "^" + beginning
    self.longest = longest
  }

  private init(words: [String]) { self.words = words }

  static func oneOf(_ words: [String]) -> TextPattern { TextPattern(words: words) }

  /// No control character, at most this many scalars.
  static func text(_ limit: Int) -> TextPattern {
    TextPattern(from: noControl, longest: limit)
  }

  private static let noControl = "(?![\\s\\S]*[\\u0000-\\u001f\\u007f-\\u009f])"
  private static let hex = "[0-9a-f]"
  private static let crockford = "[0-9A-HJKMNP-TV-Z]"
  private static let jsonNumber = "-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
  /// Spaces that may stand before a percent sign, as `DecimalText` reads them.
  private static let percent = "\\u202f?\\u00a0? *%"
  /// At most 15 digits.
  private static let fewDigits = "(?!(?:[^0-9]*[0-9]){16})"

  static let label = TextPattern(whole: "[a-z][a-z0-9_]{0,63}")
  static let slug = TextPattern(whole: "[a-z0-9][a-z0-9-]{0,79}")
  static let digest = TextPattern(whole: "sha256:\(hex){64}")
  static let keyedDigest = TextPattern(whole: "hmac-sha256:\(hex){32}")
  static let salt = TextPattern(whole: "\(hex){32}")
  static let time = TextPattern(
    whole: "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
      + "T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z")
  static let sixDigits = TextPattern(whole: "-?(?:0|[1-9][0-9]*)\\.[0-9]{6}")
  static let decimal = TextPattern(
    whole: "\(fewDigits)-?[0-9]+(?:\\.[0-9]+)?(?:\(percent))?")
  static let seed = TextPattern(whole: "-?[1-9][0-9]{0,39}")
  static let index = TextPattern(whole: "0|[1-9][0-9]{0,18}")
  static let letters = TextPattern(whole: "[SFEXM]*")
  static let reason = TextPattern(whole: "[a-z][a-z0-9_]{0,63}|I(?:0[1-9]|1[0-9]|2[0-4])")
  static let displayID = TextPattern(whole: "WF-\(crockford){8}")
  static let rules = TextPattern(whole: "wf-rules/\\+?0*[1-9][0-9]{0,17}")
  static let withoutSlash = TextPattern(from: noControl + "[^/]*$", longest: 400)
  static let labelSource = TextPattern(
    from: noControl + "(?:rule|source):[\\s\\S]*[^:]$", longest: 200)
  /// Matches no text at all.
  static let nothing = TextPattern(from: "(?!)", longest: nil)

  static func number(atMost longest: Int?) -> TextPattern {
    TextPattern(whole: jsonNumber, longest: longest)
  }

  static func id(_ prefix: String) -> TextPattern {
    TextPattern(whole: "\(prefix)_[0-7]\(crockford){25}")
  }

  /// `worldflux.<family>.v0_…`.
  static func version(of family: String) -> TextPattern {
    let literal = family.split(separator: ".", omittingEmptySubsequences: false)
      .joined(separator: "\\.")
    return TextPattern(whole: literal + "v0_[a-z0-9_]{1,61}")
  }

  /// A decimal from 0 to 1, plain or in percent.
  static func fraction(includingEnds: Bool) -> TextPattern {
    let plain = "0*(?:0(?:\\.[0-9]+)?|1(?:\\.0+)?)"
    let hundredths = "0*(?:[0-9]{1,2}(?:\\.[0-9]+)?|100(?:\\.0+)?)\(percent)"
    let ends = "(?![0.]+(?:\(percent))?$)(?!0*1(?:\\.0+)?$)(?!0*100(?:\\.0+)?\(percent)$)"
    return TextPattern(
      whole: "\(fewDigits)\(includingEnds ? "" : ends)(?:\(plain)|\(hundredths))")
  }

  static func uri(schemes: [String]?) -> TextPattern {
    guard let schemes else {
      return TextPattern(
        from: noControl + "(?!local:(?!redacted$))[^:]*:(?!//[^/]*@)", longest: 400)
    }
    let others = schemes.filter { $0 != "local" }.joined(separator: "|")
    let local = schemes.contains("local") ? "local:redacted$|" : ""
    return TextPattern(
      from: noControl + "(?:\(local)(?:\(others)):(?!//[^/]*@)[^?]*$)", longest: 400)
  }

  /// The allowlist of `RawURI`.
  static let rawURI: TextPattern = {
    let part = "(?!\\.\\.(?:/|$))[^/\\\\]+"
    return TextPattern(
      from: noControl
        + "(?:run:\(part)(?:/\(part))*$|redacted:sha256:\(hex){64}$"
        + "|(?:hf|oci|https|s3|gs):(?!//[^/]*@)[^?#]+$)", longest: 400)
  }()
}
