internal import JSON
internal import Platform

/// An OpenID Connect token that says who somebody is (RFC 7519), as its issuer gave it.
///
/// Only the certificate authority checks the signature; here it is read for the name that the authority
/// will write into the certificate, which has to be signed as proof of the key.
public struct IdentityToken: Sendable {
  /// A secret: whoever has it is that person until it expires.
  let text: String
  /// The address, where the token has one that its issuer verified; else the subject.
  let name: String

  public static let sizeLimit = 16_384

  /// - Throws: `identity_token_malformed`; the token itself is in no message.
  public init(_ bytes: [UInt8]) throws(SigstoreError) {
    func malformed(_ why: String) -> SigstoreError {
      SigstoreError(
        .identityTokenMalformed, "this is no identity token: \(why)",
        hint: "the issuer gives one: three parts with dots between them")
    }
    guard bytes.count <= Self.sizeLimit else { throw malformed("it is too long") }
    let text = String(decoding: bytes, as: UTF8.self)
      .split { $0.isWhitespace }.joined(separator: " ")
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
      let payload = Base64.decodeURL(parts[1]), let claims = try? JSONValue.parse(payload)
    else { throw malformed("its parts cannot be read") }
    if let email = claims["email"]?.string, !email.isEmpty {
      guard claims["email_verified"] == true else {
        throw malformed("its issuer has not verified the address")
      }
      name = email
    } else if let subject = claims["sub"]?.string, !subject.isEmpty {
      name = subject
    } else {
      throw malformed("it names nobody")
    }
    self.text = text
  }
}
