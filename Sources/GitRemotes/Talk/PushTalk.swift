/// A ref that a remote is asked to move.
public struct RefMove: Sendable, Equatable {
  /// As the remote calls it.
  public let name: String
  /// Where it was seen; nil where it was not there.
  public let old: SHA1ID?
  public let new: SHA1ID

  public init(name: String, old: SHA1ID?, new: SHA1ID) {
    self.name = name
    self.old = old
    self.new = new
  }
}

extension ServiceTalk {
  /// Asks to move refs, each if it is still where it was seen, and sends what they lead to.
  ///
  /// gitprotocol-pack(5), "Pushing Data To a Server". What became of each ref is in the context afterwards.
  ///
  /// - Parameter pack: writes the pack, piece by piece.
  /// - Throws: what stopped the whole push; `push_refused` where the server could not take the pack.
  public func push(
    _ moves: [RefMove], _ capabilities: Set<String>,
    pack: (_ write: ([UInt8]) throws -> Void) throws -> Void
  ) throws {
    try context.waiting { try ask(moves, capabilities) }
    var failure: MirrorError?
    do {
      try pack { piece in
        do throws(MirrorError) {
          try context.waiting { () throws(MirrorError) in try send(piece) }
        } catch {
          failure = error
          throw error
        }
      }
    } catch {
      guard failure != nil else { throw error }
    }
    // A server that takes no more has most often said why.
    do throws(MirrorError) {
      try context.waiting { () throws(MirrorError) in try readReport(capabilities) }
    } catch {
      throw error.code == .networkFailed ? failure ?? error : error
    }
    if let failure, !moves.contains(where: { context.answer(of: $0.name) != nil }) { throw failure }
  }

  private func ask(_ moves: [RefMove], _ capabilities: Set<String>) throws {
    let none = String(repeating: "0", count: 40)
    let wanted = ["report-status", "side-band-64k", "quiet"].filter(capabilities.contains)
    var bytes: [UInt8] = []
    for (index, move) in moves.enumerated() {
      var line = Array("\(move.old?.hex ?? none) \(move.new.hex) \(move.name)".utf8)
      if index == 0 { line += [0] + Array((" " + wanted.joined(separator: " ")).utf8) }
      bytes += Packet.line(line)
    }
    try write(bytes + Packet.flushLine)
  }

  private func readReport(_ capabilities: Set<String>) throws(MirrorError) {
    if !capabilities.contains("report-status") { return }
    var report = PushReport()
    if !capabilities.contains("side-band-64k") {
      while case .data(let line) = try packet() { report.take(line) }
    } else {
      var band: [UInt8] = []
      while case .data(let bytes) = try packet() {
        guard let number = bytes.first else { continue }
        let rest = bytes.dropFirst()
        switch number {
        case 1: band += rest
        case 2: context.said(String(decoding: rest, as: UTF8.self))
        default: throw ended(String(decoding: rest, as: UTF8.self))
        }
        if band.count > Self.longestList { throw ended("its report has no end") }
      }
      guard let lines = Packet.lines(in: band) else { throw ended("its report is cut") }
      for line in lines { report.take(line) }
    }
    if let refusal = report.unpackRefusal { throw notUnpacked(MirrorError.tidy(refusal)) }
    for (name, refusal) in report.refs { context.answered(name, refusal.map(MirrorError.tidy)) }
  }

  private func notUnpacked(_ said: String) -> MirrorError {
    MirrorError(
      .pushRefused, place: place,
      "the server could not take the pack (\(said)); its disk may be full, or the pack too large for it",
      hint: "ask who keeps the server")
  }

  private func ended(_ said: String) -> MirrorError {
    MirrorError(
      .networkFailed, place: place, "the server ended the push (\(MirrorError.tidy(said)))",
      hint: "run the command again")
  }
}

/// What a server says of a push: gitprotocol-pack(5), "Report Status".
struct PushReport: Equatable {
  /// Why the pack was not taken; nil where it was.
  private(set) var unpackRefusal: String?
  private(set) var refs: [(name: String, refusal: String?)] = []

  mutating func take(_ line: [UInt8]) {
    let text = String(decoding: line.last == 10 ? line.dropLast() : line[...], as: UTF8.self)
    let words = text.split(separator: " ", maxSplits: 1).map(String.init)
    guard words.count == 2 else { return }
    switch words[0] {
    case "unpack": unpackRefusal = words[1] == "ok" ? nil : words[1]
    case "ok": refs.append((words[1], nil))
    case "ng":
      let parts = words[1].split(separator: " ", maxSplits: 1).map(String.init)
      refs.append((parts[0], parts.count == 2 ? parts[1] : "no reason given"))
    default: break
    }
  }

  static func == (a: Self, b: Self) -> Bool {
    a.unpackRefusal == b.unpackRefusal
      && a.refs.elementsEqual(b.refs) { $0.name == $1.name && $0.refusal == $1.refusal }
  }
}
