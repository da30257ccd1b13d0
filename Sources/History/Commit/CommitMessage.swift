/// The message of a commit in the store: one subject line, an empty line, `WF-…` trailers (DESIGN §4).
public struct CommitMessage: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    case registration, package
    case keyRotation = "key-rotation"
  }

  public var subject: String
  public var kind: Kind
  /// The claim's slug.
  public var claim: String
  /// claim.subject.id.
  public var claimSubject: String
  public var verdict: String?
  public var grade: String?
  /// `sha256:` + 64 hex of artifact_manifest.json: what the signature vouches for.
  public var manifest: String?

  public init(
    subject: String, kind: Kind, claim: String, claimSubject: String, verdict: String? = nil,
    grade: String? = nil, manifest: String? = nil
  ) {
    self.subject = subject
    self.kind = kind
    self.claim = claim
    self.claimSubject = claimSubject
    self.verdict = verdict
    self.grade = grade
    self.manifest = manifest
  }

  /// The message's text, ending in a newline.
  public var text: String {
    var lines = [
      subject, "", "WF-Kind: \(kind.rawValue)", "WF-Claim: \(claim)", "WF-Subject: \(claimSubject)",
    ]
    if let verdict { lines.append("WF-Verdict: \(verdict)") }
    if let grade { lines.append("WF-Grade: \(grade)") }
    if let manifest { lines.append("WF-Manifest: \(manifest)") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Reads a message; nil when it is not one of ours.
  ///
  /// Trailers are the last paragraph. A trailer that stands twice makes the message not ours, since
  /// nobody could say which one was meant.
  public init?(parsing text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let subject = lines.first else { return nil }
    var trailers: [Substring: String] = [:]
    var body = lines.dropFirst()
    while body.last?.isEmpty == true { body.removeLast() }
    for line in body.reversed() {
      if line.isEmpty { break }
      guard line.hasPrefix("WF-"), let colon = line.range(of: ": ") else { continue }
      let name = line[..<colon.lowerBound]
      guard trailers[name] == nil else { return nil }
      trailers[name] = String(line[colon.upperBound...])
    }
    guard let kind = trailers["WF-Kind"].flatMap(Kind.init(rawValue:)),
      let claim = trailers["WF-Claim"]
    else { return nil }
    self.init(
      subject: String(subject), kind: kind, claim: claim,
      claimSubject: trailers["WF-Subject"] ?? "", verdict: trailers["WF-Verdict"],
      grade: trailers["WF-Grade"], manifest: trailers["WF-Manifest"])
  }

  /// A subject line that a person gave: one line, no control characters, at most 500 scalars.
  public static func checkedSubject(_ text: String) throws(HistoryError) -> String {
    guard !text.isEmpty, text.unicodeScalars.count <= 500,
      !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else {
      throw HistoryError(
        .messageInvalid, place: nil,
        "a message is one line of 1 to 500 characters without control characters",
        hint: "wf commit PKG -m TEXT")
    }
    return text
  }

  /// The subject line where the person gave none: plain words from the package.
  public static func packageSubject(
    claimSubject: String, verdict: String, succeeded: Int, counted: Int
  ) -> String {
    let words = verdict.split(separator: "_").joined(separator: " ")
    return "\(claimSubject): \(words), \(succeeded) of \(counted) counted attempts succeeded"
  }
}

extension Substring {
  /// The first occurrence of a short text.
  fileprivate func range(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}
