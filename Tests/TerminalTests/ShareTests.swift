import Terminal
import Testing

struct ShareTests {
  @Test(arguments: [
    ("0.904000", "90.4 %"), ("0.904499", "90.4 %"), ("0.904500", "90.5 %"), ("1.000000", "100.0 %"),
    ("0.000000", "0.0 %"), ("0.000499", "0.0 %"), ("0.999500", "100.0 %"),
  ])
  func `six digits become a percentage, half up`(text: String, percent: String) {
    #expect(Share(sixDigits: text)?.percent == percent)
  }

  @Test(arguments: [
    "", "1", "0.5", "nan", "inf", "1.000001", "2.000000", "-0.10000", "0.9040000", "0,904000",
    "0.90400x", "+.904000", "٠.904000", "0.904 00",
  ])
  func `what no package writes is no share`(text: String) {
    #expect(Share(sixDigits: text) == nil)
  }

  @Test func `a fraction is rounded to the nearest millionth without overflow`() {
    #expect(Share(4, over: 5)?.millionths == 800_000)
    #expect(Share(2, over: 3)?.millionths == 666_667)
    #expect(Share(1, over: 3)?.millionths == 333_333)
    #expect(Share(1, over: 2_000_000)?.millionths == 1)
    #expect(Share(1, over: 2_000_001)?.millionths == 0)
    #expect(Share(Int64.max, over: Int64.max)?.millionths == 1_000_000)
    #expect(Share(Int64.max - 1, over: Int64.max)?.millionths == 1_000_000)
    #expect(Share(0, over: 1)?.millionths == 0)
    #expect(Share(2, over: 1) == nil)
    #expect(Share(-1, over: 1) == nil)
    #expect(Share(1, over: 0) == nil)
  }
}
