/// The members of a JSON object in the order in which they were read.
///
/// Keys are compared by their bytes, not by Unicode's canonical equivalence: two spellings of `é` are
/// two keys. Lookup is constant time from 17 members on.
public struct JSONObject: Sendable {
  private var storage: [(key: String, value: JSONValue)]
  private var index: [ExactKey: Int]?

  public init() {
    storage = []
  }

  /// An object of these members; of two with the same key, lookup sees the first and the canonical
  /// form refuses both.
  public init(_ members: [(key: String, value: JSONValue)]) {
    storage = members
    rebuildIndex()
  }

  public var members: [(key: String, value: JSONValue)] {
    get { storage }
    set {
      storage = newValue
      rebuildIndex()
    }
  }

  public var keys: [String] { storage.map(\.key) }
  public var count: Int { storage.count }
  public var isEmpty: Bool { storage.isEmpty }

  /// The value of a key; a new key goes to the end, nil removes the member.
  public subscript(key: String) -> JSONValue? {
    get { position(of: key).map { storage[$0].value } }
    set {
      switch (position(of: key), newValue) {
      case (let place?, let value?): storage[place].value = value
      case (nil, let value?): append(key, value)
      case (let place?, nil):
        storage.remove(at: place)
        rebuildIndex()
      case (nil, nil): break
      }
    }
  }

  private mutating func append(_ key: String, _ value: JSONValue) {
    storage.append((key, value))
    if index == nil {
      rebuildIndex()
    } else {
      index?[ExactKey(text: key)] = storage.count - 1
    }
  }

  private func position(of key: String) -> Int? {
    if let index { return index[ExactKey(text: key)] }
    return storage.firstIndex { sameBytes($0.key, key) }
  }

  private mutating func rebuildIndex() {
    index = nil
    guard storage.count > 16 else { return }
    var places: [ExactKey: Int] = [:]
    places.reserveCapacity(storage.count)
    for (place, member) in storage.enumerated() {
      let key = ExactKey(text: member.key)
      if places[key] == nil { places[key] = place }
    }
    index = places
  }
}

extension JSONObject: Equatable {
  /// Same members in the same order.
  public static func == (one: JSONObject, other: JSONObject) -> Bool {
    one.storage.elementsEqual(other.storage) {
      sameBytes($0.key, $1.key) && $0.value == $1.value
    }
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self.init(elements.map { (key: $0.0, value: $0.1) })
  }
}

/// A key that is equal to another only when their UTF-8 is.
private struct ExactKey: Hashable, Sendable {
  let text: String

  static func == (one: ExactKey, other: ExactKey) -> Bool { sameBytes(one.text, other.text) }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

/// Whether two strings have the same UTF-8, which Swift's `==` does not ask.
func sameBytes(_ one: String, _ other: String) -> Bool {
  one.utf8.elementsEqual(other.utf8)
}
