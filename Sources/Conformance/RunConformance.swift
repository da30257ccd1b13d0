internal import JSON
internal import Platform

/// The kinds of cases that can be run, and what each runs them with.
enum CaseKind: String, CaseIterable {
  case formats, sshsig, keys, dsse, sigstore, tlog, git, mirror, statistics, package
  case runFolders = "run-folders"

  func run(_ path: String, files: FileSystem) throws -> [CaseResult] {
    switch self {
    case .formats: try formatCases(folder: path)
    case .runFolders: try runFolderCases(folder: path)
    case .sshsig: try sshsigCases(folder: path)
    case .keys: try keyCases(folder: path)
    case .dsse: try dsseCases(folder: path)
    case .sigstore: try sigstoreCases(folder: path)
    case .git: try gitCases(folder: path)
    case .mirror: try mirrorCases(folder: path)
    case .package: try packageCases(folder: path)
    case .tlog: try tlogCases(folder: path)
    case .statistics: try statisticsCases(try files.read(try Self.table(path, files: files)))
    }
  }

  /// The oracle: the file itself, or the only `*.json` of a folder.
  private static func table(_ path: String, files: FileSystem) throws -> String {
    guard try files.status(path).kind == .directory else { return path }
    let names = try files.list(path).compactMap(\.name).filter { $0.hasSuffix(".json") }
    guard names.count == 1, let name = names.first else {
      throw ConformanceError(
        "\(path): expected one .json file, found \(names.isEmpty ? "none" : names.joined(separator: ", "))"
      )
    }
    return Path.join(path, name)
  }
}

/// Why a run of cases could not begin.
struct ConformanceError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// `wf-conformance KIND PATH`: prints each row that does not come out as stated and a closing line.
///
/// - Returns: 0 when all passed, 1 when some did not, 64 for a wrong call, 2 when the cases cannot be read.
public func runConformance(_ arguments: [String], print: (String) -> Void) -> Int32 {
  guard arguments.count == 2, let kind = CaseKind(rawValue: arguments[0]) else {
    print("usage: wf-conformance KIND PATH")
    print("kinds: " + CaseKind.allCases.map(\.rawValue).joined(separator: " "))
    return 64
  }
  let results: [CaseResult]
  do {
    results = try kind.run(arguments[1], files: FileSystem())
  } catch {
    print("the cases cannot be read: \(error)")
    return 2
  }
  let failed = results.filter { !$0.passed }
  for result in failed { print("\(result.name): expected \(result.expected), got \(result.got)") }
  print("\(results.count - failed.count) passed, \(failed.count) failed")
  // A folder in which nothing was found proves nothing.
  return failed.isEmpty && !results.isEmpty ? 0 : 1
}
