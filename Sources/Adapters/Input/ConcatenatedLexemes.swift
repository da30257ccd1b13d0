internal import Evidence
internal import Platform

/// Lexemes of several files, as if they were one behind the other.
struct ConcatenatedLexemes: LexemeSource {
  private let files: [MappedLexemes]
  /// Where each file begins, and the end of the last.
  private let starts: [Int]

  init(_ files: [MappedFile]) {
    self.files = files.map { MappedLexemes(mapped: $0) }
    starts = files.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
  }

  /// The span of a place in one of the files.
  func span(_ span: LexemeSpan, in file: Int) -> LexemeSpan {
    span.isNone ? span : LexemeSpan(offset: starts[file] + span.offset, length: span.length)
  }

  func append(_ span: LexemeSpan, to bytes: inout [UInt8]) {
    guard let file = files.indices.last(where: { starts[$0] <= span.offset }) else { return }
    files[file].append(
      LexemeSpan(offset: span.offset - starts[file], length: span.length), to: &bytes)
  }

  func release(upTo offset: Int) {
    for (file, start) in zip(files, starts) where start < offset {
      file.release(upTo: offset - start)
    }
  }
}
