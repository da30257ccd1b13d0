internal import JSON
public import Platform

/// One line of the log of tips: that a ref moved from one commit to another, at a time.
public struct TipEntry: Sendable, Equatable {
  public static let schema = "wf.log_entry/1"
  public static let maximumBytes = 1024

  /// The ref's full name.
  public let ref: String
  /// The commit of the ref's entry before, 64 hex digits; nil in its first.
  public let old: String?
  public let new: String
  public let time: UTCTime

  /// Throws `log_entry_malformed` for ids or names of another form.
  public init(ref: String, old: String?, new: String, time: UTCTime) throws(LogError) {
    guard Self.isRef(ref), Self.isID(new), old.map(Self.isID) ?? true else {
      throw LogError(.logEntryMalformed, "no entry of a log can hold this", place: ref)
    }
    self.ref = ref
    self.old = old
    self.new = new
    self.time = time
    guard bytes.count <= Self.maximumBytes else {
      throw LogError(.logEntryMalformed, "the entry is too long", place: ref)
    }
  }

  /// Reads an entry; there is one spelling of each.
  ///
  /// Throws `log_entry_malformed`.
  public init(parsing bytes: [UInt8]) throws(LogError) {
    func malformed(_ fault: String) -> LogError {
      LogError(.logEntryMalformed, "an entry of the log \(fault)")
    }
    guard bytes.count <= Self.maximumBytes else { throw malformed("is too long") }
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue.parse(bytes)
    } catch {
      throw malformed("is not JSON: \(error.message)")
    }
    guard value.object?.count == 5, value["schema"]?.string == Self.schema,
      let ref = value["ref"]?.string, let new = value["new"]?.string, let old = value["old"],
      old.isNull || old.string != nil,
      let time = value["time"]?.string.flatMap(UTCTime.init(rfc3339:))
    else { throw malformed("has other fields than \(Self.schema)") }
    try self.init(ref: ref, old: old.string, new: new, time: time)
    guard self.bytes == bytes else { throw malformed("is not in canonical form") }
  }

  /// Canonical JSON, no newline.
  public var bytes: [UInt8] {
    let value: JSONValue = [
      "new": .string(new), "old": old.map(JSONValue.string) ?? .null, "ref": .string(ref),
      "schema": .string(Self.schema), "time": .string(time.rfc3339),
    ]
    do throws(JSONError) {
      return try CanonicalJSON.bytes(value)
    } catch {
      preconditionFailure("an object of five texts is always JSON: \(error)")
    }
  }

  private static func isID(_ text: String) -> Bool {
    text.utf8.count == 64 && Hex.decode(text) != nil
  }

  /// The rules of git-check-ref-format(1) that do not depend on a repository.
  private static func isRef(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count >= 3 && parts[0] == "refs" && !name.contains("..") && !name.contains("@{")
      && parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") && !$0.hasSuffix(".lock") }
      && !name.hasSuffix(".")
      && name.unicodeScalars.allSatisfy {
        $0.value > 32 && $0.value != 127 && !"~^:?*[\\".unicodeScalars.contains($0)
      }
  }
}
