internal import Archives
internal import JSON
internal import Platform
internal import ShareRequests
internal import Sharing

extension ShareService {
  private static var unlockSeconds: Int64 { 1800 }

  /// The page; before the password its form, which says nothing of the package.
  func showPage(_ exchange: Exchange) async throws -> ServerResponse {
    let share = try await openShare(exchange)
    let token = exchange.parameter("token")
    guard try await isUnlocked(share, exchange) else {
      return pageResponse(200, page.passwordForm(token: token, wrong: false))
    }
    let bytes = try await shown(.page, of: share)
    note(.view, share, from: exchange.request.address)
    return pageResponse(200, bytes.with(token))
  }

  func unlockPage(_ exchange: Exchange) async throws -> ServerResponse {
    let share = try await openShare(exchange)
    let token = exchange.parameter("token")
    guard isSameOrigin(exchange.request) else {
      return pageResponse(403, page.passwordForm(token: token, wrong: true))
    }
    let bytes = try await exchange.request.body.collect(upTo: 8192)
    let password = try FormFields.parse(bytes)["password"] ?? ""
    guard try await tryPassword(share, password, exchange) else {
      return pageResponse(403, page.passwordForm(token: token, wrong: true))
    }
    var response = ServerResponse(status: 303)
    response.headers = [("Location", "/r/" + token), ("Vary", "Cookie")]
    if share.passwordHash != nil {
      let session = secrets.token("")
      let until = clock.now + Self.unlockSeconds
      let hash = secrets.hash(session)
      try await database.write { try $0.insertUnlock(hash: hash, of: share.id, until: until) }
      response.headers.append(
        (
          "Set-Cookie",
          "\(cookieName(share))=\(session); Secure; HttpOnly; SameSite=Strict; Path=/; Max-Age=\(Self.unlockSeconds)"
        ))
    }
    return response
  }

  /// The DTO, for programs: the password comes in a header.
  func readShare(_ exchange: Exchange) async throws -> ServerResponse {
    let share = try await openShare(exchange)
    if share.passwordHash != nil {
      if let password = exchange.request.header("x-wf-share-password") {
        guard try await tryPassword(share, password, exchange) else {
          throw Refusal(403, .passwordWrong)
        }
      } else if !(try await isUnlocked(share, exchange)) {
        throw Refusal(401, .passwordRequired)
      }
    }
    let bytes = try await shown(.document, of: share)
    note(.view, share, from: exchange.request.address)
    return ServerResponse(status: 200, contentType: "application/json", bytes.with(""))
  }

  // MARK: - Downloads

  func downloadMember(_ exchange: Exchange) async throws -> ServerResponse {
    let (share, members) = try await served(exchange)
    guard let name = SharedName(exactly: exchange.parameter("member").utf8),
      let member = members.first(where: { $0.name == name.rawValue }),
      let key = member.objectKey
    else { throw Refusal.notFound }
    note(.download, share, from: exchange.request.address)
    var response = ServerResponse(status: 200)
    response.headers = [
      ("Content-Type", name.contentType),
      ("Content-Disposition", "attachment; filename=\"\(Path.lastComponent(name.rawValue))\""),
      ("Vary", "Cookie"),
    ]
    response.body = .pieces(size: member.size, pieces(of: key))
    return response
  }

  /// A deterministic archive: names in byte order, one fixed time.
  func downloadPackage(_ exchange: Exchange) async throws -> ServerResponse {
    let (share, members) = try await served(exchange)
    note(.download, share, from: exchange.request.address)
    let size = members.reduce(Tar.end.count) { $0 + Tar.space($1.size) }
    var response = ServerResponse(status: 200)
    response.headers = [
      ("Content-Type", "application/x-tar"),
      ("Content-Disposition", "attachment; filename=\"package.tar\""), ("Vary", "Cookie"),
    ]
    let ordered = members.sorted { $0.name.precedes($1.name) }
    let sources = ordered.map { pieces(of: $0.objectKey ?? "") }
    response.body = .pieces(size: size) {
      let reader = TarPieces(ordered, sources)
      return { try reader.next() }
    }
    return response
  }

  /// The members of a share that serves its bytes; anything else is not there.
  private func served(_ exchange: Exchange) async throws -> (ShareRecord, [MemberRecord]) {
    let share = try await openShare(exchange)
    guard try await isUnlocked(share, exchange) else { throw Refusal.notFound }
    let content = try await content(of: share)
    guard content.approval.packageBytes == .served, let artifact = share.artifactID else {
      throw Refusal.notFound
    }
    let mayShowProof = content.approval.includeCommitProof
    let members = try await database.read { try $0.members(of: artifact) }
    return (
      share, members.filter { mayShowProof || SharedName(rawValue: $0.name)?.isProof == false }
    )
  }

  private func pieces(of key: String) -> @Sendable () -> @Sendable () throws -> [UInt8]? {
    let objects = objects
    return {
      let source = PieceSource { try objects.open(key) }
      return { try source.next() }
    }
  }

  // MARK: - Passwords

  /// Whether a share needs no password, or the cookie shows that it was given.
  private func isUnlocked(_ share: ShareRecord, _ exchange: Exchange) async throws -> Bool {
    if share.passwordHash == nil { return true }
    guard let cookie = exchange.request.headers.cookie(cookieName(share)) else { return false }
    let (hash, now) = (secrets.hash(cookie), clock.now)
    return try await database.read { try $0.isUnlocked(share.id, by: hash, now: now) }
  }

  private func tryPassword(
    _ share: ShareRecord, _ password: String, _ exchange: Exchange
  ) async throws -> Bool {
    let address = exchange.request.address
    try rates.beginUnlock(share.id, client: address.client)
    let isRight = try await opens(share, password)
    rates.endUnlock(share.id, isRight: isRight)
    note(isRight ? .unlockOK : .unlockFailed, share, from: address)
    return isRight
  }

  /// Eight digits that tell the shares of one browser apart and nothing else.
  private func cookieName(_ share: ShareRecord) -> String {
    "__Host-wf-u-" + secrets.keyed("cookie", share.id).prefix(8)
  }

  /// Whether a form was sent by the page itself.
  ///
  /// With `Referrer-Policy: no-referrer` browsers send `Origin: null`, so that where they say
  /// `Sec-Fetch-Site` it is that which decides.
  private func isSameOrigin(_ request: ServerRequest) -> Bool {
    let origin = request.header("origin")
    let own = (isBehindTLS ? "https://" : "http://") + (request.header("host") ?? "")
    if let site = request.header("sec-fetch-site") {
      return site == "same-origin" && (origin == nil || origin == "null" || origin == own)
    }
    return origin == own
  }

  private func pageResponse(_ status: Int, _ bytes: [UInt8]) -> ServerResponse {
    var response = ServerResponse(status: status, contentType: ServerResponse.page, bytes)
    response.headers.append(("Vary", "Cookie"))
    return response
  }
}

/// A file read in pieces, opened when the first is asked for.
///
/// `@unchecked Sendable`: one response's writer reads it, one piece after another.
final class PieceSource: @unchecked Sendable {
  private let open: () throws -> FileReader
  private var reader: FileReader?

  init(_ open: @escaping () throws -> FileReader) { self.open = open }

  func next() throws -> [UInt8]? {
    let reader = try self.reader ?? open()
    self.reader = reader
    var piece: [UInt8] = []
    return try reader.read(into: &piece, upTo: 1 << 17) == 0 ? nil : piece
  }
}

/// The pieces of an archive of files that come in pieces themselves.
///
/// `@unchecked Sendable`: as `PieceSource`.
private final class TarPieces: @unchecked Sendable {
  private let members: [MemberRecord]
  private let sources: [@Sendable () -> @Sendable () throws -> [UInt8]?]
  private var place = 0
  private var content: (() throws -> [UInt8]?)?
  private var isOver = false

  init(_ members: [MemberRecord], _ sources: [@Sendable () -> @Sendable () throws -> [UInt8]?]) {
    self.members = members
    self.sources = sources
  }

  func next() throws -> [UInt8]? {
    if let content {
      if let piece = try content() { return piece }
      self.content = nil
      let padding = Tar.padding(members[place].size)
      place += 1
      if padding > 0 { return [UInt8](repeating: 0, count: padding) }
    }
    if place < members.count {
      content = sources[place]()
      return try Tar.header(name: members[place].name, size: members[place].size, modified: 0)
    }
    defer { isOver = true }
    return isOver ? nil : Tar.end
  }
}
