import Platform
import Testing

struct HexTests {
  @Test func `every byte survives hex and back`() {
    let bytes = [UInt8](0...255)
    #expect(Hex.decode(Hex.encode(bytes)) == bytes)
  }

  @Test(arguments: ["0", "0g", "AB", " 0", "é"])
  func `anything but pairs of lower-case digits is refused`(_ text: String) {
    #expect(Hex.decode(text) == nil)
  }
}
