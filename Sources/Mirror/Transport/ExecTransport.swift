internal import CGit2
internal import Platform

/// git's protocol through the pipes of another program: `ssh HOST git-upload-pack PATH`, or git itself
/// for a folder of this machine, so that its hooks and rules hold there too.
///
/// libgit2 wants C structures that begin with its own; behind these stands a reference to the box of
/// the connection, which outlives them.
@unsafe private struct Subtransport {
  var base: git_smart_subtransport
  var box: Unmanaged<CallbackBox>
  var stream: UnsafeMutablePointer<Stream>?
}

@unsafe private struct Stream {
  var base: git_smart_subtransport_stream
  var box: Unmanaged<CallbackBox>
}

/// The callback that makes the transport of a remote.
let execTransport: git_transport_cb = { out, owner, payload in
  var definition = unsafe git_smart_subtransport_definition(
    callback: makeSubtransport, rpc: 0, param: payload)
  return unsafe git_transport_smart(out, owner, &definition)
}

private let makeSubtransport: git_smart_subtransport_cb = { out, owner, payload in
  guard let payload = unsafe payload, let out = unsafe out else { return -1 }
  let made = UnsafeMutablePointer<Subtransport>.allocate(capacity: 1)
  // Safe: the payload is the box of the connection; the library frees the structure by `free`.
  unsafe made.initialize(
    to: Subtransport(
      base: git_smart_subtransport(action: begin, close: closeSubtransport, free: freeSubtransport),
      box: Unmanaged<CallbackBox>.fromOpaque(payload)))
  unsafe out.pointee = UnsafeMutableRawPointer(made).assumingMemoryBound(
    to: git_smart_subtransport.self)
  return 0
}

private func subtransport(
  _ pointer: UnsafeMutablePointer<git_smart_subtransport>
) -> UnsafeMutablePointer<Subtransport> {
  // Safe: only structures made above come back to these callbacks.
  unsafe UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Subtransport.self)
}

private func box(_ pointer: UnsafeMutablePointer<git_smart_subtransport_stream>) -> CallbackBox {
  // Safe: only structures made below come back to these callbacks.
  unsafe UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Stream.self)
    .pointee.box.takeUnretainedValue()
}

private let begin:
  @convention(c) (
    UnsafeMutablePointer<UnsafeMutablePointer<git_smart_subtransport_stream>?>?,
    UnsafeMutablePointer<git_smart_subtransport>?, UnsafePointer<CChar>?, git_smart_service_t
  ) -> Int32 = { out, pointer, url, service in
    guard let out = unsafe out, let pointer = unsafe pointer else { return -1 }
    let own = unsafe subtransport(pointer)
    if let stream = unsafe own.pointee.stream {
      // The talk that began with the list of refs goes on.
      unsafe out.pointee = UnsafeMutableRawPointer(stream).assumingMemoryBound(
        to: git_smart_subtransport_stream.self)
      return 0
    }
    let box = unsafe own.pointee.box.takeUnretainedValue()
    let isPush = service == GIT_SERVICE_RECEIVEPACK_LS || service == GIT_SERVICE_RECEIVEPACK
    do throws(PlatformError) {
      let words = box.address.command?(isPush ? "git-receive-pack" : "git-upload-pack") ?? []
      box.process = try ChildProcess(
        words, environment: box.credentials.childEnvironment, complaints: .kept)
    } catch {
      box.context.fail(
        MirrorError(
          .networkFailed, place: box.address.shown,
          "\(error.place ?? "the program"): \(error.message)",
          hint: "git and ssh have to be installed"))
      return -1
    }
    let stream = UnsafeMutablePointer<Stream>.allocate(capacity: 1)
    unsafe stream.initialize(
      to: Stream(
        base: git_smart_subtransport_stream(
          subtransport: pointer, read: readStream, write: writeStream, free: freeStream),
        box: own.pointee.box))
    unsafe own.pointee.stream = stream
    unsafe out.pointee = UnsafeMutableRawPointer(stream).assumingMemoryBound(
      to: git_smart_subtransport_stream.self)
    return 0
  }

private let readStream:
  @convention(c) (
    UnsafeMutablePointer<git_smart_subtransport_stream>?, UnsafeMutablePointer<CChar>?, Int,
    UnsafeMutablePointer<Int>?
  ) -> Int32 = { pointer, buffer, count, got in
    guard let pointer = unsafe pointer, let got = unsafe got else { return -1 }
    let box = unsafe box(pointer)
    guard let process = box.process, !box.context.isCancelled else { return -1 }
    do throws(PlatformError) {
      // Safe: the library gives a buffer of `count` bytes.
      unsafe got.pointee = try process.read(
        into: UnsafeMutableRawBufferPointer(start: buffer, count: count),
        waiting: box.credentials.timeoutMilliseconds)
    } catch {
      box.context.fail(
        error.code == .interrupted
          ? MirrorError(
            .remoteTimeout, place: box.address.shown, "the other side said nothing for too long",
            hint: "run the command again; WF_REMOTE_TIMEOUT=SECONDS waits longer")
          : MirrorError(.networkFailed, place: box.address.shown, error.message))
      return -1
    }
    // What comes before our first word is the list of refs, which the library keeps in memory.
    if !box.hasSpoken { unsafe box.listedBytes += got.pointee }
    if box.listedBytes > CallbackBox.longestList {
      box.context.fail(
        MirrorError(
          .remoteTooLarge, place: box.address.shown,
          "the remote's list of refs is longer than \(CallbackBox.longestList) bytes"))
      return -1
    }
    box.context.moved()
    return 0
  }

private let writeStream:
  @convention(c) (
    UnsafeMutablePointer<git_smart_subtransport_stream>?, UnsafePointer<CChar>?, Int
  ) -> Int32 = { pointer, bytes, count in
    guard let pointer = unsafe pointer else { return -1 }
    let box = unsafe box(pointer)
    guard let process = box.process, !box.context.isCancelled else { return -1 }
    do throws(PlatformError) {
      box.hasSpoken = true
      // Safe: the library gives `count` bytes.
      try unsafe process.write(UnsafeRawBufferPointer(start: bytes, count: count))
    } catch {
      // What the other program says at its end tells more.
      return -1
    }
    box.context.moved()
    return 0
  }

private let freeStream:
  @convention(c) (UnsafeMutablePointer<git_smart_subtransport_stream>?) -> Void = { pointer in
    guard let pointer = unsafe pointer else { return }
    let stream = unsafe UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Stream.self)
    unsafe stream.pointee.box.takeUnretainedValue().process?.closeInput()
    if let owner = unsafe pointer.pointee.subtransport {
      unsafe subtransport(owner).pointee.stream = nil
    }
    unsafe stream.deinitialize(count: 1)
    unsafe stream.deallocate()
  }

private let closeSubtransport:
  @convention(c) (UnsafeMutablePointer<git_smart_subtransport>?) -> Int32 = { pointer in
    guard let pointer = unsafe pointer else { return 0 }
    unsafe subtransport(pointer).pointee.box.takeUnretainedValue().process?.closeInput()
    return 0
  }

private let freeSubtransport:
  @convention(c) (UnsafeMutablePointer<git_smart_subtransport>?) -> Void = { pointer in
    guard let pointer = unsafe pointer else { return }
    let own = unsafe subtransport(pointer)
    unsafe own.deinitialize(count: 1)
    unsafe own.deallocate()
  }
