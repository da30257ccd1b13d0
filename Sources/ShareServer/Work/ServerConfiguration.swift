internal import JSON
internal import Platform

/// The operator's file in the data folder: `wf.share_server/1`, read strictly.
package struct ServerConfiguration: Sendable, Equatable {
  /// Whom one workspace trusts; paths are relative to the data folder.
  package struct Workspace: Sendable, Equatable {
    package var name: String
    package var trustedSigners: String?
    package var sigstorePolicy: String?
  }

  /// What the world calls this server, `https://share.example`; nil: as each request names it.
  package var publicURL: String?
  package var workspaces: [Workspace]
  /// Limits that are not the usual ones, by name.
  package var limits: [String: Int] = [:]

  package static let schema = "wf.share_server/1"

  package init(publicURL: String? = nil, workspaces: [Workspace]) {
    self.publicURL = publicURL
    self.workspaces = workspaces
  }

  /// What `--init` writes.
  package static var initial: ServerConfiguration {
    ServerConfiguration(workspaces: [
      Workspace(name: "main", trustedSigners: "trusted-signers.json", sigstorePolicy: nil)
    ])
  }

  package var encoded: [UInt8] {
    func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
    let rows = workspaces.map { workspace -> JSONValue in
      [
        "name": .string(workspace.name), "trusted_signers": text(workspace.trustedSigners),
        "sigstore_policy": text(workspace.sigstorePolicy),
      ]
    }
    let value: JSONValue = [
      "schema": .string(Self.schema), "public_url": text(publicURL), "workspaces": .array(rows),
    ]
    return ((try? CanonicalJSON.bytes(value)) ?? []) + [10]
  }

  /// - Throws: `server_config_invalid` with the member that is wrong.
  package init(parsing bytes: [UInt8]) throws {
    func invalid(_ place: String, _ expected: String) -> ServerError {
      ServerError(.configInvalid, place: "server.json\(place)", "expected \(expected)")
    }
    guard let file = (try? JSONValue.parse(bytes))?.object else { throw invalid("", "an object") }
    guard file["schema"]?.string == Self.schema else { throw invalid("/schema", Self.schema) }
    for key in file.keys where !["schema", "public_url", "workspaces", "limits"].contains(key) {
      throw invalid("/\(key)", "no such member")
    }
    publicURL = file["public_url"]?.string
    if let url = publicURL {
      guard url.hasPrefix("https://") || url.hasPrefix("http://"), !url.hasSuffix("/") else {
        throw invalid("/public_url", "a URL without a slash at its end")
      }
    }
    for (name, value) in file["limits"]?.object?.members ?? [] {
      guard let number = value.int, (1...1_000_000).contains(number),
        ServerLimits.settable[name] != nil
      else { throw invalid("/limits/\(name)", "a known limit, and a whole number from 1 on") }
      limits[name] = Int(number)
    }
    guard let rows = file["workspaces"]?.array, !rows.isEmpty else {
      throw invalid("/workspaces", "at least one workspace")
    }
    workspaces = []
    for (place, row) in rows.enumerated() {
      guard let row = row.object, let name = row["name"]?.string, !name.isEmpty,
        name.utf8.count <= 80, !workspaces.contains(where: { $0.name == name })
      else { throw invalid("/workspaces/\(place)/name", "a name that no other workspace has") }
      for key in row.keys where !["name", "trusted_signers", "sigstore_policy"].contains(key) {
        throw invalid("/workspaces/\(place)/\(key)", "no such member")
      }
      workspaces.append(
        Workspace(
          name: name, trustedSigners: row["trusted_signers"]?.string,
          sigstorePolicy: row["sigstore_policy"]?.string))
    }
  }
}
