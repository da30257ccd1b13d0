import Glibc
import Platform

@testable import ObjectStore

/// Packs, indexes and bundles, by way of files that are written anew each time.
final class PackChecks {
  private let folder: String
  private let files = FileSystem()
  private static var limits: UnpackLimits { UnpackLimits(object: 1 << 22, total: 1 << 26) }

  /// nil when there is no place for files.
  init?() {
    // In memory where that is possible: files are written for every input.
    let base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    var template = Array("\(base)/wf-fuzz-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { return nil }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? files.removeTree(folder) }

  /// A foreign pack gives the same objects twice, each under its own id, or the same error.
  func isUnpackedSoundly(_ bytes: [UInt8]) -> Bool {
    // The checksum would hide everything behind it from mutations.
    guard bytes.count > Pack.trailerSize else { return unpacked(bytes, from: 0) != nil }
    let body = bytes.dropLast(Pack.trailerSize)
    var hash = ObjectHash()
    hash.update(Array(body))
    let sealed = Array(body) + hash.finish().bytes
    let first = unpacked(sealed, from: 0)
    guard unpacked(bytes, from: 0) != nil, first != nil else { return false }
    return first == unpacked(sealed, from: 0)
  }

  /// Length of an index (4 bytes, highest first), the index, and its pack.
  func isLookedUpSoundly(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 4 else { return true }
    let length = bytes[..<4].reduce(0) { $0 << 8 | Int($1) }
    guard length <= bytes.count - 4 else { return true }
    guard write(Array(bytes[4..<4 + length]), "p.idx"),
      write(Array(bytes[(4 + length)...]), "p.pack")
    else { return true }
    do throws(ObjectError) {
      let pack = try Pack(stem: folder + "/p", system: files)
      _ = try? pack.index.checkWhole()
      _ = pack.index.packChecksum
      let decoder = PackDecoder(cache: ObjectCache(limit: 1 << 20))
      for position in 0..<min(pack.index.count, 32) {
        let id = pack.index.id(position)
        _ = (pack.index.position(of: id), pack.index.checksum(position))
        _ = try? decoder.kind(in: pack, at: try pack.offset(at: position), id: id)
        _ = try? decoder.size(in: pack, at: try pack.offset(at: position), id: id)
        _ = try? decoder.object(
          in: pack, at: try pack.offset(at: position), id: id, limit: 1 << 22)
      }
      return true
    } catch {
      return isTold(error)
    }
  }

  /// A bundle's head is written back as it was read; what it holds is read as any pack.
  func isBundleReadSoundly(_ bytes: [UInt8]) -> Bool {
    do throws(ObjectError) {
      let header = try BundleHeader(bytes)
      guard header.size <= bytes.count else { return false }
      if header.prerequisites.isEmpty,
        !bytes[..<header.size].elementsEqual(header.encoded)
      {
        // Capabilities may be said twice; the rows are the same.
        guard try BundleHeader(header.encoded).rows == header.rows else { return false }
      }
      return unpacked(bytes, from: header.size) != nil
    } catch {
      return isTold(error)
    }
  }

  /// The ids, or the error's word; nil where something did not hold.
  private func unpacked(_ bytes: [UInt8], from start: Int) -> [String]? {
    guard write(bytes, "f") else { return [] }
    var ids: [String] = []
    var isSound = true
    do throws(ObjectError) {
      let file = try wrapping { () throws(PlatformError) in try files.map(folder + "/f") }
      let pack = PackUnpacking(file, from: start, limits: Self.limits)
      try pack.run { (found) throws(ObjectError) in
        isSound = isSound && ObjectID.of(found.object.kind, found.object.bytes) == found.id
        ids.append(found.id.hex)
      }
      isSound = isSound && isRepairable(file, from: start, whole: ids)
    } catch {
      if !isTold(error) { return nil }
      ids.append(error.reason)
    }
    return isSound ? ids : nil
  }

  /// A reading that goes on finds in a good pack what the strict one finds.
  private func isRepairable(_ file: MappedFile, from start: Int, whole ids: [String]) -> Bool {
    let pack = PackUnpacking(file, from: start, limits: Self.limits, goesOn: true)
    var again: [String] = []
    try? pack.run { (found) throws(ObjectError) in again.append(found.id.hex) }
    return pack.fault == nil && again == ids
  }

  private func write(_ bytes: [UInt8], _ name: String) -> Bool {
    let file = open(folder + "/" + name, O_RDWR | O_CREAT | O_TRUNC, 0o600)
    defer { close(file) }
    return file >= 0 && pwrite(file, bytes, bytes.count, 0) == bytes.count
  }
}
