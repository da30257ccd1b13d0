import Glibc
import JSON
import Platform

/// The real program with a config folder and a working folder of its own.
public struct Program {
  public let folder = TemporaryFolder()
  public let binary: String

  public init() throws {
    binary = try Self.find()
  }

  /// The folder in which commands run.
  public var work: String { folder.path + "/work" }

  /// A program with a store and a key, made once; `copy` gives others the same.
  public static func prepared() throws -> Program {
    let program = try Program()
    _ = try FileSystem().makeDirectories(program.work)
    let made = try program("init")
    guard made.status == 0 else { throw Unprepared(why: made.err) }
    return program
  }

  /// Why a test could not begin.
  public struct Unprepared: Error {
    public let why: String
  }

  public func environment(_ extra: [String: String] = [:]) -> [String: String] {
    [
      "WF_CONFIG_DIR": folder.path + "/config", "WF_STORE": "", "SSH_AUTH_SOCK": "",
      "SOURCE_DATE_EPOCH": "1780000000", "LC_ALL": "C.UTF-8", "TZ": "UTC",
      "WF_COLLECT_FROM": binary,
    ].merging(extra) { _, new in new }
  }

  public func callAsFunction(
    _ arguments: String..., env: [String: String] = [:], in place: String? = nil
  ) throws -> Finished {
    try self(arguments: arguments, env: env, in: place)
  }

  public func callAsFunction(
    arguments: [String], env: [String: String] = [:], in place: String? = nil
  ) throws -> Finished {
    let makes = arguments.contains("--output")
    return try run(
      [makes ? collecting : binary] + arguments, in: place ?? work, env: environment(env))
  }

  /// A shell line in the working folder; `$WF` is the program.
  public func shell(_ line: String) throws -> Finished {
    let makes = line.contains("--output")
    return try run(
      ["bash", "-c", line], in: work, env: environment(["WF": makes ? collecting : binary]))
  }

  /// The program, or what stands in for it while the packages of the tests are collected.
  private var collecting: String { PackageCollection.isOn ? PackageCollection.script : binary }

  /// The reason word of an answer in JSON, nil where there is none.
  public static func reason(_ finished: Finished) throws -> String? {
    try JSONValue.parse(finished.outBytes)["reason"]?.string
  }

  /// The example package, copied so that it can be edited.
  public func examplePackage(_ name: String = "pkg") throws -> String {
    let copied = try run(["cp", "-R", Fixtures.path("package-example/package"), work + "/" + name])
    guard copied.status == 0 else { throw Unprepared(why: copied.err) }
    _ = try run(["chmod", "-R", "u+w", work + "/" + name])
    return name
  }

  /// A program with the example package in `pkg`, committed.
  ///
  /// - Parameter line: a shell line that runs after it.
  public static func withCommittedExample(then line: String) throws -> Program {
    let program = try prepared()
    _ = try program.examplePackage()
    let made = try program.shell("set -e\n$WF commit pkg >/dev/null\n" + line)
    guard made.status == 0 else { throw Unprepared(why: made.err) }
    return program
  }

  /// Beside the test bundle, wherever that was built.
  private static func find() throws -> String {
    var folder = Path.parent(CommandLine.arguments[0])
    for argument in CommandLine.arguments where argument.hasSuffix(".xctest") {
      folder = Path.parent(argument)
    }
    while folder.count > 1 {
      let candidate = folder + "/wf"
      if access(candidate, X_OK) == 0, (try? FileSystem().status(candidate))?.kind == .regular {
        return candidate
      }
      folder = Path.parent(folder)
    }
    throw Unprepared(why: "the program wf is not beside the tests")
  }
}
