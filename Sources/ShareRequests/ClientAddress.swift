/// Where a request comes from.
package struct ClientAddress: Sendable, Hashable {
  /// 4 or 16 bytes; an IPv4 address in IPv6 form is 4.
  package let bytes: [UInt8]

  package init(bytes: [UInt8]) {
    let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
    self.bytes = bytes.count == 16 && bytes.starts(with: mapped) ? Array(bytes[12...]) : bytes
  }

  /// `192.0.2.7` or an IPv6 address; nil for any other text.
  package init?(_ text: some StringProtocol) {
    let text = String(text)
    if let four = Self.four(text) {
      self.init(bytes: four)
    } else if let sixteen = Self.sixteen(text) {
      self.init(bytes: sixteen)
    } else {
      return nil
    }
  }

  /// What one client is for rates: the address, or the /64 of IPv6 that it may choose from.
  package var client: String { Self.text(bytes.count == 4 ? bytes : Array(bytes.prefix(8))) }

  /// What is kept, as a keyed hash, in the audit log: the /24 or /48.
  package var neighbourhood: String { Self.text(Array(bytes.prefix(bytes.count == 4 ? 3 : 6))) }

  package var isLoopback: Bool {
    bytes.count == 4 ? bytes[0] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
  }

  private static func text(_ bytes: [UInt8]) -> String {
    bytes.map { String($0) }.joined(separator: ".")
  }

  private static func four(_ text: String) -> [UInt8]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bytes: [UInt8] = []
    for part in parts {
      // One spelling only: `010` is eight to some readers.
      guard let byte = UInt8(part), String(byte) == part else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  /// RFC 4291, 2.2, without zones.
  private static func sixteen(_ text: String) -> [UInt8]? {
    let halves = text.split(separator: "::", omittingEmptySubsequences: false)
    guard text.contains(":"), halves.count <= 2 else { return nil }
    var groups: [[UInt8]] = []
    for half in halves {
      guard let bytes = words(String(half)) else { return nil }
      groups.append(bytes)
    }
    if groups.count == 1 { return groups[0].count == 16 ? groups[0] : nil }
    let missing = 16 - groups[0].count - groups[1].count
    guard missing >= 2 else { return nil }
    return groups[0] + [UInt8](repeating: 0, count: missing) + groups[1]
  }

  private static func words(_ text: String) -> [UInt8]? {
    if text.isEmpty { return [] }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    var bytes: [UInt8] = []
    for (place, part) in parts.enumerated() {
      if place == parts.count - 1, let four = four(String(part)) {
        bytes += four
      } else {
        guard (1...4).contains(part.utf8.count),
          part.utf8.allSatisfy({ PercentText.digit($0) != nil }),
          let word = UInt16(part, radix: 16)
        else { return nil }
        bytes += [UInt8(word >> 8), UInt8(word & 0xFF)]
      }
    }
    return bytes
  }
}

/// A block of addresses, `10.0.0.0/8`.
package struct AddressBlock: Sendable, Equatable {
  private let bytes: [UInt8]
  private let bits: Int

  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let address = ClientAddress(parts[0]) else { return nil }
    bytes = address.bytes
    let most = bytes.count * 8
    guard let bits = parts.count == 2 ? Int(parts[1]) : most, (0...most).contains(bits) else {
      return nil
    }
    self.bits = bits
  }

  package func contains(_ address: ClientAddress) -> Bool {
    guard address.bytes.count == bytes.count else { return false }
    return (0..<bits).allSatisfy { bit in
      let mask = UInt8(0x80) >> UInt8(bit % 8)
      return address.bytes[bit / 8] & mask == bytes[bit / 8] & mask
    }
  }
}

/// Proxies whose word on the client's address counts.
package struct TrustedProxies: Sendable {
  package let blocks: [AddressBlock]

  package init(_ blocks: [AddressBlock]) { self.blocks = blocks }

  package func trusts(_ address: ClientAddress) -> Bool { blocks.contains { $0.contains(address) } }

  /// The client behind a connection.
  ///
  /// Of `X-Forwarded-For`, read from its end, the first address that is no trusted proxy; anything
  /// further left was written by the client itself.
  package func client(of peer: ClientAddress, forwarded: [String]) -> ClientAddress {
    var client = peer
    let hops = forwarded.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
    for hop in hops.reversed() {
      guard trusts(client) else { return client }
      let text = hop.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
      guard let next = ClientAddress(String(text)) else { return client }
      client = next
    }
    return client
  }
}
