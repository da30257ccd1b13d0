// Values that are credentials only because of the name before them.
extension SecretScanner {
  static func named(_ text: [UInt8], _ place: Int) -> Finding? {
    guard text.isWordStart(place), place + 1 < text.count,
      text[place + 1] | 0x20 == 0x61 || text[place + 1] | 0x20 == 0x77
    else { return nil }
    if text.hasFolded("aws_secret_access_key", at: place) {
      return value(text, after: place + 21, kind: "aws_secret_access_key") {
        $0.isAlphanumeric || $0 == 0x2F || $0 == 0x2B
      }
    }
    guard text.hasFolded("wandb", at: place) else { return nil }
    if let name = endOfKeyName(text, place + 5) {
      return value(text, after: name, kind: "wandb_api_key", \.isLowerHex)
    }
    return wandbLogin(text, place)
  }

  /// 40 bytes of a class behind `=`, `:` or spaces, with or without quotes, and no letter or digit
  /// next: in a path a slash or a low line may follow.
  private static func value(
    _ text: [UInt8], after name: Int, kind: String, _ isBody: (UInt8) -> Bool
  ) -> Finding? {
    let start = text.end(
      of: { $0.isSpace || $0 == 0x3D || $0 == 0x3A || $0 == 0x22 || $0 == 0x27 || $0 == 0x5C },
      from: name)
    guard start > name else { return nil }
    let end = min(text.end(of: isBody, from: start), start + 40)
    guard end - start == 40, end == text.count || !text[end].isAlphanumeric,
      isCredible(text[start..<end])
    else { return nil }
    return Finding(range: start..<end, kind: kind)
  }

  /// Where a name such as `wandb_api_key` or `WANDB_PASSWORD` ends.
  private static func endOfKeyName(_ text: [UInt8], _ start: Int) -> Int? {
    var end = start
    while end < text.count, end - start < 64, text[end].isBase64URL { end += 1 }
    if text.hasFolded("key", at: end - 3) || text.hasFolded("password", at: end - 8) { return end }
    return nil
  }

  /// `api.wandb.ai … password X` as a netrc file has it.
  private static func wandbLogin(_ text: [UInt8], _ place: Int) -> Finding? {
    guard text.has("api.", at: place - 4), text.has("wandb.ai", at: place) else { return nil }
    let window = min(text.count, place + 200)
    guard let word = (place..<window).first(where: { text.has("password", at: $0) }) else {
      return nil
    }
    return value(text, after: word + 8, kind: "wandb_api_key", \.isLowerHex)
  }

  /// False for placeholders: two distinct characters at most, and the usual words.
  static func isCredible(_ body: ArraySlice<UInt8>) -> Bool {
    guard let first = body.first else { return false }
    if [0x3C, 0x24, 0x25, 0x7B].contains(first) { return false }
    if Set(body).count <= 2 { return false }
    let folded = body.map { $0.isLetter ? $0 | 0x20 : $0 }
    let text = String(decoding: folded, as: UTF8.self)
    let words = ["changeme", "redacted", "example", "none", "null", "true", "false"]
    return !words.contains(text) && !text.hasPrefix("your_")
  }
}
