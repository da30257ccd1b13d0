/// OpenSSH's binary revocation list (PROTOCOL.krl), version 1.
struct KeyRevocationFile: Sendable {
  static let magic = Array("SSHKRL\n".utf8) + [0]

  let made: UInt64
  private(set) var contents = RevocationList.Contents()

  /// Certificates of one authority, or of any.
  struct Certificates: Sendable {
    /// nil: whoever signed.
    let authority: [UInt8]?
    var serials: Set<UInt64> = []
    var ranges: [ClosedRange<UInt64>] = []
    var bitmaps: [(offset: UInt64, bits: [UInt8])] = []
    var keyIDs: Set<[UInt8]> = []

    func revokes(_ certificate: SSHCertificate) -> Bool {
      if let authority, authority != certificate.authority.blob { return false }
      if keyIDs.contains(certificate.keyID) { return true }
      let serial = certificate.serial
      // 0 is what a certificate without a serial has
      guard serial != 0 else { return false }
      return serials.contains(serial) || ranges.contains { $0.contains(serial) }
        || bitmaps.contains { Self.isSet(serial, $0.offset, $0.bits) }
    }

    /// Bit n of a big-endian number, n being the distance from the offset.
    private static func isSet(_ serial: UInt64, _ offset: UInt64, _ bits: [UInt8]) -> Bool {
      guard serial >= offset, serial - offset < UInt64(bits.count) * 8 else { return false }
      let bit = Int(serial - offset)
      return bits[bits.count - 1 - bit / 8] >> UInt8(bit % 8) & 1 == 1
    }
  }

  init(_ bytes: [UInt8]) throws(WireError) {
    var reader = SSHReader(bytes)
    guard try reader.take(8) == Self.magic, try reader.u32() == 1 else { throw WireError() }
    _ = try reader.u64()
    made = try reader.u64()
    _ = try reader.u64()
    _ = try reader.string()
    _ = try reader.text()
    while !reader.isAtEnd {
      let type = try reader.u8()
      try readSection(type, SSHReader(try reader.string()))
    }
  }

  private mutating func readSection(_ type: UInt8, _ section: SSHReader) throws(WireError) {
    var section = section
    switch type {
    case 1: contents.certificates.append(try Self.certificates(section))
    case 2:
      while !section.isAtEnd { contents.keys.insert(try section.string()) }
    case 3:
      while !section.isAtEnd { contents.sha1.insert(try Self.string(&section, count: 20)) }
    case 5:
      while !section.isAtEnd { contents.sha256.insert(try Self.string(&section, count: 32)) }
    case 255: try Self.skipExtension(section)
    default: throw WireError()  // 4, a signed list, among them: OpenSSH refuses it since 9.4
    }
  }

  private static func string(_ reader: inout SSHReader, count: Int) throws(WireError) -> [UInt8] {
    let value = try reader.string()
    guard value.count == count else { throw WireError() }
    return value
  }

  private static func skipExtension(_ section: SSHReader) throws(WireError) {
    var section = section
    _ = try section.text()
    // one that must be understood is not: nothing in the file can be relied on
    guard try section.u8() == 0 else { throw WireError() }
    _ = try section.string()
    try section.finish()
  }

  private static func certificates(_ section: SSHReader) throws(WireError) -> Certificates {
    var section = section
    let authority = try section.string()
    if !authority.isEmpty { _ = try SSHPublicKey(wire: authority, certificateAllowed: false) }
    _ = try section.string()
    var result = Certificates(authority: authority.isEmpty ? nil : authority)
    while !section.isAtEnd {
      let type = try section.u8()
      var part = SSHReader(try section.string())
      switch type {
      case 0x20:
        while !part.isAtEnd { result.serials.insert(try serial(try part.u64())) }
      case 0x21:
        let low = try serial(try part.u64())
        let high = try part.u64()
        try part.finish()
        guard low <= high else { throw WireError() }
        result.ranges.append(low...high)
      case 0x22:
        let offset = try part.u64()
        let bits = try part.mpint()
        try part.finish()
        result.bitmaps.append((offset, try bitmap(bits, offset)))
      case 0x23:
        while !part.isAtEnd { result.keyIDs.insert(try part.text()) }
      case 0x39: try skipExtension(part)
      default: throw WireError()
      }
    }
    return result
  }

  /// ssh-keygen refuses a list that names serial 0, which stands for "no serial".
  private static func serial(_ value: UInt64) throws(WireError) -> UInt64 {
    guard value != 0 else { throw WireError() }
    return value
  }

  private static func bitmap(_ bits: [UInt8], _ offset: UInt64) throws(WireError) -> [UInt8] {
    guard let first = bits.first, let last = bits.last else { return bits }
    let top = UInt64(bits.count) * 8 - 1 - UInt64(first.leadingZeroBitCount)
    guard !offset.addingReportingOverflow(top).overflow, offset != 0 || last & 1 == 0 else {
      throw WireError()
    }
    return bits
  }
}
