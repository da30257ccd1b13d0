/// An output that appears whole or not at all.
///
/// Write below (or to) `path`, then `publish()`. Without it, deinit removes what was written. The
/// working place is `.NAME.tmp-PID-RANDOM` beside the target, so publishing is one rename.
public final class OutputPublication {
  /// Where the output is to be.
  public let target: String
  /// Where to write until then.
  public let path: String
  private let system: FileSystem
  private let replaces: Bool
  private var isOpen = true

  fileprivate init(target: String, path: String, system: FileSystem, replaces: Bool) {
    self.target = target
    self.path = path
    self.system = system
    self.replaces = replaces
  }

  deinit { abandon() }

  /// Removes what was written; harmless after `publish`.
  public func abandon() {
    if isOpen { try? system.removeTree(path) }
    isOpen = false
  }

  /// Moves the output to its place; `output_exists` when that was taken meanwhile.
  ///
  /// A file replaces a file in one step. A folder that replaces one moves the old one aside first,
  /// because rename(2) cannot; a crash between the two leaves the old one under a `.tmp` name.
  public func publish() throws(PlatformError) {
    let old = try system.statusIfPresent(target, followingLinks: false)
    if old != nil, !replaces { throw outputExists(target) }
    let isFolder = try system.status(path, followingLinks: false).kind == .directory
    guard let old, isFolder || old.kind == .directory else {
      try system.rename(path, to: target)
      isOpen = false
      return
    }
    let aside = system.temporaryName(beside: target)
    try system.rename(target, to: aside)
    do throws(PlatformError) {
      try system.rename(path, to: target)
    } catch {
      try? system.rename(aside, to: target)
      throw error
    }
    isOpen = false
    try system.removeTree(aside)
  }
}

extension FileSystem {
  /// Begins an output folder; the folder above it must exist.
  ///
  /// - Throws: `output_exists` when something is at `target` and `replacing` is false.
  public func beginFolder(
    at target: String, replacing: Bool
  ) throws(PlatformError) -> OutputPublication {
    let output = try beginOutput(at: target, replacing: replacing)
    try makeDirectory(output.path)
    return output
  }

  /// Begins an output file: the caller creates the file at the returned `path`.
  public func beginFile(
    at target: String, replacing: Bool
  ) throws(PlatformError) -> OutputPublication {
    try beginOutput(at: target, replacing: replacing)
  }

  private func beginOutput(
    at target: String, replacing: Bool
  ) throws(PlatformError) -> OutputPublication {
    let target = Path.normalise(target)
    if !replacing, try statusIfPresent(target, followingLinks: false) != nil {
      throw outputExists(target)
    }
    return OutputPublication(
      target: target, path: temporaryName(beside: target), system: self, replaces: replacing)
  }
}

private func outputExists(_ path: String) -> PlatformError {
  PlatformError(.outputExists, place: path, message: "the output is already there")
}

extension FileSystem {
  /// Writes a file that appears whole or not at all: `output_exists` where something is there.
  public func publish(_ bytes: [UInt8], at path: String, replacing: Bool) throws(PlatformError) {
    let publication = try beginFile(at: path, replacing: replacing)
    try write(bytes, to: publication.path)
    try publication.publish()
  }
}
