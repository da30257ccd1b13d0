internal import CCurl
public import Platform
public import WebExchange

/// Sends requests one after the other, over the same connection where that is still open.
///
/// libcurl-easy(3). A class because it owns the handle; it belongs to one thread at a time.
@safe public final class WebConnection {
  private let handle: UnsafeMutableRawPointer
  private let files: FileSystem

  /// Throws `curl_unusable`.
  public init(files: FileSystem) throws(WebError) {
    // Safe: a handle of our own, or none.
    guard let handle = unsafe curl_easy_init() else {
      throw WebError(.curlUnusable, "libcurl gives no handle")
    }
    unsafe self.handle = handle
    self.files = files
  }

  // Safe: nobody else has the handle.
  deinit { unsafe curl_easy_cleanup(handle) }

  /// Sends a request and waits for the whole answer.
  ///
  /// Throws the words of `WebError`.
  public func perform(_ call: WebRequest) throws(WebError) -> WebAnswer {
    let address = try CheckedURL(call.url)
    let transfer = try Transfer(call, files: files)
    // Safe: the list is freed when the call is over, and libcurl uses it only until then.
    var list: UnsafeMutablePointer<curl_slist>?
    defer { unsafe curl_slist_free_all(list) }
    for header in try lines(call.headers) {
      guard let longer = unsafe curl_slist_append(list, header) else {
        throw WebError(.curlUnusable, "there is no memory for a header")
      }
      unsafe list = longer
    }
    // Safe: forgets the options of the call before, keeps the connection.
    unsafe curl_easy_reset(handle)
    try set(address, call)
    // Safe: as above.
    unsafe wf_curl_set_headers(handle, list)
    try send(transfer, size: transfer.size, method: call.method)
    let context = unsafe Unmanaged.passUnretained(transfer).toOpaque()
    // Safe: the transfer lives until this function returns, and the callbacks are called until
    // curl_easy_perform does.
    unsafe wf_curl_set_callbacks(handle, headerArrived, bodyArrived, bodyLeaves, seeks, context)
    let code = unsafe curl_easy_perform(handle)
    let status = unsafe wf_curl_status(handle)
    return try withExtendedLifetime(transfer) { () throws(WebError) in
      if let failure = transfer.failure { throw failure }
      guard code == CURLE_OK else { throw WebError(code, host: address.host) }
      return WebAnswer(status: Int(status), headers: transfer.headers, body: transfer.body)
    }
  }

  private func set(_ address: CheckedURL, _ call: WebRequest) throws(WebError) {
    let noYes: [(CURLoption, Int)] = [
      (CURLOPT_NOSIGNAL, 1), (CURLOPT_FOLLOWLOCATION, 0), (CURLOPT_SSL_VERIFYPEER, 1),
      (CURLOPT_SSL_VERIFYHOST, 2), (CURLOPT_SSLVERSION, Self.leastTLS),
      (CURLOPT_HTTP_VERSION, Self.http11), (CURLOPT_CONNECTTIMEOUT, 15),
      // A server that says nothing for a minute has gone.
      (CURLOPT_LOW_SPEED_LIMIT, 1), (CURLOPT_LOW_SPEED_TIME, 60),
      (CURLOPT_TIMEOUT, call.seconds),
    ]
    for (option, value) in noYes { try set(option, value) }
    try set(CURLOPT_URL, address.text)
    // Nothing but what was checked, whatever libcurl was built with.
    try set(CURLOPT_PROTOCOLS_STR, address.isSecure ? "https" : "http")
    if !address.isSecure { try set(CURLOPT_PROXY, "") }
    if let authorities = call.authorities {
      try set(CURLOPT_CAINFO, authorities)
      // The system's folder would be believed besides.
      try set(CURLOPT_CAPATH, nil)
    }
  }

  private func send(_ transfer: Transfer, size: Int?, method: String) throws(WebError) {
    guard let size else {
      if method != "GET" { try set(CURLOPT_CUSTOMREQUEST, method) }
      return
    }
    try set(CURLOPT_UPLOAD, 1)
    // Safe: plain numbers.
    _ = unsafe wf_curl_set_size(handle, CURLOPT_INFILESIZE_LARGE, curl_off_t(size))
    try set(CURLOPT_CUSTOMREQUEST, method)
  }

  private func lines(
    _ headers: [(name: String, value: String)]
  ) throws(WebError) -> [String] {
    // libcurl would ask first whether a body is welcome, and wait.
    var lines = ["Expect:"]
    for header in headers {
      let isName = header.name.utf8.allSatisfy {
        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
      }
      let isValue = header.value.utf8.allSatisfy { (0x20...0x7E).contains($0) }
      guard isName, isValue, !header.name.isEmpty, !header.value.isEmpty else {
        throw WebError(.requestMalformed, "a header holds what no header can hold")
      }
      lines.append(header.name + ": " + header.value)
    }
    return lines
  }

  private func set(_ option: CURLoption, _ value: Int) throws(WebError) {
    // Safe: a number for an option that takes one.
    try check(unsafe wf_curl_set_long(handle, option, value))
  }

  private func set(_ option: CURLoption, _ value: String?) throws(WebError) {
    // Safe: libcurl keeps a copy of the text.
    try check(unsafe wf_curl_set_text(handle, option, value))
  }

  private func check(_ code: CURLcode) throws(WebError) {
    guard code == CURLE_OK else {
      throw WebError(.curlUnusable, "libcurl does not know an option that is needed")
    }
  }

  /// CURL_SSLVERSION_TLSv1_2 and CURL_HTTP_VERSION_1_1 of curl.h, whose enumerations have no type.
  private static let leastTLS = 6
  private static let http11 = 2
}
