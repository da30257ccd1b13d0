public import Archives
internal import JSON

/// A package as an OCI image layout (image-spec 1.1, "Image Layout Specification"), so that tools for
/// container registries carry it.
///
/// One manifest with `artifactType`, the empty config, and one layer for each file, its name in the
/// annotation `org.opencontainers.image.title`; the many small files of `raw/` are one tar layer.
public enum OCILayout {
  public static let artifactType = "application/vnd.worldflux.evidence.v1"
  static let rawType = "application/vnd.worldflux.raw.v1.tar"
  static let proofType = "application/vnd.worldflux.proof.v1"
  static let indexType = "application/vnd.oci.image.index.v1+json"
  static let manifestType = "application/vnd.oci.image.manifest.v1+json"
  static let emptyType = "application/vnd.oci.empty.v1+json"
  static let title = "org.opencontainers.image.title"
  static let rawTitle = "raw.tar"

  /// The files of a layout that holds `files`.
  ///
  /// - Parameters:
  ///   - name: what the manifest is called in the index (`org.opencontainers.image.ref.name`).
  ///   - annotations: of the manifest.
  ///   - modified: Unix seconds, for the tar of `raw/`.
  public static func files(
    of files: [ArchiveEntry], name: String, annotations: [String: String], modified: Int64
  ) throws -> [ArchiveEntry] {
    var blobs: [String: ArchiveEntry] = [:]
    func descriptor(_ blob: ArchiveEntry, _ type: String) throws -> [String: JSONValue] {
      var digest = StreamingDigest()
      try blob.content { digest.update($0) }
      let text = digest.text()
      blobs[path(text)] = ArchiveEntry(name: path(text), size: digest.size, content: blob.content)
      return [
        "mediaType": .string(type), "digest": .string(text),
        "size": .number(JSONNumber(Int64(digest.size))),
      ]
    }
    func descriptor(_ bytes: [UInt8], _ type: String) throws -> [String: JSONValue] {
      try descriptor(ArchiveEntry(ArchiveFile(name: "", bytes: bytes)), type)
    }
    func layer(_ blob: ArchiveEntry, _ type: String, _ name: String) throws -> JSONValue {
      var layer = try descriptor(blob, type)
      layer["annotations"] = object([title: .string(name)])
      return object(layer)
    }
    let isRaw = { (file: ArchiveEntry) in file.name.hasPrefix("raw/") }
    let raw = files.filter(isRaw).sorted { precedes($0.name, $1.name) }
    var layers: [JSONValue] = []
    for file in files.filter({ !isRaw($0) }).sorted(by: { precedes($0.name, $1.name) }) {
      layers.append(try layer(file, mediaType(file.name), file.name))
    }
    if !raw.isEmpty {
      layers.append(try layer(tar(of: raw, modified: modified), rawType, rawTitle))
    }
    let manifest = try CanonicalJSON.bytes([
      "schemaVersion": 2, "mediaType": .string(manifestType),
      "artifactType": .string(artifactType),
      "config": object(try descriptor(Array("{}".utf8), emptyType)), "layers": .array(layers),
      "annotations": object(annotations.mapValues { .string($0) }),
    ])
    var entry = try descriptor(manifest, manifestType)
    entry["artifactType"] = .string(artifactType)
    entry["annotations"] = object(["org.opencontainers.image.ref.name": .string(name)])
    let index = try CanonicalJSON.bytes([
      "schemaVersion": 2, "mediaType": .string(indexType), "manifests": [object(entry)],
    ])
    let version = Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8)
    return [
      ArchiveEntry(ArchiveFile(name: "index.json", bytes: index)),
      ArchiveEntry(ArchiveFile(name: "oci-layout", bytes: version)),
    ]
      + blobs.values.sorted { precedes($0.name, $1.name) }
  }

  /// A tar archive of files in the order of their names, made each time it is asked for.
  private static func tar(of files: [ArchiveEntry], modified: Int64) -> ArchiveEntry {
    let size = files.reduce(Tar.end.count) { $0 + Tar.space($1.size) }
    return ArchiveEntry(name: rawTitle, size: size) { sink in
      for file in files { try Tar.write(file, modified: modified, to: sink) }
      try sink(Tar.end)
    }
  }

  /// Whether these are the names of a layout's files.
  public static func isLayout(_ names: [String]) -> Bool {
    names.contains("oci-layout") && names.contains("index.json")
  }

  /// The files that a layout holds, each blob's size and digest checked.
  ///
  /// - Parameter layout: the files of the layout by name.
  /// - Throws: `oci_malformed`, `member_missing` for a blob, `digest_mismatch`.
  public static func contents(of layout: PackageMembers) throws -> [FoundFile] {
    var reading = Reading(layout: layout, used: ["oci-layout", "index.json"])
    let files = try reading.files()
    if let extra = layout.names.first(where: { !reading.used.contains($0) }) {
      throw Reading.malformed(extra, "expected no file that the manifest does not name")
    }
    try checkEntryNames(files.map(\.name))
    return files
  }

  static func path(_ digest: String) -> String {
    "blobs/sha256/" + digest.dropFirst("sha256:".count)
  }

  private static func mediaType(_ name: String) -> String {
    if let member = MemberName(rawValue: name) { return member.mediaType }
    return name.hasPrefix("proof/") ? proofType : "application/octet-stream"
  }

  private static func object(_ members: [String: JSONValue]) -> JSONValue {
    .object(JSONObject(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
  }
}

/// One walk from the index to the layers.
private struct Reading {
  let layout: PackageMembers
  var used: Set<String>

  private static var longestDocument: Int { 16 << 20 }
  private static var mostLayers: Int { 4096 }

  mutating func files() throws -> [FoundFile] {
    let version = try document("oci-layout")
    guard version["imageLayoutVersion"]?.string == "1.0.0" else {
      throw Self.malformed("oci-layout", "expected version 1.0.0 of the layout")
    }
    let index = try document("index.json")
    guard let manifests = index["manifests"]?.array, manifests.count == 1 else {
      throw Self.malformed("index.json", "expected exactly one manifest")
    }
    let path = try blob(manifests[0], "index.json", limit: Self.longestDocument)
    let place = "manifest"
    let manifest = try parse(try layout.bytes(path), place)
    guard manifest["mediaType"]?.string == OCILayout.manifestType,
      manifest["artifactType"]?.string == OCILayout.artifactType
    else { throw Self.malformed(place, "expected \(OCILayout.artifactType)") }
    guard let layers = manifest["layers"]?.array, layers.count <= Self.mostLayers else {
      throw Self.malformed(place, "expected at most \(Self.mostLayers) layers")
    }
    if let config = manifest["config"] { _ = try blob(config, place, limit: 1 << 20) }
    var files: [FoundFile] = []
    for layer in layers {
      guard let name = layer["annotations"]?[OCILayout.title]?.string else {
        throw Self.malformed(place, "expected the name of each layer")
      }
      let path = try blob(layer, name, limit: .max)
      if layer["mediaType"]?.string == OCILayout.rawType, name == OCILayout.rawTitle {
        files += try Tar.read(try layout.bytes(path)).map {
          FoundFile(name: $0.name, bytes: $0.bytes)
        }
      } else {
        files.append(try layout.found(path, as: name))
      }
    }
    return files
  }

  /// The path of a blob, whose size and digest are those of its descriptor.
  private mutating func blob(
    _ descriptor: JSONValue, _ place: String, limit: Int
  ) throws -> String {
    guard let digest = descriptor["digest"]?.string, Digest.isValid(digest),
      let size = descriptor["size"]?.int, size >= 0, size <= limit
    else { throw Self.malformed(place, "expected a descriptor with a sha256 digest and a size") }
    let path = OCILayout.path(digest)
    used.insert(path)
    guard layout.contains(path) else {
      throw EvidenceError(
        .memberMissing, EvidencePlace(member: path), "expected this blob in the layout")
    }
    guard try layout.size(path) == Int(size), try Digest.measure(path, of: layout).digest == digest
    else {
      throw EvidenceError(
        .digestMismatch, EvidencePlace(member: path),
        "expected the bytes that \(place) names, of size \(size)")
    }
    return path
  }

  private func document(_ name: String) throws -> JSONValue {
    guard layout.contains(name), try layout.size(name) <= Self.longestDocument else {
      throw Self.malformed(name, "expected this document, of at most 16 MiB")
    }
    return try parse(try layout.bytes(name), name)
  }

  private func parse(_ bytes: [UInt8], _ name: String) throws -> JSONValue {
    do throws(JSONError) {
      return try JSONValue.parse(bytes, options: JSONOptions(maximumDepth: 16))
    } catch {
      throw EvidenceError(error, member: name)
    }
  }

  static func malformed(_ place: String, _ message: String) -> EvidenceError {
    EvidenceError(.ociMalformed, EvidencePlace(member: place), message)
  }
}
