internal import CGit2
import GitRemotes

/// What libgit2's callbacks get as their payload.
///
/// Lives as long as the connection.
final class CallbackBox {
  let context: TransferContext
  let credentials: CredentialSource
  let address: TransportAddress
  /// The talk through another program; nil where libgit2 talks itself.
  let talk: ServiceTalk?

  init(
    context: TransferContext, credentials: CredentialSource, address: TransportAddress,
    talk: ServiceTalk?
  ) {
    self.talk = talk
    self.context = context
    self.credentials = credentials
    self.address = address
  }

  private static func of(_ payload: UnsafeMutableRawPointer?) -> CallbackBox? {
    // Safe: the payload is the box of a connection that is being used.
    unsafe payload.map { unsafe Unmanaged<CallbackBox>.fromOpaque($0).takeUnretainedValue() }
  }

  func callbacks() -> git_remote_callbacks {
    var callbacks = unsafe git_remote_callbacks()
    unsafe git_remote_init_callbacks(&callbacks, UInt32(GIT_REMOTE_CALLBACKS_VERSION))
    unsafe callbacks.payload = Unmanaged.passUnretained(self).toOpaque()
    unsafe callbacks.sideband_progress = { text, count, payload in
      guard let box = unsafe CallbackBox.of(payload), let text = unsafe text, count > 0 else {
        return 0
      }
      // Safe: the library gives `count` bytes.
      let bytes = unsafe UnsafeRawBufferPointer(start: text, count: Int(count))
      box.context.said(unsafe String(decoding: bytes, as: UTF8.self))
      return box.goOn()
    }
    unsafe callbacks.transfer_progress = { stats, payload in
      guard let box = unsafe CallbackBox.of(payload), let stats = unsafe stats?.pointee else {
        return 0
      }
      box.context.progress(
        .download, Int(stats.received_objects), Int(stats.total_objects))
      if stats.received_bytes > box.context.limit {
        box.context.fail(
          MirrorError(
            .remoteTooLarge, place: box.address.shown,
            "the remote sends more than \(box.context.limit) bytes"))
        return GIT_EUSER.rawValue
      }
      return box.goOn()
    }
    unsafe callbacks.push_transfer_progress = { current, total, bytes, payload in
      guard let box = unsafe CallbackBox.of(payload) else { return 0 }
      box.context.progress(.upload, Int(current), Int(total))
      return box.goOn()
    }
    unsafe callbacks.push_update_reference = { name, status, payload in
      guard let box = unsafe CallbackBox.of(payload), let name = unsafe name else { return 0 }
      // Safe: both are C strings for the length of the call.
      unsafe box.context.answered(
        String(cString: name), status.map { unsafe MirrorError.tidy(String(cString: $0)) })
      return 0
    }
    unsafe callbacks.certificate_check = { certificate, isValid, host, payload in
      guard let box = unsafe CallbackBox.of(payload) else { return GIT_ECERTIFICATE.rawValue }
      if isValid == 1 { return 0 }
      box.context.fail(
        MirrorError(
          .certificateInvalid, place: box.address.shown,
          "the server's certificate is not one that this machine believes",
          hint: "GIT_SSL_CAINFO names a file of further authorities"))
      return GIT_ECERTIFICATE.rawValue
    }
    unsafe callbacks.credentials = { out, url, user, allowed, payload in
      guard let box = unsafe CallbackBox.of(payload), let out = unsafe out else {
        return GIT_EAUTH.rawValue
      }
      return unsafe box.giveCredentials(out, allowed: allowed)
    }
    if talk != nil { unsafe callbacks.transport = execTransport }
    return unsafe callbacks
  }

  private func goOn() -> Int32 {
    context.moved()
    return context.isCancelled ? GIT_EUSER.rawValue : 0
  }

  private func giveCredentials(
    _ out: UnsafeMutablePointer<UnsafeMutablePointer<git_credential>?>, allowed: UInt32
  ) -> Int32 {
    do throws(MirrorError) {
      guard allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT.rawValue != 0 else {
        throw MirrorError(
          .authenticationFailed, place: address.shown,
          "the server wants a way of logging in that is not known here")
      }
      let login = try credentials.next(attempt: context.nextAttempt())
      // Safe: both are C strings for the length of the call, which copies them.
      return unsafe git_credential_userpass_plaintext_new(out, login.user, login.password)
    } catch {
      context.fail(error)
      return GIT_EAUTH.rawValue
    }
  }

  /// The other program has the time to do what comes after its last word.
  func finish() { talk?.finish() }
}
