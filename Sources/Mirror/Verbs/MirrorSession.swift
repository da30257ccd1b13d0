public import GitRemotes
public import History
import JSON
import ObjectStore
public import Platform
import Signing

/// Runs what `wf` asks for: one request, many events, the last of which is a result or a failure.
public struct MirrorService: Sendable {
  let surroundings: Surroundings
  let files: FileSystem
  let context: TransferContext
  let emit: @Sendable (RemoteEvent) -> Void
  /// What is checked of what comes; less than everything only where no packages are to be expected.
  public var scope: Arrivals.Scope = .full

  public init(
    surroundings: Surroundings, files: FileSystem, context: TransferContext,
    emit: @escaping @Sendable (RemoteEvent) -> Void
  ) {
    self.surroundings = surroundings
    self.files = files
    self.context = context
    self.emit = emit
  }

  /// Seconds without a byte after which a watcher ends the program.
  public static func patience(_ environment: [String: String]) -> Double {
    Double(CredentialSource.timeout(environment) + 2)
  }

  /// Does it and tells the end.
  public func run(_ line: [UInt8]) {
    do {
      guard let json = try? JSONValue.parse(line), let request = RemoteRequest(json) else {
        throw MirrorError(.mirrorRequestInvalid, "this is no request of wf")
      }
      let (rows, objects) = try perform(request)
      for remark in context.remarks { emit(.remark(remark)) }
      emit(.result(rows: rows, objects: objects))
    } catch let failure as any Failure {
      for remark in context.remarks { emit(.remark(remark)) }
      emit(.failure(RefRefusal(failure)))
    } catch {
      emit(
        .failure(
          RefRefusal(
            kind: .bug, reason: "bug", message: "something that should not happen did: \(error)",
            place: nil, hint: nil)))
    }
  }

  private func perform(_ request: RemoteRequest) throws -> ([RemoteRow], Int) {
    let user = try KeyFolder(environment: surroundings.environment, files: files)
    let options = try VerifyOptions(
      user: user, files: files, trust: request.trust, revoked: request.revoked)
    if request.verb == .clone { return try clone(request, user, options) }
    let objects = try ObjectStore.open(at: request.store, system: files)
    let store = EvidenceStore(objects: objects, user: user, surroundings: surroundings)
    let remote = try RemoteList(objects).named(request.remote)
    do {
      return try perform(request, store, remote, options)
    } catch let error as MirrorError where error.code == .mirrorDamaged {
      // It holds nothing that is not elsewhere too.
      try MirrorFolder.discard(of: objects)
      return try perform(request, store, remote, options)
    }
  }

  private func perform(
    _ request: RemoteRequest, _ store: EvidenceStore, _ remote: Remote, _ options: VerifyOptions
  ) throws -> ([RemoteRow], Int) {
    let session = try MirrorSession(
      store: store, remote: remote, options: options, context: context)
    defer { if !request.isDryRun { session.mirror.tidy() } }
    switch request.verb {
    case .push: return try session.push(request)
    case .fetch, .clone:
      let fetched = try session.fetch(
        Fetch(
          slugs: request.slugs, isDryRun: request.isDryRun, movesClaims: request.movesClaims,
          scope: scope))
      return (fetched.rows, fetched.objects)
    case .check: return (try session.compare(request.slugs), 0)
    }
  }

  private func clone(
    _ request: RemoteRequest, _ user: KeyFolder, _ options: VerifyOptions
  ) throws -> ([RemoteRow], Int) {
    let remote = try Remote(
      name: request.remote,
      address: RemoteAddress(request.address ?? "", from: files.currentDirectory()),
      namespace: request.namespace)
    return try makeStore(
      in: request.store, user: user, surroundings: surroundings, files: files
    ) { store in
      var list = try RemoteList(store.objects)
      try list.add(remote)
      let session = try MirrorSession(
        store: store, remote: remote, options: options, context: context)
      let fetched = try session.fetch(
        Fetch(slugs: request.slugs, isDryRun: false, movesClaims: true))
      // A log that is refused keeps no claim back; its row says so, and the exit code.
      let claims = fetched.rows.filter { !$0.name.hasPrefix("refs/wf/") }
      if let refusal = claims.lazy.compactMap(\.refusal).first { throw refusal }
      guard fetched.rows.contains(where: { $0.name.hasPrefix("refs/heads/") }) else {
        throw HistoryError(
          .claimUnknown, place: remote.address.text, "the remote has no claim",
          hint: "somebody has to wf push first; claims are looked for below \(remote.claimPrefix)")
      }
      return (fetched.rows, fetched.objects)
    }
  }
}

/// A store, its mirror and one remote.
final class MirrorSession {
  let store: EvidenceStore
  let remote: Remote
  let options: VerifyOptions
  let context: TransferContext
  let mirror: MirrorFolder
  let view: RemoteView
  private let address: TransportAddress

  init(
    store: EvidenceStore, remote: Remote, options: VerifyOptions, context: TransferContext
  ) throws {
    self.store = store
    self.remote = remote
    self.options = options
    self.context = context
    let environment = store.surroundings.environment
    let scheme: String? =
      if case .web(let scheme, _, _, _, _) = remote.address.place { scheme } else { nil }
    let authorities = environment["GIT_SSL_CAINFO"] ?? environment["SSL_CERT_FILE"]
    mirror = try MirrorFolder(
      of: store.objects, environment: CredentialSource.forOthers(environment),
      authorities: scheme == nil ? nil : authorities)
    view = RemoteView(
      store: store, remote: remote, map: mirror.map, context: context, options: { options })
    // libgit2 1.5 connects to the server of an http address whatever proxy it is told of.
    if scheme == "http",
      ["http_proxy", "HTTP_PROXY"].contains(where: { environment[$0]?.isEmpty == false })
    {
      context.note(
        "http_proxy is not used: an http address is connected to directly; https goes through https_proxy"
      )
    }
    address = TransportAddress(
      remote.address, environment: environment, hasGit: store.files.hasGit(environment))
  }

  /// Connects and reads the refs that the remote tells.
  ///
  /// - Parameter repository: where objects go to or come from; asked for where libgit2 is needed.
  func open(
    _ service: ServiceTalk.Service, _ repository: @escaping () throws -> MirrorRepository
  ) throws -> OpenRemote {
    try OpenRemote(
      service, at: address,
      credentials: CredentialSource(
        remote.address, environment: store.surroundings.environment),
      context: context, repository: repository)
  }

  func compare(_ slugs: [String]) throws -> [RemoteRow] {
    let opened = try open(.uploadPack) { try self.mirror.repository() }
    opened.takeLeave()
    return try view.compare(opened.heads, slugs)
  }
}
