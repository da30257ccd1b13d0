internal import CCurl
internal import Platform
internal import WebExchange

/// The bytes of one exchange on their way, in both directions.
final class Transfer {
  private static let headerLimit = 64 << 10

  private(set) var headers: [(name: String, value: String)] = []
  private(set) var body: [UInt8] = []
  /// What stopped the exchange from our side.
  private(set) var failure: WebError?
  /// Bytes to send; nil: there is no body.
  let size: Int?

  private let limit: Int
  private let files: FileSystem
  private let source: WebRequest.Body
  private var headerBytes = 0
  private var reader: FileReader?
  private var position = 0

  /// Throws `body_unreadable`.
  init(_ call: WebRequest, files: FileSystem) throws(WebError) {
    limit = call.responseLimit
    self.files = files
    source = call.body
    switch call.body {
    case .none: size = call.method == "GET" ? nil : 0
    case .bytes(let bytes): size = bytes.count
    case .file(let path):
      do throws(PlatformError) {
        let reader = try files.openForReading(path)
        self.reader = reader
        size = reader.status.size
      } catch {
        throw WebError(.bodyUnreadable, error.message, place: path)
      }
    }
  }

  /// A line of the header; a status line begins it anew, as after `100 Continue`.
  func headerArrived(_ line: [UInt8]) -> Bool {
    headerBytes += line.count
    guard headerBytes <= Self.headerLimit else {
      failure = WebError(.answerTooLarge, "the header of the answer is too long")
      return false
    }
    let text = String(decoding: line, as: UTF8.self)
    if text.hasPrefix("HTTP/") {
      headers = []
      return true
    }
    guard let colon = text.firstIndex(of: ":") else { return true }
    let value = text[text.index(after: colon)...].filter {
      $0 != "\r\n" && $0 != "\n" && $0 != "\r"
    }
    headers.append((text[..<colon].lowercased(), String(value.drop { $0 == " " })))
    return true
  }

  func bodyArrived(_ bytes: [UInt8]) -> Bool {
    guard body.count + bytes.count <= limit else {
      failure = WebError(.answerTooLarge, "the answer has more than \(limit) bytes")
      return false
    }
    body += bytes
    return true
  }

  /// The next bytes to send, at most `count`; empty at the end, nil where they cannot be read.
  func next(_ count: Int) -> [UInt8]? {
    switch source {
    case .none: return []
    case .bytes(let bytes):
      let part = Array(bytes.dropFirst(position).prefix(count))
      position += part.count
      return part
    case .file(let path):
      var part: [UInt8] = []
      do throws(PlatformError) {
        _ = try reader?.read(into: &part, upTo: count)
      } catch {
        failure = WebError(.bodyUnreadable, error.message, place: path)
        return nil
      }
      return part
    }
  }

  /// Goes back to the beginning, as when a connection that was kept turns out to be closed.
  func rewind(to offset: Int) -> Bool {
    guard offset == 0 else { return false }
    position = 0
    if case .file(let path) = source {
      guard let again = try? files.openForReading(path), again.status.size == size else {
        return false
      }
      reader = again
    }
    return true
  }
}

// Safe, all four: libcurl gives a buffer of `size * count` bytes that is its own during the call,
// and the context is the transfer of the call that is at work.

func headerArrived(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  let line = unsafe copied(bytes, size * count)
  return unsafe transfer(context)?.headerArrived(line) == true ? size * count : 0
}

func bodyArrived(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  let part = unsafe copied(bytes, size * count)
  return unsafe transfer(context)?.bodyArrived(part) == true ? size * count : 0
}

func bodyLeaves(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let bytes = unsafe bytes, let part = unsafe transfer(context)?.next(size * count) else {
    return Int(CURL_READFUNC_ABORT)
  }
  unsafe UnsafeMutableRawBufferPointer(start: bytes, count: size * count).copyBytes(from: part)
  return part.count
}

func seeks(
  _ context: UnsafeMutableRawPointer?, _ offset: curl_off_t, _ origin: CInt
) -> CInt {
  let isDone = unsafe origin == 0 && transfer(context)?.rewind(to: Int(offset)) == true
  return isDone ? 0 : 1
}

private func transfer(_ context: UnsafeMutableRawPointer?) -> Transfer? {
  unsafe context.map { unsafe Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
}

private func copied(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> [UInt8] {
  guard let bytes = unsafe bytes else { return [] }
  return unsafe Array(UnsafeRawBufferPointer(start: bytes, count: count))
}

extension WebError {
  /// What libcurl says, in our words; libcurl-errors(3).
  init(_ code: CURLcode, host: String) {
    let (word, message): (Code, String) =
      switch code {
      case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL:
        (.addressNotAllowed, "this is no address that can be asked")
      case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
        (.hostUnknown, "no address of this host is known")
      case CURLE_COULDNT_CONNECT: (.connectionFailed, "nobody answers there")
      case CURLE_OPERATION_TIMEDOUT: (.webTimeout, "the server took too long")
      case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR:
        (.certificateRefused, "the server's certificate is not one that is believed for this name")
      case CURLE_SSL_CONNECT_ERROR:
        (.connectionFailed, "no secure connection comes about")
      case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT: (.curlUnusable, "libcurl could not begin")
      default: (.transferBroken, "the exchange broke off (libcurl error \(code.rawValue))")
      }
    self.init(word, message, place: host)
  }
}
