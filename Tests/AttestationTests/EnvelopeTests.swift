import Attestation
import JSON
import Platform
import TestSupport
import Testing

struct EnvelopeTests {
  private let good = Fixtures.bytes("signing/dsse/envelopes/good.json")

  private func parse(_ text: String) -> AttestationError.Code? {
    code { _ = try Envelope(parsing: Array(text.utf8)) }
  }

  @Test func `the encoding counts bytes, not characters`() {
    let bytes = preAuthenticationEncoding(type: "é", body: [0, 0xFF])
    #expect(bytes == Array("DSSEv1 2 é 2 ".utf8) + [0, 0xFF])
  }

  @Test func `what we write is canonical JSON and a newline, and is read as it was`() throws {
    let envelope = try Envelope(parsing: good)
    #expect(envelope.encoded() == good)
    #expect(good.last == 0x0A && CanonicalJSON.isCanonical(Array(good.dropLast())))
    let without = Envelope(
      payload: [1], payloadType: "t", signatures: [Envelope.Signature(keyID: nil, bytes: [2])])
    #expect(try Envelope(parsing: without.encoded()) == without)
  }

  @Test func `an envelope inside of another text is the same`() throws {
    let bundle = try JSONValue.parse(Array("{\"dsseEnvelope\":".utf8) + good + Array("}".utf8))
    let inner = try #require(bundle["dsseEnvelope"])
    #expect(try Envelope(inner) == Envelope(parsing: good))
  }

  @Test func `an envelope cut at any byte is malformed`() throws {
    // Without its last newline it is still whole.
    for length in 0..<good.count - 1 {
      #expect(code { _ = try Envelope(parsing: Array(good.prefix(length))) } == .envelopeMalformed)
    }
  }

  @Test func `a changed byte anywhere is malformed, refused, or in what nobody signs`() throws {
    let trusted = try TrustedSigners(parsing: Fixtures.bytes("signing/dsse/trusted-signers.json"))
    let package = try Samples.package()
    let hint = Array("SHA256:".utf8)
    let start = try #require(good.indices.first { good[$0...].starts(with: hint) })
    for place in stride(from: 0, to: good.count - 1, by: 7) {
      for bit: UInt8 in [1, 0x20] {
        var bytes = good
        bytes[place] ^= bit
        let found = code {
          _ = try Envelope(parsing: bytes).verify(by: trusted, of: package, now: Samples.now)
        }
        // keyid is a hint; its name may change too, which makes it an unknown field
        let isHint = place >= start - 9 && place < start + 50
        #expect(found != nil || isHint, "byte \(place)")
      }
    }
  }

  @Test(arguments: [
    "", "[]", "null", "\"x\"", "{}", "{\"payload\":\"\",\"payloadType\":\"\"}",
    "{\"payload\":1,\"payloadType\":\"\",\"signatures\":[]}",
    "{\"payload\":\"\",\"payloadType\":1,\"signatures\":[]}",
    "{\"payload\":\"\",\"payloadType\":\"\",\"signatures\":{}}",
    "{\"payload\":\"\",\"payloadType\":\"\",\"signatures\":[1]}",
    "{\"payload\":\"\",\"payloadType\":\"\",\"signatures\":[{}]}",
    "{\"payload\":\"\",\"payloadType\":\"\",\"signatures\":[{\"sig\":\"\",\"keyid\":1}]}",
    "{\"payload\":\"\",\"payloadType\":\"\",\"signatures\":[]}x",
    "{\"payload\":\"\",\"payload\":\"\",\"payloadType\":\"\",\"signatures\":[]}",
    "{\"payload\":\"\",\"payloadType\":\"\",\"signatures\":[{\"sig\":\"\",\"sig\":\"\"}]}",
    // padding left out, spare bits, both alphabets at once, white space
    "{\"payload\":\"+A=\",\"payloadType\":\"\",\"signatures\":[]}",
    "{\"payload\":\"AB==\",\"payloadType\":\"\",\"signatures\":[]}",
    "{\"payload\":\"+-==\",\"payloadType\":\"\",\"signatures\":[]}",
    "{\"payload\":\"AA ==\",\"payloadType\":\"\",\"signatures\":[]}",
  ])
  func `what is no envelope is malformed`(_ text: String) {
    #expect(parse(text) == .envelopeMalformed)
  }

  @Test func `depth, size and number of signatures are bounded`() throws {
    func nested(_ depth: Int) -> String {
      let open = String(repeating: "[", count: depth)
      let close = String(repeating: "]", count: depth)
      return "{\"payload\":\"\",\"payloadType\":\"\",\"signatures\":[],\"x\":\(open)\(close)}"
    }
    #expect(parse(nested(63)) == nil)
    #expect(parse(nested(64)) == .envelopeMalformed)
    #expect(parse(nested(100_000)) == .envelopeMalformed)
    func signed(_ count: Int) -> String {
      let rows = Array(repeating: "{\"sig\":\"\"}", count: count).joined(separator: ",")
      return "{\"payload\":\"\",\"payloadType\":\"\",\"signatures\":[\(rows)]}"
    }
    #expect(parse(signed(64)) == nil)
    #expect(parse(signed(65)) == .envelopeMalformed)
    let huge = "{\"payload\":\"\(String(repeating: "A", count: 1 << 20))\"}"
    #expect(parse(huge) == .envelopeMalformed)
    let padding = String(repeating: " ", count: (1 << 20) - good.count)
    #expect(parse(padding + String(decoding: good, as: UTF8.self)) == nil)
    #expect(parse(padding + " " + String(decoding: good, as: UTF8.self)) == .envelopeMalformed)
  }

  @Test func `both alphabets of base64 are read, and null is no keyid`() throws {
    let text =
      "{\"payload\":\"-_8\",\"payloadType\":\"t\",\"signatures\":[{\"keyid\":null,\"sig\":\"+/8=\"}]}"
    let envelope = try Envelope(parsing: Array(text.utf8))
    #expect(envelope.payload == [0xFB, 0xFF])
    #expect(envelope.signatures == [Envelope.Signature(keyID: nil, bytes: [0xFB, 0xFF])])
  }
}
