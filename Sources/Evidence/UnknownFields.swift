public import JSON

/// Where a member holds fields that no table has, by JSON pointers of what holds them.
///
/// Readers keep such fields (SCHEMAS §1), so they say nothing about a package's soundness; whoever
/// sends a package to strangers has to know that nobody looked at them. `<field>_reason` beside a
/// field is known. Empty for evidence.md.
public func unknownFields(in value: JSONValue, of member: MemberName) -> [String] {
  var found: [String] = []
  Shape.shape(of: member).collectUnknown(in: value, "", into: &found)
  return found
}

extension Shape {
  fileprivate func collectUnknown(
    in value: JSONValue, _ pointer: String, into found: inout [String]
  ) {
    switch self {
    case .optional(let shape): shape.collectUnknown(in: value, pointer, into: &found)
    case .array(let shape, _):
      for (index, element) in (value.array ?? []).enumerated() {
        shape.collectUnknown(in: element, "\(pointer)/\(index)", into: &found)
      }
    case .map(_, let shape, _):
      for member in value.object?.members ?? [] {
        shape.collectUnknown(
          in: member.value, EvidencePlace.pointer(pointer, member.key), into: &found)
      }
    case .object(let fields), .row(let fields):
      for member in value.object?.members ?? [] {
        if let field = fields.first(where: { $0.name == member.key }) {
          field.shape.collectUnknown(in: member.value, "\(pointer)/\(member.key)", into: &found)
        } else if !fields.contains(where: { "\($0.name)_reason" == member.key })
          || member.value.string.map(TextRules.isLabel) != true
        {
          found.append(pointer)
        }
      }
    case .either(let one, let other):
      let isObject = value.object != nil
      (isObject == one.isObject ? one : other).collectUnknown(in: value, pointer, into: &found)
    default: break
    }
  }

  private var isObject: Bool {
    switch self {
    case .object, .row, .map: true
    case .optional(let shape): shape.isObject
    default: false
    }
  }
}

extension StaticString {
  fileprivate static func == (name: StaticString, key: String) -> Bool {
    "\(name)".utf8.elementsEqual(key.utf8)
  }
}
