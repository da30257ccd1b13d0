internal import NIOCore
internal import NIOHTTP1

/// Watches over one connection: sizes, times and the headers that every answer has.
///
/// It stands between the parser and everything else, so that nothing leaves without the headers,
/// not even the answer to what is no HTTP at all. Belongs to its event loop.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private let limits: ServerLimits
  private let headers: SecurityHeaders
  private let times: ConnectionTimes
  private let refusals: ConnectionRefusals
  /// An answer of the guard's own was begun: whatever else would be written is dropped.
  private var isRefused = false

  init(
    limits: ServerLimits, headers: SecurityHeaders, times: ConnectionTimes,
    refusals: ConnectionRefusals
  ) {
    self.limits = limits
    self.headers = headers
    self.times = times
    self.refusals = refusals
  }

  func handlerAdded(context: ChannelHandlerContext) {
    // Forgotten with the connection (`ConnectionTimes.stop`).
    times.timeIsUp = { self.timeIsUp(context: context, isWithinRequest: $0) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if isRefused { return }
    switch unwrapInboundIn(data) {
    case .head(let head):
      times.headEnded()
      if head.uri.utf8.count > limits.target { return refuse(context, .targetTooLong) }
      let lengths = head.headers["content-length"]
      let isChunked = head.headers.contains(name: "transfer-encoding")
      // Two ways to say where a request ends are one too many (RFC 9112, 6.3).
      if lengths.count > 1 || (isChunked && !lengths.isEmpty)
        || head.version != .http1_1 && isChunked
      {
        return refuse(context, .malformed)
      }
      if head.version.major == 1, head.version.minor >= 1, head.headers["host"].count != 1 {
        return refuse(context, .malformed)
      }
      if head.headers["expect"].contains(where: { $0.lowercased() == "100-continue" }) {
        // What is too large is refused by the route, without waiting for the body.
        let go = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(go)), promise: nil)
      }
    case .body(let bytes): times.bodyCame(bytes.readableBytes)
    case .end: times.requestEnded()
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if isRefused {
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    var part = unwrapOutboundIn(data)
    if case .head(var head) = part {
      for (name, value) in headers.all { head.headers.replaceOrAdd(name: name, value: value) }
      if !head.headers.contains(name: "cache-control") {
        head.headers.add(name: "Cache-Control", value: "no-store")
      }
      // An answer before the request's end: what is left of it is not waited for.
      if !times.hasRequestEnded {
        head.headers.replaceOrAdd(name: "Connection", value: "close")
        times.closesAfterAnswer = true
      }
      part = .head(head)
    }
    let isEnd = if case .end = part { true } else { false }
    times.writeBegan()
    let done = promise ?? context.eventLoop.makePromise()
    let times = times
    let bound = NIOLoopBound(times, eventLoop: context.eventLoop)
    done.futureResult.whenComplete { _ in bound.value.writeEnded() }
    context.write(wrapOutboundOut(part), promise: done)
    if isEnd {
      times.answerEnded()
      if times.closesAfterAnswer {
        context.flush()
        context.close(mode: .output, promise: nil)
        times.lingers()
      }
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard !isRefused, let error = error as? HTTPParserError else {
      context.fireErrorCaught(error)
      return
    }
    refuse(context, error == .headerOverflow ? .headerTooLarge : .malformed)
  }

  /// Time is up, by `ConnectionTimes`: whoever waits within a request is told so.
  private func timeIsUp(context: ChannelHandlerContext, isWithinRequest: Bool) {
    if isWithinRequest && !times.hasAnswerBegun { return refuse(context, .timeout) }
    context.close(promise: nil)
  }

  /// Answers with a status alone and ends the connection.
  private func refuse(_ context: ChannelHandlerContext, _ refusal: ConnectionRefusal) {
    isRefused = true
    refusals.note(refusal)
    guard let status = refusal.status else { return context.close(promise: nil) }
    var head = HTTPResponseHead(version: .http1_1, status: status)
    for (name, value) in headers.all { head.headers.add(name: name, value: value) }
    head.headers.add(name: "Cache-Control", value: "no-store")
    head.headers.add(name: "Content-Length", value: "0")
    head.headers.add(name: "Connection", value: "close")
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    let times = NIOLoopBound(times, eventLoop: context.eventLoop)
    context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
      // The client gets the answer before the connection is reset under what it still sends.
      bound.value.close(mode: .output, promise: nil)
      times.value.lingers()
    }
  }
}
