internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Platform
internal import ShareRequests

/// Where the library's requests become ours, and our answers its.
struct ShareResponder: HTTPResponder {
  /// What the library knows of the connection.
  struct Context: InitializableFromSource, Sendable {
    let peer: SocketAddress?

    init(source: ApplicationRequestContextSource) { peer = source.channel.remoteAddress }
  }

  let dispatcher: Dispatcher
  let proxies: TrustedProxies

  func respond(to request: Request, context: Context) async throws -> Response {
    var headers: [String: [String]] = [:]
    for field in request.head.headerFields {
      headers[field.name.canonicalName, default: []].append(field.value)
    }
    if let authority = request.head.authority { headers["host"] = [authority] }
    let peer = ClientAddress(peer: context.peer)
    let reader = BodyIterator(request.body.makeAsyncIterator())
    let message = ServerRequest(
      method: request.head.method.rawValue, target: request.head.path ?? "",
      headers: RequestHeaders(headers),
      address: proxies.client(of: peer, forwarded: headers["x-forwarded-for"] ?? []),
      id: dispatcher.service.secrets.identifier("req_"),
      body: BodyReader { try await reader.next() })
    let answer = await dispatcher.respond(to: message)
    return response(answer, isHead: message.method == "HEAD")
  }

  private func response(_ answer: ServerResponse, isHead: Bool) -> Response {
    var fields = HTTPFields()
    for (name, value) in answer.headers {
      if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
    }
    if answer.status != 204, let name = HTTPField.Name("Content-Length") {
      fields[name] = String(answer.size)
    }
    let status = HTTPResponse.Status(code: answer.status)
    if isHead || answer.size == 0 {
      var response = Response(status: status, headers: fields)
      // The library writes a length of its own where there is no body.
      response.headers = fields
      return response
    }
    switch answer.body {
    case .bytes(let bytes):
      return Response(
        status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    case .pieces(let size, let start):
      let next = start()
      let blocking = dispatcher.service.blocking
      return Response(
        status: status, headers: fields,
        body: ResponseBody(contentLength: size) { writer in
          while let piece = try await blocking.run(next) {
            try await writer.write(ByteBuffer(bytes: piece))
          }
          try await writer.finish(nil)
        })
    }
  }
}

/// The library's iterator in a box, since it is changed by each step.
private final class BodyIterator {
  private var iterator: RequestBody.AsyncIterator

  init(_ iterator: RequestBody.AsyncIterator) { self.iterator = iterator }

  func next() async throws -> [UInt8]? {
    guard let buffer = try await iterator.next() else { return nil }
    return Array(buffer.readableBytesView)
  }
}

extension ClientAddress {
  /// The other end of a connection; a socket in the file system counts as this machine.
  init(peer: SocketAddress?) {
    self = peer?.ipAddress.flatMap { ClientAddress($0) } ?? ClientAddress(bytes: [127, 0, 0, 1])
  }
}
