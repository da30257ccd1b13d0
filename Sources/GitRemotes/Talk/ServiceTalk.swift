internal import Platform

/// A talk with one of git's services through the pipes of another program: `ssh HOST git-upload-pack PATH`,
/// or git itself for a folder of this machine, so that its hooks and rules hold there too.
///
/// Version 0 of gitprotocol-pack(5). Belongs to one thread.
public final class ServiceTalk {
  public enum Service: String, Sendable {
    case uploadPack = "git-upload-pack"
    case receivePack = "git-receive-pack"
  }

  private let process: ChildProcess
  let context: TransferContext
  private let address: TransportAddress
  private let patience: Int32
  /// What errors show.
  var place: String { address.shown }
  /// What came: the list of refs as a whole, later what was not taken yet.
  private var buffer: [UInt8] = []
  private var taken = 0
  private var isListing = true

  /// Bytes of the longest list of refs that is read: some half a million refs.
  static var longestList: Int { 64 << 20 }

  /// Starts the program.
  ///
  /// - Throws: `network_failed` where it cannot be started.
  public init(
    _ service: Service, at address: TransportAddress, credentials: CredentialSource,
    context: TransferContext
  ) throws(MirrorError) {
    self.address = address
    self.context = context
    patience = credentials.timeoutMilliseconds
    let words = address.command?(service.rawValue) ?? []
    do throws(PlatformError) {
      process = try ChildProcess(
        words, environment: credentials.childEnvironment, complaints: .kept)
    } catch {
      throw MirrorError(
        .networkFailed, place: address.shown, "\(error.place ?? "the program"): \(error.message)",
        hint: "git and ssh have to be installed")
    }
  }

  /// The refs that the service tells first.
  ///
  /// - Throws: `remote_too_large` `remote_timeout` `remote_not_found` `network_failed` …: what the other
  ///   program said, where it said something.
  public func advertisement() throws(MirrorError) -> RefAdvertisement {
    var result = RefAdvertisement()
    while case .data(let line) = try context.waiting({ () throws(MirrorError) in try packet() }) {
      do throws(RefAdvertisement.Mistake) {
        try result.take(line)
      } catch {
        throw meaning(of: error)
      }
    }
    isListing = false
    return result
  }

  /// Lets whoever reads next read the list of refs once more; right after it was read.
  public func rewind() { taken = 0 }

  private func meaning(of mistake: RefAdvertisement.Mistake) -> MirrorError {
    switch mistake {
    case .refused(let said):
      address.error(said: MirrorError.tidy(said))
        ?? MirrorError(.networkFailed, place: address.shown, "the service ended the talk")
    case .otherHash:
      MirrorError(
        .remoteNotFound, place: address.shown,
        "there is a SHA-256 repository; remotes are SHA-1 repositories",
        hint: "git init --bare makes one")
    case .noRef:
      complaint()
        ?? MirrorError(
          .networkFailed, place: address.shown, "the other side does not speak git's protocol",
          hint: "a program of the login there may write something first; run the command again")
    }
  }

  // MARK: - Bytes

  /// The next line.
  func packet() throws(MirrorError) -> Packet {
    guard let length = Packet.length(try take(4)), length == 0 || (4...65_524).contains(length)
    else { throw meaning(of: .noRef) }
    return length == 0 ? .flush : .data(Array(try take(length - 4)))
  }

  private func take(_ count: Int) throws(MirrorError) -> ArraySlice<UInt8> {
    while buffer.count - taken < count { try fill() }
    defer { taken += count }
    return buffer[taken..<(taken + count)]
  }

  private func fill() throws(MirrorError) {
    var failure: MirrorError?
    let new = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { room, filled in
      do throws(MirrorError) {
        filled = try unsafe receive(into: UnsafeMutableRawBufferPointer(room))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    if new.isEmpty {
      throw complaint() ?? broken
    }
    if !isListing {
      buffer.removeSubrange(..<taken)
      taken = 0
    }
    buffer += new
  }

  /// Reads what is there, waiting for the first byte; 0 at the end.
  public func read(into room: UnsafeMutableRawBufferPointer) throws(MirrorError) -> Int {
    if taken == buffer.count { return try unsafe receive(into: room) }
    let count = min(room.count, buffer.count - taken)
    unsafe room.copyBytes(from: buffer[taken..<(taken + count)])
    taken += count
    return count
  }

  private func receive(into room: UnsafeMutableRawBufferPointer) throws(MirrorError) -> Int {
    try context.checkGoOn()
    let count: Int
    do throws(PlatformError) {
      count = try unsafe process.read(into: room, waiting: patience)
    } catch {
      throw error.code == .interrupted
        ? MirrorError(
          .remoteTimeout, place: address.shown, "the other side said nothing for too long",
          hint: "run the command again; WF_REMOTE_TIMEOUT=SECONDS waits longer")
        : MirrorError(.networkFailed, place: address.shown, error.message)
    }
    if isListing, buffer.count + count > Self.longestList {
      throw MirrorError(
        .remoteTooLarge, place: address.shown,
        "the remote's list of refs is longer than \(Self.longestList) bytes")
    }
    context.moved()
    return count
  }

  /// Writes all bytes.
  ///
  /// - Throws: `network_failed`, or what the other program said before it took no more.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(MirrorError) {
    do throws(MirrorError) {
      try unsafe send(bytes)
    } catch {
      throw error.code == .networkFailed ? complaint() ?? error : error
    }
  }

  /// Writes all bytes; why the program took no more is for the caller to find out.
  func send(_ bytes: UnsafeRawBufferPointer) throws(MirrorError) {
    try context.checkGoOn()
    do throws(PlatformError) {
      try unsafe process.write(bytes)
    } catch {
      throw broken
    }
    context.moved()
  }

  func send(_ bytes: [UInt8]) throws(MirrorError) {
    try unsafe bytes.withRawBytes { (raw) throws(MirrorError) in try unsafe send(raw) }
  }

  private var broken: MirrorError {
    MirrorError(
      .networkFailed, place: address.shown, "the connection ended before its time",
      hint: "run the command again")
  }

  func write(_ bytes: [UInt8]) throws(MirrorError) {
    try unsafe bytes.withRawBytes { (raw) throws(MirrorError) in try unsafe write(raw) }
  }

  // MARK: - The end

  /// Says that nothing is wanted, and waits for the program to end.
  public func takeLeave() {
    try? send(Packet.flushLine)
    finish()
  }

  /// Says that nothing is wanted; the program, which has nothing to do, ends by itself.
  func sayGoodbye() {
    try? send(Packet.flushLine)
    process.leave()
  }

  public func closeInput() { process.closeInput() }

  /// The other program has the time to do what comes after its last word.
  public func finish() {
    if process.wait(milliseconds: 10_000) == nil { process.end() }
  }

  /// Ends the program now.
  public func end() { process.end() }

  /// What the other program said before it ended.
  public func complaint() -> MirrorError? {
    if process.wait(milliseconds: 2000) == nil { process.end() }
    let said = MirrorError.tidy(
      process.complaints().split(separator: "\n").suffix(6).joined(separator: "; "))
    return address.error(said: said)
  }
}
