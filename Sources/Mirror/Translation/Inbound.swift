public import GitRemotes
public import ObjectStore

/// Rebuilds the objects of a store from those of a remote.
///
/// Nothing that the remote says is believed: every object gets its SHA-256 name here, from its bytes.
public final class Inbound {
  /// What a remote may make us take.
  public struct Limits: Sendable {
    /// Bytes of one object.
    public var object = ObjectStore.defaultLimit
    /// Bytes of all objects.
    public var total = 16 << 30
    public init() {}
  }

  private let mirror: MirrorRepository
  /// The store's name of an object that need not be rebuilt; nil for others.
  private let known: (SHA1ID) -> ObjectID?
  private let take: (ObjectKind, [UInt8]) throws -> ObjectID
  private let limits: Limits
  private var bytes = 0
  private var names: [SHA1ID: (id: ObjectID, kind: ObjectKind?)] = [:]
  /// The pairs found.
  public private(set) var pairs: [ObjectMap.Pair] = []

  public init(
    mirror: MirrorRepository, known: @escaping (SHA1ID) -> ObjectID?, limits: Limits = Limits(),
    take: @escaping (ObjectKind, [UInt8]) throws -> ObjectID
  ) {
    self.mirror = mirror
    self.known = known
    self.limits = limits
    self.take = take
  }

  private struct Step {
    let id: SHA1ID
    let kind: ObjectKind?
    /// Trees above it.
    let depth: Int
    /// Its body, once what it names is done.
    var object: RawObject?
  }

  /// The store's name of a commit or tag, after all it reaches was given on.
  ///
  /// - Throws: `object_missing` `object_type_mismatch` `object_too_large` `tree_…` `commit_malformed` …
  public func rebuild(_ tip: SHA1ID) throws -> ObjectID {
    var stack = [Step(id: tip, kind: nil, depth: 0)]
    while let step = stack.popLast() {
      do {
        if let object = step.object {
          try finish(step.id, object)
        } else if try !isDone(step) {
          let object = try mirror.object(step.id, limit: limits.object)
          try check(object, step)
          if object.kind == .blob {
            try finish(step.id, object)
            continue
          }
          stack.append(Step(id: step.id, kind: step.kind, depth: step.depth, object: object))
          for (id, kind) in try Translation.links(of: object) {
            let depth = object.kind == .tree ? step.depth + 1 : 0
            stack.append(Step(id: id, kind: kind, depth: depth))
          }
        }
      } catch let error as ObjectError where error.place == nil {
        throw ObjectError(error.code, place: step.id.hex, message: error.message)
      }
    }
    guard let name = names[tip] else { preconditionFailure("the tip was done last") }
    return name.id
  }

  private func isDone(_ step: Step) throws -> Bool {
    if let (_, kind) = names[step.id] {
      if let kind, let wanted = step.kind, kind != wanted { throw wrongKind(step.id, kind, wanted) }
      return true
    }
    guard let own = known(step.id) else { return false }
    names[step.id] = (own, nil)
    return true
  }

  private func check(_ object: RawObject, _ step: Step) throws {
    if let wanted = step.kind, wanted != object.kind {
      throw wrongKind(step.id, object.kind, wanted)
    }
    if step.depth > Self.deepest {
      throw ObjectError(
        .treeTooDeep, place: step.id.hex,
        message: "folders are nested more than \(Self.deepest) deep"
      )
    }
    bytes += object.bytes.count
    if bytes > limits.total {
      throw MirrorError(
        .remoteTooLarge, place: step.id.hex,
        "the remote's objects are more than \(limits.total) bytes")
    }
  }

  private static var deepest: Int { 128 }

  private func finish(_ id: SHA1ID, _ object: RawObject) throws {
    if names[id] != nil { return }
    let body = try Translation.toSHA256(object) { link in
      guard let name = names[link] else {
        throw ObjectError(.objectMissing, place: link.hex, message: "the object is not there")
      }
      return name.id
    }
    let own = try take(object.kind, body)
    names[id] = (own, object.kind)
    pairs.append(ObjectMap.Pair(own, id))
  }

  private func wrongKind(_ id: SHA1ID, _ found: ObjectKind, _ wanted: ObjectKind) -> ObjectError {
    ObjectError(
      .objectTypeMismatch, place: id.hex,
      message: "a \(wanted.rawValue) is named here, the object is a \(found.rawValue)")
  }
}
