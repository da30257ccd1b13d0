internal import NIOCore

/// What a connection is doing and since when; the first handler of its pipeline, asked once a second.
///
/// Slow clients (of headers, of bodies, of answers) are told from a slow server: a body's time runs
/// only while the server would take more. Belongs to its event loop.
final class ConnectionTimes: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = IOData

  private enum Phase { case waiting, head, body, answer, lingering }

  private let limits: ServerLimits
  private let now: @Sendable () -> Int64
  private var phase = Phase.waiting
  private var since: Int64
  private var bodyBytes = 0
  /// Half seconds of the body in which the server waited for the client.
  private var halvesWaited: Int64 = 0
  private var isReadWanted = false
  private var isFirst = true
  private var writesOpen = 0
  private var lastWrite: Int64
  /// Since when the server wants to end.
  private var quietSince: Int64?
  private var ticks: RepeatedTask?
  var closesAfterAnswer = false
  private(set) var hasRequestEnded = true
  private(set) var hasAnswerBegun = false
  /// Called when time is up.
  var timeIsUp: ((_ isWithinRequest: Bool) -> Void)?

  init(limits: ServerLimits, now: @escaping @Sendable () -> Int64) {
    self.limits = limits
    self.now = now
    since = now()
    lastWrite = since
  }

  func handlerAdded(context: ChannelHandlerContext) {
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    ticks = context.eventLoop.scheduleRepeatedTask(
      initialDelay: .milliseconds(500), delay: .milliseconds(500)
    ) { _ in bound.value.tick() }
  }

  func handlerRemoved(context: ChannelHandlerContext) { stop() }

  func channelInactive(context: ChannelHandlerContext) {
    stop()
    context.fireChannelInactive()
  }

  private func stop() {
    ticks?.cancel()
    ticks = nil
    timeIsUp = nil
  }

  // MARK: - What happens

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    isReadWanted = false
    if phase == .waiting { enter(.head) }
    context.fireChannelRead(data)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ChannelShouldQuiesceEvent { quietSince = now() }
    context.fireUserInboundEventTriggered(event)
  }

  func read(context: ChannelHandlerContext) {
    isReadWanted = true
    context.read()
  }

  func headEnded() {
    hasRequestEnded = false
    hasAnswerBegun = false
    bodyBytes = 0
    halvesWaited = 0
    isFirst = false
    enter(.body)
  }

  func bodyCame(_ count: Int) { bodyBytes += count }

  func requestEnded() {
    hasRequestEnded = true
    if phase == .body { enter(.answer) }
  }

  func writeBegan() {
    hasAnswerBegun = true
    writesOpen += 1
    if writesOpen == 1 { lastWrite = now() }
  }

  func writeEnded() {
    writesOpen -= 1
    lastWrite = now()
  }

  func answerEnded() { if hasRequestEnded { enter(.waiting) } }

  /// Output is closed; what still comes is thrown away, not for long.
  func lingers() { enter(.lingering) }

  private func enter(_ next: Phase) {
    phase = next
    since = now()
  }

  // MARK: - What is too long

  private func tick() {
    let time = now()
    if let quietSince, time - quietSince >= limits.shutdown { return up(false) }
    if writesOpen > 0, time - lastWrite >= limits.writeStall { return up(false) }
    let age = time - since
    switch phase {
    case .waiting:
      // A new connection has to say something soon; one that was used may rest.
      if age >= (isFirst ? limits.headerTime : limits.keepAlive) { up(false) }
    case .head: if age >= limits.headerTime { up(true) }
    case .body:
      if isReadWanted { halvesWaited += 1 }
      let waited = halvesWaited / 2
      let isSlow = waited > limits.bodyGrace && bodyBytes < Int(waited) * limits.bodyRate
      if isSlow || age >= limits.bodyTime { up(true) }
    case .answer: break
    case .lingering: if age >= 2 { up(false) }
    }
  }

  private func up(_ isWithinRequest: Bool) {
    let act = timeIsUp
    if phase == .lingering || !isWithinRequest { timeIsUp = nil }
    enter(.lingering)
    act?(isWithinRequest)
  }
}
