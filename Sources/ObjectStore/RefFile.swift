/// What a ref's own file says.
enum RefFile: Equatable {
  case id(ObjectID)
  case symbolic(RefName)

  /// Reads `HEX64\n` or `ref: refs/…\n`; the newline may be absent.
  ///
  /// - Throws: `ref_malformed`, also for a symbolic ref that leaves `refs/`.
  static func parse(_ bytes: [UInt8], name: String) throws(ObjectError) -> RefFile {
    let line = bytes.last == 10 ? bytes.dropLast() : bytes[...]
    if let id = ObjectID(hexDigits: line) { return .id(id) }
    let mark = Array("ref: ".utf8)
    guard line.starts(with: mark),
      let text = String(validating: line.dropFirst(mark.count), as: UTF8.self),
      text != "HEAD", let target = RefName(text)
    else {
      throw ObjectError(
        .refMalformed, place: name,
        message: "the ref holds neither an object id nor the name of a ref of this store")
    }
    return .symbolic(target)
  }
}

/// A ref with the object it leads to.
public struct Ref: Sendable, Equatable {
  public let name: RefName
  public let target: ObjectID

  public init(name: RefName, target: ObjectID) {
    self.name = name
    self.target = target
  }
}
