/// The bytes that a DSSE signature is over (DSSE protocol, "Pre-Authentication Encoding").
///
/// `DSSEv1` SP LEN(type) SP type SP LEN(body) SP body, where LEN is the count of bytes in decimal.
/// They begin otherwise than the bytes of an SSHSIG, so that neither can be taken for the other.
public func preAuthenticationEncoding(type: String, body: [UInt8]) -> [UInt8] {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(body.count + type.utf8.count + 32)
  bytes += "DSSEv1 \(type.utf8.count) \(type) \(body.count) ".utf8
  bytes += body
  return bytes
}
