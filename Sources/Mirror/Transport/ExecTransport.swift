internal import CGit2
import GitRemotes

/// Lets libgit2 go on with a talk of ours.
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
    guard let talk = box.talk else { return -1 }
    do throws(MirrorError) {
      // Safe: the library gives a buffer of `count` bytes.
      unsafe got.pointee = try talk.read(
        into: UnsafeMutableRawBufferPointer(start: buffer, count: count))
      return 0
    } catch {
      box.context.fail(error)
      return -1
    }
  }

private let writeStream:
  @convention(c) (
    UnsafeMutablePointer<git_smart_subtransport_stream>?, UnsafePointer<CChar>?, Int
  ) -> Int32 = { pointer, bytes, count in
    guard let pointer = unsafe pointer else { return -1 }
    let box = unsafe box(pointer)
    guard let talk = box.talk else { return -1 }
    do throws(MirrorError) {
      // Safe: the library gives `count` bytes.
      try unsafe talk.write(UnsafeRawBufferPointer(start: bytes, count: count))
      return 0
    } catch {
      box.context.fail(error)
      return -1
    }
  }

private let freeStream:
  @convention(c) (UnsafeMutablePointer<git_smart_subtransport_stream>?) -> Void = { pointer in
    guard let pointer = unsafe pointer else { return }
    let stream = unsafe UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Stream.self)
    unsafe stream.pointee.box.takeUnretainedValue().talk?.closeInput()
    if let owner = unsafe pointer.pointee.subtransport {
      unsafe subtransport(owner).pointee.stream = nil
    }
    unsafe stream.deinitialize(count: 1)
    unsafe stream.deallocate()
  }

private let closeSubtransport:
  @convention(c) (UnsafeMutablePointer<git_smart_subtransport>?) -> Int32 = { pointer in
    guard let pointer = unsafe pointer else { return 0 }
    let own = unsafe subtransport(pointer)
    // The library closes what it is going to begin, too.
    if unsafe own.pointee.stream != nil {
      unsafe own.pointee.box.takeUnretainedValue().talk?.closeInput()
    }
    return 0
  }

private let freeSubtransport:
  @convention(c) (UnsafeMutablePointer<git_smart_subtransport>?) -> Void = { pointer in
    guard let pointer = unsafe pointer else { return }
    let own = unsafe subtransport(pointer)
    unsafe own.deinitialize(count: 1)
    unsafe own.deallocate()
  }
