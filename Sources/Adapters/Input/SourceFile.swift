internal import Crypto
internal import Evidence
internal import Platform

/// An input file, mapped: never copied, read by the pages that are needed.
struct SourceFile: Sendable {
  let path: String
  let relativePath: String
  let mapped: MappedFile

  /// - Throws: `empty_input`, `lfs_pointer`, `file_too_large`, and what the system refuses.
  init(
    _ location: InputLocation, limits: ReadLimits = ReadLimits(), files: FileSystem
  ) throws(AdapterError) {
    path = location.path
    relativePath = location.relativePath
    do throws(PlatformError) {
      mapped = try files.map(location.path)
    } catch {
      throw AdapterError(error, path: location.path)
    }
    if mapped.count == 0 {
      throw AdapterError(.emptyInput, place: path, message: "the file is empty")
    }
    if mapped.count > limits.fileBytes {
      throw AdapterError(
        .fileTooLarge, place: path, message: "the file is larger than \(limits.fileBytes) bytes")
    }
    if isLFSPointer {
      throw AdapterError(
        .lfsPointer, place: path, message: "this is a Git LFS pointer, not the file itself",
        hint: "run git lfs pull in that repository")
    }
    if let kind = packedKind {
      throw AdapterError(
        .invalidUTF8, place: path, message: "this is \(kind), and not text in UTF-8",
        hint: kind == Self.wideText
          ? "save it as UTF-8; PowerShell does with Out-File -Encoding utf8"
          : "unpack it first, and give the file that is in it")
    }
    mapped.adviseSequential()
  }

  /// Runs `body` on the bytes while a second thread computes their SHA-256.
  ///
  /// The digest is of the very bytes that `body` saw, since both read one mapping.
  func read<R: Sendable>(
    _ body: @Sendable (SourceBytes) throws(AdapterError) -> R
  ) throws(AdapterError) -> (result: R, digest: String) {
    // A thread costs more than hashing a small file.
    let threads = mapped.count > 1 << 20 ? 2 : 1
    let parts = try concurrentMap(Work.allCases, threads: threads) {
      work throws(AdapterError) -> Part<R> in
      switch work {
      case .read: .result(try withBytes(body))
      case .hash: .digest(digest())
      }
    }
    guard case .result(let result) = parts[0], case .digest(let digest) = parts[1] else {
      preconditionFailure("parts come in the order of the work")
    }
    return (result, digest)
  }

  /// Gives the bytes to `body`, which must not keep them.
  func withBytes<R>(
    _ body: (SourceBytes) throws(AdapterError) -> R
  ) throws(AdapterError) -> R {
    try unsafe mapped.withBytes { (memory) throws(AdapterError) in
      // Safe because the mapping outlives this closure.
      try body(unsafe SourceBytes(memory))
    }
  }

  /// The row of this file in the run.
  func inputFile(mediaType: String, digest: String) -> InputFile {
    InputFile(
      role: "source_results", mediaType: mediaType, size: mapped.count, digest: digest,
      relativePath: relativePath)
  }

  private enum Work: CaseIterable { case read, hash }

  private enum Part<R: Sendable>: Sendable {
    case result(R)
    case digest(String)
  }

  private func digest() -> String {
    var hash = SHA256()
    unsafe mapped.withBytes { memory in
      // Safe because the mapping outlives this closure.
      let bytes = unsafe SourceBytes(memory)
      var place = 0
      while place < bytes.count {
        let end = min(place + 1 << 20, bytes.count)
        // Safe because the hash copies what it needs.
        unsafe bytes.withPart(place..<end) { unsafe hash.update(bufferPointer: $0) }
        mapped.release(upTo: end)
        place = end
      }
    }
    return "sha256:" + Hex.encode(hash.finalize())
  }

  private static let wideText = "UTF-16 text"

  /// What a file is by its first bytes that is never read as it lies.
  private var packedKind: String? {
    let kinds: [(start: [UInt8], name: String)] = [
      ([0x1F, 0x8B], "a gzip file"), ([0x50, 0x4B, 0x03, 0x04], "a zip archive"),
      ([0x28, 0xB5, 0x2F, 0xFD], "a zstd file"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "an xz file"),
      (Array("BZh9".utf8), "a bzip2 file"), ([0xFF, 0xFE], Self.wideText),
      ([0xFE, 0xFF], Self.wideText),
    ]
    return unsafe mapped.withBytes { memory in
      let bytes = unsafe SourceBytes(memory)
      return kinds.first { bytes.starts(with: $0.start) }?.name
    }
  }

  private var isLFSPointer: Bool {
    guard mapped.count < 1024 else { return false }
    return unsafe mapped.withBytes { memory in
      unsafe SourceBytes(memory).starts(with: "version https://git-lfs.github.com/spec/".utf8)
    }
  }
}

/// Reward and duration lexemes, read from the mapping when they are asked for.
struct MappedLexemes: LexemeSource {
  let mapped: MappedFile

  func append(_ span: LexemeSpan, to bytes: inout [UInt8]) {
    guard span.offset <= mapped.count, span.length <= mapped.count - span.offset else { return }
    unsafe mapped.withBytes { memory in
      // Safe because the span lies inside the mapping.
      unsafe bytes.append(contentsOf: memory[span.offset..<span.offset + span.length])
    }
  }

  func release(upTo offset: Int) { mapped.release(upTo: offset) }
}
