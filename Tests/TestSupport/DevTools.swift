public import JSON
import Platform

/// A page in headless Chromium, driven over the DevTools protocol through a pipe.
public final class DevTools {
  public struct Failed: Error { public let why: String }

  private let folder = TemporaryFolder()
  private let process: ChildProcess
  private var unread: [UInt8] = []
  /// How many of them are known to hold no end of a message.
  private var searched = 0
  private var lastID: Int64 = 0
  private var session: String?
  private var events: [JSONValue] = []

  /// One browser with one empty page.
  public init() throws {
    let started = try ChildProcess(
      // Chromium takes commands on descriptor 3 and answers on 4.
      RunningServer.bounded + [
        "env", "HOME=" + folder.path, "bash", "-c",
        "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null",
        Chromium.program ?? "chromium", "--remote-debugging-pipe",
      ] + Chromium.options(profile: folder.path + "/profile"), complaints: .kept)
    process = started
    let target = try call("Target.createTarget", ["url": "about:blank"])
    let attached = try call(
      "Target.attachToTarget", ["targetId": target["targetId"] ?? .null, "flatten": true])
    session = attached["sessionId"]?.string
    for domain in ["Page", "Runtime", "Log", "DOM", "Accessibility", "Network"] {
      _ = try call(domain + ".enable")
    }
  }

  deinit { process.end() }

  /// Sends a command and waits for its answer; what happens meanwhile is kept.
  public func call(_ method: String, _ parameters: JSONValue = [:]) throws -> JSONValue {
    lastID += 1
    var message: JSONObject = [
      "id": .number(JSONNumber(lastID)), "method": .string(method), "params": parameters,
    ]
    if let session { message["sessionId"] = .string(session) }
    try process.write(try CanonicalJSON.bytes(.object(message)) + [0])
    while true {
      let answer = try next()
      guard answer["id"]?.int == lastID else {
        events.append(answer)
        continue
      }
      if let error = answer["error"]?["message"]?.string {
        throw Failed(why: "\(method): \(error)")
      }
      return answer["result"] ?? .null
    }
  }

  /// Goes to an address and waits until the page has loaded.
  public func open(_ address: String) throws {
    events.removeAll { $0["method"]?.string == "Page.loadEventFired" }
    let answer = try call("Page.navigate", ["url": .string(address)])
    if let error = answer["errorText"]?.string { throw Failed(why: "\(address): \(error)") }
    while !events.contains(where: { $0["method"]?.string == "Page.loadEventFired" }) {
      events.append(try next())
    }
  }

  /// The value of an expression, waited for where it is a promise.
  public func evaluate(_ expression: String) throws -> JSONValue {
    let answer = try call(
      "Runtime.evaluate",
      [
        "expression": .string(expression), "awaitPromise": true, "returnByValue": true,
        "userGesture": true,
      ])
    if let details = answer["exceptionDetails"] {
      let text = details["exception"]?["description"]?.string ?? details["text"]?.string
      throw Failed(why: text ?? "an exception")
    }
    return answer["result"]?["value"] ?? .null
  }

  /// Waits until an expression is true, ten seconds at most.
  public func wait(until expression: String) throws {
    let isTrue = try evaluate(
      """
      new Promise((done) => { let left = 500; const look = () => (\(expression)) ? done(true)
        : left-- ? setTimeout(look, 20) : done(false); look(); })
      """)
    if isTrue.bool != true { throw Failed(why: "never: \(expression)") }
  }

  /// The size of the window in CSS pixels.
  public func resize(width: Int64, height: Int64, scale: Int64 = 1) throws {
    _ = try call(
      "Emulation.setDeviceMetricsOverride",
      [
        "width": .number(JSONNumber(width)), "height": .number(JSONNumber(height)),
        "deviceScaleFactor": .number(JSONNumber(scale)), "mobile": false,
      ])
  }

  /// What style sheets are told of the reader's wishes and of the medium.
  public func emulate(scheme: Chromium.Scheme, media: String = "screen") throws {
    _ = try call(
      "Emulation.setEmulatedMedia",
      [
        "media": .string(media),
        "features": [
          ["name": "prefers-color-scheme", "value": scheme == .dark ? "dark" : "light"]
        ],
      ])
  }

  /// A picture of the window, or of all of the page.
  public func screenshot(isWhole: Bool = false) throws -> [UInt8] {
    try Self.bytes(
      call(
        "Page.captureScreenshot",
        ["format": "png", "captureBeyondViewport": .bool(isWhole)]), "data")
  }

  /// The page as it prints on A4.
  public func pdf() throws -> [UInt8] {
    try Self.bytes(
      call("Page.printToPDF", ["preferCSSPageSize": true, "printBackground": false]), "data")
  }

  /// Presses a key such as `Tab` or `Enter`.
  public func press(_ key: String, text: String? = nil) throws {
    var down: JSONObject = [
      "type": .string(text == nil ? "rawKeyDown" : "keyDown"), "key": .string(key),
      "code": .string(key),
      "windowsVirtualKeyCode": key == "Tab" ? 9 : key == "Enter" ? 13 : key == "Space" ? 32 : 0,
    ]
    if let text { down["text"] = .string(text) }
    _ = try call("Input.dispatchKeyEvent", .object(down))
    down["type"] = "keyUp"
    down["text"] = nil
    _ = try call("Input.dispatchKeyEvent", .object(down))
  }

  /// Chooses files in an input of the page.
  public func choose(_ paths: [String], in selector: String) throws {
    let document = try call("DOM.getDocument")
    let node = try call(
      "DOM.querySelector",
      ["nodeId": document["root"]?["nodeId"] ?? .null, "selector": .string(selector)])
    _ = try call(
      "DOM.setFileInputFiles",
      [
        "nodeId": node["nodeId"] ?? .null,
        "files": .array(paths.map { JSONValue.string($0) }),
      ])
  }

  /// What scripts, policies and failed loads complained of since the last call.
  public func complaints() throws -> [String] {
    _ = try call("Runtime.evaluate", ["expression": "0"])
    defer { events.removeAll() }
    return events.compactMap { event in
      switch event["method"]?.string {
      case "Log.entryAdded": event["params"]?["entry"]?["text"]?.string
      case "Runtime.exceptionThrown":
        event["params"]?["exceptionDetails"]?["exception"]?["description"]?.string ?? "exception"
      case "Runtime.consoleAPICalled":
        event["params"]?["args"]?.array?.first?["value"]?.string ?? "console"
      default: nil
      }
    }
  }

  private static func bytes(_ answer: JSONValue, _ key: String) throws -> [UInt8] {
    guard let bytes = answer[key]?.string.flatMap({ Base64.decode($0) }) else {
      throw Failed(why: "no \(key)")
    }
    return bytes
  }

  /// The next message; they end with NUL.
  private func next() throws -> JSONValue {
    while true {
      if let end = unread[searched...].firstIndex(of: 0) {
        let message = Array(unread[..<end])
        unread.removeSubrange(...end)
        searched = 0
        return try JSONValue.parse(message, options: JSONOptions(maximumDepth: 256))
      }
      searched = unread.count
      var chunk = [UInt8](repeating: 0, count: 1 << 16)
      let count = try chunk.withUnsafeMutableBytes { try process.read(into: $0, waiting: 30_000) }
      if count == 0 {
        process.end()
        throw Failed(why: "the browser ended: \(process.complaints())")
      }
      unread += chunk[..<count]
    }
  }
}
