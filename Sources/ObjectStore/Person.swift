/// Who and when, as a commit or tag says it: `NAME <EMAIL> SECONDS ZONE`.
public struct Person: Sendable, Hashable {
  public let name: String
  public let email: String
  /// Unix seconds.
  public let seconds: Int64
  /// `+0000` or another offset, sign and four digits.
  public let zone: String

  /// Makes a line of our own; bytes that the form cannot hold are left out.
  public init(name: String, email: String, seconds: Int64, zone: String = "+0000") {
    func clean(_ text: String) -> String {
      let kept = text.unicodeScalars.filter {
        $0 != "<" && $0 != ">" && $0.value >= 32 && $0.value != 127
      }
      var name = String(String.UnicodeScalarView(kept))[...]
      while name.first == " " { name.removeFirst() }
      while name.last == " " { name.removeLast() }
      return String(name)
    }
    self.name = clean(name)
    self.email = clean(email)
    self.seconds = max(0, seconds)
    self.zone = zone
  }

  private init(parsed name: String, _ email: String, _ seconds: Int64, _ zone: String) {
    self.name = name
    self.email = email
    self.seconds = seconds
    self.zone = zone
  }

  /// The line after `author `.
  public var text: String { "\(name) <\(email)> \(seconds) \(zone)" }

  /// Reads a line by the rules of git's fsck; nil says nothing, the reason is in the result.
  static func parse(_ line: ArraySlice<UInt8>) -> Result<Person, Complaint> {
    func bad(_ why: String) -> Result<Person, Complaint> { .failure(Complaint(why: why)) }
    guard let open = line.firstIndex(where: { $0 == 60 || $0 == 62 }), line[open] == 60 else {
      return bad("there is no e-mail address")
    }
    guard open > line.startIndex else { return bad("there is no name before the e-mail address") }
    guard line[open - 1] == 32 else { return bad("there is no space before the e-mail address") }
    let afterOpen = line[(open + 1)...]
    guard let close = afterOpen.firstIndex(where: { $0 == 60 || $0 == 62 }), line[close] == 62
    else { return bad("the e-mail address does not end") }
    let rest = line[(close + 1)...]
    guard rest.first == 32 else { return bad("there is no space before the date") }
    let words = rest.dropFirst().split(separator: 32, omittingEmptySubsequences: false)
    guard words.count == 2 else { return bad("the date has not two parts") }
    let digits = words[0]
    guard !digits.isEmpty, digits.allSatisfy({ (48...57).contains($0) }),
      digits.first != 48 || digits.count == 1,
      let seconds = Int64(String(decoding: digits, as: UTF8.self))
    else { return bad("the date is no plain number") }
    let zone = words[1]
    guard zone.count == 5, zone.first == 43 || zone.first == 45,
      zone.dropFirst().allSatisfy({ (48...57).contains($0) })
    else { return bad("the time zone is malformed") }
    return .success(
      Person(
        parsed: String(decoding: line[line.startIndex..<(open - 1)], as: UTF8.self),
        String(decoding: line[(open + 1)..<close], as: UTF8.self), seconds,
        String(decoding: zone, as: UTF8.self)))
  }

  /// Why a line is refused.
  struct Complaint: Error { let why: String }
}
