/// Headers that every answer has, whoever made it (SHARING §8).
package struct SecurityHeaders: Sendable {
  package let all: [(name: String, value: String)]

  package init(isBehindTLS: Bool) {
    var headers: [(name: String, value: String)] = [
      (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
          + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
          + "require-trusted-types-for 'script'; trusted-types 'none'"
      ),
      ("X-Content-Type-Options", "nosniff"),
      ("Referrer-Policy", "no-referrer"),
      ("X-Frame-Options", "DENY"),
      ("Cross-Origin-Opener-Policy", "same-origin"),
      ("Cross-Origin-Resource-Policy", "same-origin"),
      ("Cross-Origin-Embedder-Policy", "require-corp"),
      (
        "Permissions-Policy",
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), clipboard-read=()"
      ),
      ("X-Robots-Tag", "noindex, nofollow, noarchive"),
    ]
    if isBehindTLS {
      headers.append(("Strict-Transport-Security", "max-age=63072000; includeSubDomains"))
    }
    all = headers
  }
}
