/// The pixels of a PNG with 8 bits per channel and without interlace, as Chromium writes them.
public struct PNGImage: Sendable {
  public struct Malformed: Error { public let why: String }

  public let width: Int
  public let height: Int
  private let channels: Int
  private let samples: [UInt8]

  /// One pixel.
  public struct Color: Sendable, Equatable, CustomStringConvertible {
    public let red: Int
    public let green: Int
    public let blue: Int

    public init(red: Int, green: Int, blue: Int) {
      self.red = red
      self.green = green
      self.blue = blue
    }

    /// `#1a2027`.
    public init(_ hex: String) {
      let value = Int(hex.dropFirst(), radix: 16) ?? 0
      self.init(red: value >> 16 & 0xFF, green: value >> 8 & 0xFF, blue: value & 0xFF)
    }

    /// The sum of the differences of the channels.
    public func distance(to other: Color) -> Int {
      abs(red - other.red) + abs(green - other.green) + abs(blue - other.blue)
    }

    public var description: String { "(\(red), \(green), \(blue))" }
  }

  public subscript(x: Int, y: Int) -> Color {
    let at = (y * width + x) * channels
    return Color(red: Int(samples[at]), green: Int(samples[at + 1]), blue: Int(samples[at + 2]))
  }

  public init(_ file: [UInt8]) throws {
    func word(_ at: Int) -> Int { (0..<4).reduce(0) { $0 << 8 | Int(file[at + $1]) } }
    guard file.count > 33, file.starts(with: [0x89, 0x50, 0x4E, 0x47]) else {
      throw Malformed(why: "no PNG")
    }
    width = word(16)
    height = word(20)
    guard file[24] == 8, file[25] == 2 || file[25] == 6, file[28] == 0 else {
      throw Malformed(why: "depth, colour type or interlace")
    }
    channels = file[25] == 2 ? 3 : 4
    var packed: [UInt8] = []
    var at = 8
    while at + 12 <= file.count {
      let length = word(at)
      guard at + 12 + length <= file.count else { throw Malformed(why: "a chunk is cut off") }
      if file[(at + 4)..<(at + 8)].elementsEqual("IDAT".utf8) {
        packed += file[(at + 8)..<(at + 8 + length)]
      }
      at += 12 + length
    }
    let inflated = try run(
      [
        "python3", "-c",
        "import sys,zlib;sys.stdout.buffer.write(zlib.decompress(sys.stdin.buffer.read()))",
      ], input: packed
    ).outBytes
    samples = try Self.unfiltered(inflated, stride: width * channels, step: channels)
  }

  /// Undoes the filter of each row (PNG specification, 9.2).
  private static func unfiltered(_ bytes: [UInt8], stride: Int, step: Int) throws -> [UInt8] {
    let rows = bytes.count / (stride + 1)
    guard rows * (stride + 1) == bytes.count else { throw Malformed(why: "rows of uneven size") }
    var result = [UInt8](repeating: 0, count: rows * stride)
    result.withUnsafeMutableBufferPointer { out in
      bytes.withUnsafeBufferPointer { input in
        for row in 0..<rows {
          let filter = input[row * (stride + 1)]
          for column in 0..<stride {
            let raw = input[row * (stride + 1) + 1 + column]
            let here = row * stride + column
            let left = column >= step ? Int(out[here - step]) : 0
            let up = row > 0 ? Int(out[here - stride]) : 0
            let corner = column >= step && row > 0 ? Int(out[here - stride - step]) : 0
            let guess: Int
            switch filter {
            case 1: guess = left
            case 2: guess = up
            case 3: guess = (left + up) / 2
            case 4: guess = paeth(left, up, corner)
            default: guess = 0
            }
            out[here] = raw &+ UInt8(truncatingIfNeeded: guess)
          }
        }
      }
    }
    return result
  }

  private static func paeth(_ left: Int, _ up: Int, _ corner: Int) -> Int {
    let (a, b, c) = (abs(up - corner), abs(left - corner), abs(left + up - 2 * corner))
    return a <= b && a <= c ? left : b <= c ? up : corner
  }
}
