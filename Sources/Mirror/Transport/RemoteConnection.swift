internal import CGit2
import GitRemotes
internal import Platform

/// One connection to a remote: look once, then take or give.
///
/// Owns its handle; belongs to one thread.
@safe final class RemoteConnection {
  private let remote: OpaquePointer
  private let context: TransferContext
  private let box: CallbackBox
  private let place: String
  // The repository has to outlive the remote.
  private let repository: MirrorRepository

  /// - Parameter talk: where another program talks for us, with the list of refs to be read.
  init(
    _ address: TransportAddress, in repository: MirrorRepository, context: TransferContext,
    credentials: CredentialSource, talk: ServiceTalk?
  ) throws(MirrorError) {
    self.repository = repository
    self.context = context
    place = address.shown
    box = CallbackBox(
      context: context, credentials: credentials, address: address, talk: talk)
    var options = unsafe git_remote_create_options()
    unsafe git_remote_create_options_init(&options, UInt32(GIT_REMOTE_CREATE_OPTIONS_VERSION))
    // Neither the settings of a user nor of the mirror may send to another address.
    unsafe options.flags =
      GIT_REMOTE_CREATE_SKIP_INSTEADOF.rawValue
      | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC.rawValue
    unsafe options.repository = repository.repository
    var remote: OpaquePointer?
    try GitLibrary.check(
      unsafe git_remote_create_with_opts(&remote, address.url, &options), place)
    guard let remote = unsafe remote else {
      throw MirrorError(.libraryFailed, "no remote was made")
    }
    unsafe self.remote = remote
  }

  deinit {
    unsafe git_remote_disconnect(remote)
    unsafe git_remote_free(remote)
    box.finish()
  }

  func connect(_ service: ServiceTalk.Service) throws(MirrorError) {
    var options = unsafe git_remote_connect_options()
    unsafe git_remote_connect_options_init(
      &options, UInt32(GIT_REMOTE_CONNECT_OPTIONS_VERSION))
    unsafe options.callbacks = box.callbacks()
    unsafe options.proxy_opts.type = GIT_PROXY_AUTO
    unsafe options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
    let way = service == .uploadPack ? GIT_DIRECTION_FETCH : GIT_DIRECTION_PUSH
    try check(
      context.waiting { unsafe git_remote_connect_ext(remote, way, &options) })
    box.credentials.accepted()
  }

  /// The refs that the remote told when the connection was made.
  func heads() throws(MirrorError) -> [RemoteHead] {
    var list: UnsafeMutablePointer<UnsafePointer<git_remote_head>?>?
    var count = 0
    try check(unsafe git_remote_ls(&list, &count, remote))
    var heads: [RemoteHead] = []
    heads.reserveCapacity(count)
    for index in 0..<count {
      // Safe: the library gives `count` heads that live as long as the connection.
      guard let head = unsafe list?[index], let name = unsafe head.pointee.name else { continue }
      heads.append(
        unsafe RemoteHead(name: String(cString: name), id: SHA1ID(head.pointee.oid)))
    }
    return heads
  }

  /// Takes what the refs lead to into the repository's objects.
  func download(_ refs: [String]) throws(MirrorError) {
    var options = unsafe git_fetch_options()
    unsafe git_fetch_options_init(&options, UInt32(GIT_FETCH_OPTIONS_VERSION))
    unsafe options.callbacks = box.callbacks()
    unsafe options.proxy_opts.type = GIT_PROXY_AUTO
    unsafe options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
    unsafe options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE
    unsafe options.update_fetchhead = 0
    let code = unsafe withStrings(refs) { list in
      context.waiting { unsafe git_remote_download(remote, list, &options) }
    }
    try check(code)
    repository.refresh()
  }

  /// Sends objects and asks the remote to move refs, each if it is still where `heads` said.
  ///
  /// - Parameter updates: full names of refs of the mirror and of the remote, in this order.
  /// - Throws: what stopped the whole push; what became of each ref is in the context.
  func upload(_ updates: [(own: String, name: String)]) throws(MirrorError) {
    var options = unsafe git_push_options()
    unsafe git_push_options_init(&options, UInt32(GIT_PUSH_OPTIONS_VERSION))
    unsafe options.callbacks = box.callbacks()
    unsafe options.proxy_opts.type = GIT_PROXY_AUTO
    unsafe options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
    unsafe options.pb_parallelism = UInt32(processorCount())
    let specs = updates.map { "\($0.own):\($0.name)" }
    let code = unsafe withStrings(specs) { list in
      context.waiting { unsafe git_remote_upload(remote, list, &options) }
    }
    try check(code)
  }

  /// The failure of a callback or of the other program says more than libgit2's.
  private func check(_ code: Int32) throws(MirrorError) {
    if code >= 0 {
      _ = context.takeFailure()
      return
    }
    let (text, area) = GitLibrary.lastError()
    if code == GIT_EAUTH.rawValue { box.credentials.refused() }
    if context.isCancelled { box.talk?.end() }
    try context.checkGoOn()
    if let failure = context.takeFailure() { throw failure }
    var error = MirrorError(library: code, area: area, text: text, place: place)
    // The library has no word for an end in the middle of a talk.
    if error.code == .libraryFailed, area == GIT_ERROR_NONE {
      error = MirrorError(
        .networkFailed, place: place, "the connection ended before its time",
        hint: "run the command again")
    }
    // Where the talk broke off, the other program knows why; else it only says that we hung up.
    throw (error.code == .networkFailed ? box.talk?.complaint() : nil) ?? error
  }
}

/// Gives C strings to a call.
private func withStrings(
  _ texts: [String], _ body: (UnsafePointer<git_strarray>) -> Int32
) -> Int32 {
  var copies: [UnsafeMutablePointer<CChar>?] = unsafe texts.map { text in
    let bytes = Array(text.utf8CString)
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
    unsafe copy.initialize(from: bytes, count: bytes.count)
    return unsafe copy
  }
  defer { for index in unsafe copies.indices { unsafe copies[index]?.deallocate() } }
  return unsafe copies.withUnsafeMutableBufferPointer { buffer in
    var list = unsafe git_strarray(strings: buffer.baseAddress, count: buffer.count)
    return unsafe body(&list)
  }
}
