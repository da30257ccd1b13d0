import Glibc

/// The browser without a window.
public enum Chromium {
  public static let isInstalled = program != nil

  static var program: String? {
    ["chromium", "chromium-browser", "google-chrome"].first { name in
      let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? ""
      return path.split(separator: ":").contains { access("\($0)/\(name)", X_OK) == 0 }
    }
  }

  public enum Scheme: Sendable { case light, dark }

  public struct Failed: Error { public let log: String }

  /// A screenshot of the top of a page, and what the browser's console said.
  public static func screenshot(
    of page: String, width: Int, height: Int, scheme: Scheme = .light
  ) throws -> (image: PNGImage, bytes: [UInt8], console: [String]) {
    let folder = TemporaryFolder()
    let output = folder.path + "/page.png"
    let console = try start(
      page, folder, scheme,
      ["--screenshot=" + output, "--window-size=\(width),\(height)", "--hide-scrollbars"])
    let bytes = try Fixtures.read(output)
    return (try PNGImage(bytes), bytes, console)
  }

  /// A PDF as the page prints.
  public static func pdf(of page: String, scheme: Scheme) throws -> [UInt8] {
    let folder = TemporaryFolder()
    let output = folder.path + "/page.pdf"
    _ = try start(page, folder, scheme, ["--print-to-pdf=" + output, "--no-pdf-header-footer"])
    return try Fixtures.read(output)
  }

  /// The lines that the page caused: refusals of its policy, failed loads, script errors.
  private static func start(
    _ page: String, _ folder: TemporaryFolder, _ scheme: Scheme, _ options: [String]
  ) throws -> [String] {
    let finished = try run(
      [program ?? "chromium", "--enable-logging=stderr"]
        + Self.options(profile: folder.path + "/profile") + [
          // 0 is dark and 1 is light in this setting.
          "--blink-settings=preferredColorScheme=\(scheme == .dark ? 0 : 1)"
        ] + options + ["file://" + page], env: ["HOME": folder.path])
    guard finished.status == 0 else { throw Failed(log: finished.err) }
    return finished.err.split(separator: "\n").map { String($0) }.filter { $0.contains("CONSOLE") }
  }

  /// No window, no network of its own, the same pixels everywhere.
  static func options(profile: String) -> [String] {
    [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
      "--no-first-run", "--disable-background-networking", "--force-device-scale-factor=1",
      "--force-color-profile=srgb", "--user-data-dir=" + profile,
    ]
  }
}
