public import JSON

/// What `wf` asks `wf-mirror` to do: one JSON document on one line (Docs/Mirror.md).
public struct RemoteRequest: Sendable, Equatable {
  public enum Verb: String, Sendable { case push, fetch, clone, check }

  public var verb: Verb
  /// The `.wf` folder; for a clone the new folder that gets one.
  public var store: String
  /// The remote's name.
  public var remote: String
  /// For a clone: the address, and the namespace of its claims.
  public var address: String?
  public var namespace: String
  /// The claims that are meant; empty: see `isAll`.
  public var slugs: [String]
  /// Every claim; without it and without slugs a push means the claim committed last, a fetch every one.
  public var isAll = false
  public var isDryRun = false
  /// Whether the store's own claims move forward with what was fetched.
  public var movesClaims = false
  /// Files to believe in place of the user's own.
  public var trust: String?
  public var revoked: String?

  public init(
    _ verb: Verb, store: String, remote: String, namespace: String = Remote.defaultNamespace,
    slugs: [String] = []
  ) {
    self.verb = verb
    self.store = store
    self.remote = remote
    self.namespace = namespace
    self.slugs = slugs
  }

  public var json: JSONValue {
    [
      "schema": "wf.mirror_request/1", "verb": .string(verb.rawValue), "store": .string(store),
      "remote": .string(remote), "address": text(address), "namespace": .string(namespace),
      "slugs": .array(slugs.map { .string($0) }), "all": .bool(isAll), "dry_run": .bool(isDryRun),
      "moves_claims": .bool(movesClaims), "trust": text(trust), "revoked": text(revoked),
    ]
  }

  /// Nil for a document of another form.
  public init?(_ json: JSONValue) {
    guard json["schema"]?.string == "wf.mirror_request/1",
      let verb = json["verb"]?.string.flatMap(Verb.init), let store = json["store"]?.string,
      let remote = json["remote"]?.string, let namespace = json["namespace"]?.string,
      let slugs = json["slugs"]?.array?.map(\.string), !slugs.contains(nil),
      let isAll = json["all"]?.bool, let isDryRun = json["dry_run"]?.bool,
      let movesClaims = json["moves_claims"]?.bool
    else { return nil }
    self.init(
      verb, store: store, remote: remote, namespace: namespace, slugs: slugs.compactMap { $0 })
    self.isAll = isAll
    self.isDryRun = isDryRun
    self.movesClaims = movesClaims
    address = json["address"]?.string
    trust = json["trust"]?.string
    revoked = json["revoked"]?.string
  }

  private func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
}
