/// Path texts with `/` between the parts.
///
/// No call in here touches the file system.
public enum Path {
  /// `b` below `a`; an absolute `b` stands alone.
  public static func join(_ a: String, _ b: String) -> String {
    if a.isEmpty || b.utf8.first == slash { return b }
    if b.isEmpty { return a }
    return a.utf8.last == slash ? a + b : a + "/" + b
  }

  /// The part after the last slash, slashes at the end left out; `/` for the root.
  public static func lastComponent(_ path: String) -> String {
    let parts = path.utf8.split(separator: slash)
    guard let last = parts.last else { return path.isEmpty ? "" : "/" }
    return String(last) ?? ""
  }

  /// The path above: `.` for a single name, `/` for the root.
  public static func parent(_ path: String) -> String {
    var bytes = Array(path.utf8)
    while bytes.count > 1, bytes.last == slash { bytes.removeLast() }
    guard let cut = bytes.lastIndex(of: slash) else { return "." }
    bytes.removeSubrange(cut...)
    while bytes.count > 1, bytes.last == slash { bytes.removeLast() }
    return bytes.isEmpty ? "/" : String(decoding: bytes, as: UTF8.self)
  }

  /// The same path without empty parts, `.` parts and slashes at the end, `..` resolved as text.
  public static func normalise(_ path: String) -> String {
    let isAbsolute = path.utf8.first == slash
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." {
        parts.removeLast()
      } else if part != ".." || !isAbsolute {
        parts.append(part)
      }
    }
    let text = parts.joined(separator: "/")
    return isAbsolute ? "/" + text : (text.isEmpty ? "." : text)
  }

  /// `path` seen from `base`, where it lies below it; else nil.
  public static func relative(_ path: String, to base: String) -> String? {
    let path = normalise(path)
    let base = normalise(base)
    if path == base { return "." }
    let prefix = base == "/" ? base : base + "/"
    return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : nil
  }

  private static var slash: UInt8 { 47 }
}
