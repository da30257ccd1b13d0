import Platform
import TransparencyLog

/// Notes, checkpoints, keys, proof files, entries and paths of tiles: what is accepted is written as
/// it was read, so that there is one spelling of each; nothing holds that was not signed.
func isLogReadSoundly(_ bytes: [UInt8]) -> Bool {
  let text = String(decoding: bytes, as: UTF8.self)
  if let note = try? SignedNote(parsing: bytes) {
    guard note.bytes == bytes, (try? note.verified(by: [])) == nil else { return false }
    if let checkpoint = try? Checkpoint(text: note.text), checkpoint.text != note.text {
      return false
    }
    guard (try? WitnessPolicy.none.cosigners(of: note, now: 0))?.isEmpty == true else {
      return false
    }
  }
  if let file = try? InclusionFile(parsing: bytes) {
    guard file.bytes == bytes, (try? file.verify(entry: [], keys: [], now: 0)) == nil else {
      return false
    }
  }
  if let entry = try? TipEntry(parsing: bytes), entry.bytes != bytes { return false }
  if let tile = try? Tile(path: text), tile.path != text { return false }
  if let key = try? VerifierKey(parsing: text), key.description != text { return false }
  for count in 0...3 {
    guard let entries = try? EntryBundle.decode(bytes, count: count) else { continue }
    guard entries.count == count,
      entries.reduce(0, { $0 + $1.count + 2 }) == bytes.count
    else { return false }
  }
  return true
}

/// Inputs of kinds that are no files of their own.
let logSeeds: [[UInt8]] = [
  "tile/0/x001/x234/067", "tile/entries/000.p/3", "tile/63/999.p/255",
  "example.com/wf-log+e3180e13+Af8Bv8Le7M0cxPN+tb0vs80j3tqDKAU0W+83d5/23GDS",
  #"{"new":"\#(String(repeating: "0a", count: 32))","old":null,"ref":"refs/heads/claims/a","schema":"wf.log_entry/1","time":"2026-01-02T03:04:05Z"}"#,
  "\0\u{3}abc\0\0\0\u{1}d",
].map { Array($0.utf8) }
