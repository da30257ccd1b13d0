import Glibc

/// Keeps a copy of every package that a test makes, so that `make test` can have all of them judged by
/// an independent validator (Docs/schemas).
///
/// Copies are taken where a package has just been made; what a test does to it afterwards is not in
/// them. On while the variable WF_COLLECT names a folder.
public enum PackageCollection {
  public static let isOn = unsafe getenv("WF_COLLECT").map { unsafe $0.pointee != 0 } ?? false
  static let script = Fixtures.path("../Scripts/collect-packages")

  /// A package could not be copied: it would be missing in the judgement.
  public struct NotTaken: Error {
    public let why: String
  }

  /// Takes a package folder or an exported archive.
  public static func take(_ path: String) throws {
    guard isOn else { return }
    let copied = try run([script, "--take", path])
    guard copied.status == 0 else { throw NotTaken(why: copied.err) }
  }
}
