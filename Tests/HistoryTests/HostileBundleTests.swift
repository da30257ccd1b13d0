import Evidence
import History
import ObjectStore
import Platform
import TestSupport
import Testing

/// Bundles that somebody changed on the way, each with the word that must come.
struct HostileBundleTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    let reason: String
    /// Changes the head's text and the pack; the pack is sealed with its checksum afterwards.
    let change: @Sendable (_ head: inout String, _ pack: inout [UInt8]) -> Void
    var seals = true
    var testDescription: String { name }
  }

  private static let ref = "refs/heads/claims/\(exampleSlug)"
  private static let absent = String(repeating: "ab", count: 32)

  static let rows: [Row] = [
    Row(name: "nothing", reason: "none") { _, _ in },
    Row(name: "version 2", reason: "object_format_unsupported") { head, _ in
      head = head.replacing("# v3", with: "# v2")
    },
    Row(name: "version 4", reason: "bundle_malformed") { head, _ in
      head = head.replacing("# v3", with: "# v4")
    },
    Row(name: "SHA-1", reason: "object_format_unsupported") { head, _ in
      head = head.replacing("sha256", with: "sha1")
    },
    Row(name: "no format", reason: "object_format_unsupported") { head, _ in
      head = head.replacing("@object-format=sha256\n", with: "")
    },
    Row(name: "filtered", reason: "bundle_capability_unknown") { head, _ in
      head = head.replacing("sha256\n", with: "sha256\n@filter=blob:none\n")
    },
    Row(name: "capability among refs", reason: "bundle_malformed") { head, _ in
      head = head.dropLast() + "@object-format=sha256\n\n"
    },
    Row(name: "prerequisite", reason: "bundle_prerequisite_missing") { head, _ in
      head = head.replacing("sha256\n", with: "sha256\n-\(absent) a commit\n")
    },
    Row(name: "prerequisite that is no id", reason: "bundle_malformed") { head, _ in
      head = head.replacing("sha256\n", with: "sha256\n-abcd\n")
    },
    Row(name: "short id", reason: "bundle_malformed") { head, _ in
      head = head.dropLast() + "abcd refs/heads/claims/x\n\n"
    },
    Row(name: "ref that leads out", reason: "ref_name_invalid") { head, _ in
      head = head.dropLast() + "\(absent) refs/heads/../../config\n\n"
    },
    Row(name: "ref that is a lock", reason: "ref_name_invalid") { head, _ in
      head = head.dropLast() + "\(absent) refs/heads/claims/x.lock\n\n"
    },
    Row(name: "ref outside of refs", reason: "ref_name_invalid") { head, _ in
      head = head.dropLast() + "\(absent) config\n\n"
    },
    Row(name: "ref with a control character", reason: "ref_name_invalid") { head, _ in
      head = head.dropLast() + "\(absent) refs/heads/claims/a\u{1}\n\n"
    },
    Row(name: "ref twice", reason: "bundle_malformed") { head, _ in
      head = head.dropLast() + "\(absent) \(ref)\n\n"
    },
    Row(name: "head without end", reason: "bundle_malformed") { head, pack in
      head = String(head.dropLast())
      pack = []
    },
    Row(name: "no claim", reason: "bundle_without_claim") { head, _ in
      head = head.replacing(ref, with: "refs/heads/main")
    },
    Row(name: "claim's name is no slug", reason: "bundle_without_claim") { head, _ in
      head = head.replacing(ref, with: "refs/heads/claims/A_B")
    },
    Row(name: "replace ref", reason: "none") { head, _ in
      head = head.dropLast() + "\(absent) refs/replace/\(absent)\n\n"
    },
    Row(name: "claim without its commit", reason: "object_missing") { head, _ in
      head = head.split(separator: "\n", omittingEmptySubsequences: false)
        .map { $0.hasSuffix(ref) ? "\(absent) \(ref)" : String($0) }.joined(separator: "\n")
    },
    Row(name: "another claim's name", reason: "tip_of_other_claim") { head, _ in
      head = head.replacing(ref, with: "refs/heads/claims/another")
    },
    Row(name: "label under another name", reason: "tag_name_mismatch") { head, _ in
      head = head.replacing("/first\n", with: "/second\n")
    },
    Row(
      name: "pack changed", reason: "pack_checksum_mismatch",
      change: { _, pack in
        pack[pack.count / 2] ^= 1
      }, seals: false),
    Row(
      name: "bytes behind the pack", reason: "pack_checksum_mismatch",
      change: { _, pack in
        pack.append(0)
      }, seals: false),
    Row(
      name: "pack cut", reason: "pack_checksum_mismatch",
      change: { _, pack in
        pack.removeLast(40)
      }, seals: false),
    Row(name: "no pack", reason: "pack_malformed", change: { _, pack in pack = [] }, seals: false),
    Row(name: "no PACK", reason: "pack_malformed") { _, pack in pack[0] = 0 },
    Row(name: "pack version", reason: "pack_malformed") { _, pack in pack[7] = 9 },
    Row(name: "more objects promised", reason: "pack_malformed") { _, pack in pack[11] += 1 },
    Row(name: "fewer objects promised", reason: "pack_malformed") { _, pack in pack[11] -= 1 },
    Row(name: "very many objects promised", reason: "pack_malformed") { _, pack in pack[8] = 0xFF },
    Row(name: "no objects", reason: "object_missing") { _, pack in
      pack = Array(pack[..<8]) + [0, 0, 0, 0] + [UInt8](repeating: 0, count: 32)
    },
    Row(name: "unknown kind of object", reason: "object_type_unknown") { _, pack in
      pack[12] = pack[12] & 0x8F | 0x50
    },
    Row(name: "declared size", reason: "object_size_mismatch") { _, pack in pack[12] ^= 1 },
    Row(name: "no zlib", reason: "zlib_invalid") { _, pack in pack[14] = 0xFF },
    Row(name: "delta of an absent base", reason: "delta_base_missing") { _, pack in
      pack =
        Array(pack[..<8]) + [0, 0, 0, 1, 0x71] + [UInt8](repeating: 0xAB, count: 32)
        + [0x78, 1, 1, 1, 0, 0xFE, 0xFF, 65, 0, 66, 0, 66] + [UInt8](repeating: 0, count: 32)
    },
    Row(name: "delta of itself", reason: "delta_loop") { _, pack in
      pack =
        Array(pack[..<8]) + [0, 0, 0, 1, 0x61, 0, 0x78, 1, 1, 1, 0, 0xFE, 0xFF, 65, 0, 66, 0, 66]
        + [UInt8](repeating: 0, count: 32)
    },
  ]

  @Test(arguments: rows)
  func `each is taken, or refused with its word, and then nothing is changed`(_ row: Row) throws {
    let test = try TestStore()
    try test.commitExample(label: "first")
    let path = test.folder.path + "/b.bundle"
    _ = try test.store.export(
      try test.store.tip(of: exampleSlug), as: .bundle, to: path, isPublic: false,
      replacing: false)
    let bytes = try Fixtures.read(path)
    let end = try #require(
      bytes.indices.first { bytes[$0...].starts(with: Array("\n\nPACK".utf8)) })
    var head = String(decoding: bytes[..<(end + 2)], as: UTF8.self)
    var pack = Array(bytes[(end + 2)...])
    row.change(&head, &pack)
    if row.seals, pack.count > 32 {
      pack.removeLast(32)
      pack += Digest.raw(of: pack)
    }
    try FileSystem().write(Array(head.utf8) + pack, to: path)

    let other = EvidenceStore(
      objects: try .create(
        at: test.folder.path + "/other.wf", system: FileSystem(),
        surroundings: test.store.surroundings), user: test.store.user,
      surroundings: test.store.surroundings)
    let before = try state(other.objects.path)
    var reason = "none"
    do {
      _ = try other.importBundle(path, options: try test.options())
    } catch let failure as any Failure {
      reason = failure.reason
    }
    #expect(reason == row.reason)
    if reason != "none" { #expect(try state(other.objects.path) == before) }
    #expect(other.objects.fsck().isSound)
  }

  /// Everything but the empty files by which writers and gc see each other.
}
