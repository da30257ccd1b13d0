internal import Evidence
public import History
internal import JSON
public import Platform

/// What of a package would leave, laid into a folder of its own by the names of SHARING §3.
public struct OutgoingPackage: Sendable {
  public let folder: String
  /// In the order of the names.
  public let files: [OutgoingFile]
  /// Names of what stays here: the private members, raw references, and a proof that nobody approved.
  public let withheld: [String]
  public let packageID: String
  /// `sha256:…` of artifact_manifest.json.
  public let manifestDigest: String

  /// Lays out the seven members, the signature, and the proof where it may go along.
  ///
  /// - Parameters:
  ///   - contents: the package as it lies at home.
  ///   - folder: one that is not there yet; made for this user alone.
  /// - Throws: `member_not_allowed` for a name that is none of a package's, `member_missing`,
  ///   `member_too_large`.
  public init(
    _ contents: PackageContents, backend: Backend, includesProof: Bool, in folder: String,
    files: FileSystem
  ) throws {
    var outgoing: [(name: SharedName, bytes: [UInt8])] = []
    var withheld: [String] = []
    for name in contents.members.names {
      guard let known = MemberName(rawValue: name) else {
        guard name.hasPrefix("raw/") else {
          throw SharingError(
            .memberNotAllowed, "the package holds a file that is none of its members",
            hint: "wf verify names it; nothing is left out silently")
        }
        continue
      }
      guard let shared = SharedName(exactly: name.utf8), known.isPublic else {
        withheld.append(name)
        continue
      }
      guard try contents.members.size(name) <= shared.sizeLimit else {
        throw SharingError(
          .memberTooLarge, place: name, "the member has more than \(shared.sizeLimit) bytes")
      }
      outgoing.append((shared, try contents.members.bytes(name)))
    }
    if !contents.members.rawPaths.isEmpty { withheld.append("raw/") }
    let signature = backend == .selfSign ? contents.envelope : contents.bundle
    if let signature { outgoing.append((backend.file, signature)) }
    for (path, bytes) in contents.proof?.files ?? [] {
      guard includesProof, let shared = SharedName(exactly: path.utf8) else {
        withheld.append(path)
        continue
      }
      outgoing.append((shared, bytes))
    }
    try self.init(outgoing, withheld, in: folder, files: files)
  }

  private init(
    _ outgoing: [(name: SharedName, bytes: [UInt8])], _ withheld: [String], in folder: String,
    files: FileSystem
  ) throws {
    try files.makeDirectory(folder, mode: 0o700)
    let order = SharedName.allCases
    var rows: [OutgoingFile] = []
    for name in order {
      guard let (_, bytes) = outgoing.first(where: { $0.name == name }) else { continue }
      let path = Path.join(folder, name.rawValue)
      _ = try files.makeDirectories(Path.parent(path))
      try files.write(bytes, to: path)
      rows.append(
        OutgoingFile(name: name, path: path, size: bytes.count, digest: Digest.text(of: bytes)))
    }
    guard let manifest = rows.first(where: { $0.name == .artifactManifest }),
      let bytes = outgoing.first(where: { $0.name == .artifactManifest })?.bytes
    else {
      throw SharingError(
        .memberMissing, place: SharedName.artifactManifest.rawValue,
        "a shared package has this member")
    }
    self.folder = folder
    self.files = rows
    self.withheld = withheld
    manifestDigest = manifest.digest
    packageID = PackageID.stated(in: bytes) ?? ""
  }
}

private enum PackageID {
  /// What a manifest says of the package's id; the gate compares it with the members.
  static func stated(in manifest: [UInt8]) -> String? {
    (try? JSONValue.parse(manifest))?["package_id"]?.string
  }
}
