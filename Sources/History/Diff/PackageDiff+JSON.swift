internal import Audit
public import JSON
internal import ObjectStore

extension PackageDiff {
  /// The whole document, with the digests of raw evidence.
  public var json: JSONValue { document(isPublic: false) }

  /// `wf.diff/1` of CLI.md.
  ///
  /// - Parameter isPublic: leaves out the digests of raw evidence, which are private data
  ///   (SCHEMAS §1, class X).
  public func document(isPublic: Bool) -> JSONValue {
    document(
      isPublic: isPublic,
      flips: zip(comparison.flips, flipRaw).map { flip, raw in
        flip.json(raw: isPublic ? [] : raw)
      })
  }

  func document(isPublic: Bool, flips: [JSONValue]) -> JSONValue {
    guard var object = comparison.withoutFlips.json().object else { return .null }
    object["schema"] = "wf.diff/1"
    object["sides"] = ["a": side(a, isPublic), "b": side(b, isPublic)]
    object["public"] = .bool(isPublic)
    object["flips"] = .array(flips)
    object["members"] = .array(
      members.map { row in
        [
          "name": .string(row.name), "state": .string(row.state.rawValue),
          "old": row.old.map { .string($0.hex) } ?? .null,
          "new": row.new.map { .string($0.hex) } ?? .null,
        ]
      })
    object["raw"] = [
      "added": number(raw.added), "removed": number(raw.removed), "changed": number(raw.changed),
      "kept": number(raw.kept),
    ]
    object["objects_visited"] = number(objectsVisited)
    return .object(object)
  }

  private func side(_ side: DiffSide, _ isPublic: Bool) -> JSONValue {
    [
      "name": .string(side.shownName(isPublic: isPublic)),
      "commit": side.commit.map { .string($0.hex) } ?? .null,
      "tree": .string(side.tree.hex),
    ]
  }

  private func number(_ value: Int) -> JSONValue { .number(JSONNumber(Int64(value))) }
}

extension DiffSide {
  /// The name as given; a path may tell a machine's folders, so of one only the last part is public.
  public func shownName(isPublic: Bool) -> String {
    guard isPublic, commit == nil else { return name }
    return name.split(separator: "/").last.map(String.init) ?? name
  }
}
