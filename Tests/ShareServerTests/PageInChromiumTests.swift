import JSON
import Platform
import ShareServer
import TestSupport
import Testing

@Suite(.serialized, .enabled(if: Chromium.isInstalled, "skipped: chromium is not installed"))
struct PageInChromiumTests {
  @Test func `pictures`() throws {
    let served = try ServedPages()
    let browser = try DevTools()
    let served1 = try PageExamples.dto().setting("share", "package_bytes", to: "served")
    let a = try served.put(served.pages.page(dto: served1, token: "example"), named: "example")
    let b = try served.put(
      served.pages.page(dto: try PageExamples.dto(tasks: 50), token: "many"), named: "many")
    let c = try served.put(served.pages.passwordForm(token: "x", wrong: true), named: "password")
    for (address, name) in [
      (a, "example"), (b, "many"), (c, "password"),
      (served.server.address("x") + "/nothing", "missing"),
    ] {
      for (width, scheme) in [(1200, Chromium.Scheme.light), (1000, .dark), (320, .light)] {
        try browser.resize(width: Int64(width), height: 900)
        try browser.emulate(scheme: scheme)
        try browser.open(address)
        try Kept.keep(browser.screenshot(isWhole: true), as: "\(name)-\(width).png")
        print(
          name, width, try browser.complaints(),
          try browser.evaluate("document.documentElement.scrollWidth"))
      }
    }
    try browser.emulate(scheme: .dark, media: "")
    try browser.open(a)
    try Kept.keep(try browser.pdf(), as: "example.pdf")
  }
}
