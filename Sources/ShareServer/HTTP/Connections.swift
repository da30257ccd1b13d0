internal import NIOCore
internal import NIOHTTP1
internal import ShareRequests
internal import Synchronization

/// How many connections there are, in all and from each address.
final class Connections: Sendable {
  private struct State {
    var total = 0
    var counts: [String: Int] = [:]
  }

  private let limits: ServerLimits
  private let proxies: TrustedProxies
  private let state = Mutex(State())

  init(limits: ServerLimits, proxies: TrustedProxies) {
    self.limits = limits
    self.proxies = proxies
  }

  /// Counts a connection; false where it is one too many.
  func open(_ peer: ClientAddress) -> Bool {
    state.withLock { state in
      state.total += 1
      state.counts[peer.client, default: 0] += 1
      // All clients of a trusted proxy share its address.
      let isCrowd =
        !proxies.trusts(peer)
        && state.counts[peer.client, default: 0] > limits.connectionsPerAddress
      return state.total <= limits.connections && !isCrowd
    }
  }

  func close(_ peer: ClientAddress) {
    state.withLock { state in
      state.total -= 1
      let left = state.counts[peer.client, default: 1] - 1
      state.counts[peer.client] = left > 0 ? left : nil
    }
  }
}

/// Puts the handlers of a new connection in their places, around those of the library.
final class PipelineSetup: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = Any

  private let limits: ServerLimits
  private let headers: SecurityHeaders
  private let connections: Connections
  private let refusals: ConnectionRefusals
  private let now: @Sendable () -> Int64

  init(
    limits: ServerLimits, headers: SecurityHeaders, connections: Connections,
    refusals: ConnectionRefusals, now: @escaping @Sendable () -> Int64
  ) {
    self.limits = limits
    self.headers = headers
    self.connections = connections
    self.refusals = refusals
    self.now = now
  }

  func handlerAdded(context: ChannelHandlerContext) {
    let pipeline = context.pipeline.syncOperations
    let times = ConnectionTimes(limits: limits, now: now)
    let guardian = ConnectionGuard(
      limits: limits, headers: headers, times: times, refusals: refusals)
    do {
      let parser = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
      try pipeline.addHandler(times, position: .first)
      try pipeline.addHandler(guardian, position: .after(parser))
    } catch {
      // Without its guard a connection must not be served.
      return context.close(promise: nil)
    }
    let peer = ClientAddress(peer: context.channel.remoteAddress)
    let isWelcome = connections.open(peer)
    let connections = connections
    context.channel.closeFuture.whenComplete { _ in connections.close(peer) }
    if !isWelcome {
      refusals.note(.tooMany)
      context.close(promise: nil)
    }
  }
}
