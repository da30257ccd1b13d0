internal import Platform

/// How files are shared out among threads: in pieces, and in rounds after each of which progress is
/// told and limits are looked at.
enum LookingRound {
  private static let filesInPiece = 64
  private static let bytesInPiece = 16 << 20
  private static let piecesInRound = 64
  private static let bytesInRound = 128 << 20

  /// The pieces of the round that begins at a file; they follow each other.
  static func pieces(of files: [WalkedFile], from start: Int) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    var begin = start
    var bytes = 0
    var total = 0
    for place in start..<files.count {
      // A hole in a file takes time only where it is read, and no more than a whole piece has.
      let size = min(files[place].status.size, bytesInPiece)
      bytes += size
      total += size
      guard place - begin >= filesInPiece - 1 || bytes >= bytesInPiece else { continue }
      pieces.append(begin..<place + 1)
      begin = place + 1
      bytes = 0
      if pieces.count == piecesInRound || total >= bytesInRound { return pieces }
    }
    if begin < files.count { pieces.append(begin..<files.count) }
    return pieces
  }
}
