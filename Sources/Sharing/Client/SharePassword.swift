internal import Evidence

/// A password that a link may have: 12 to 200 characters, in normalisation form C.
public struct SharePassword: Sendable {
  public let text: String

  /// nil for one that is too short, too long, or holds control characters.
  public init?(_ text: String) {
    let text = TextRules.nfc(text)
    guard (12...200).contains(text.unicodeScalars.count), !TextRules.hasControl(text) else {
      return nil
    }
    self.text = text
  }
}
