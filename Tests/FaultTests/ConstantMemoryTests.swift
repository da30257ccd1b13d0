import Evidence
import JSON
import Platform
import TestSupport
import Testing

/// Memory does not grow with the members: peak resident bytes of the real program, as the kernel
/// counts them for a child, over two packages of which one is many times as large.
struct ConstantMemoryTests {
  /// A member of whole lines beside the eleven, listed as private.
  private func addLines(_ size: Int, to package: String) throws {
    let files = FileSystem()
    let name = "notes.jsonl"
    let writer = try files.create(package + "/" + name)
    var digest = StreamingDigest()
    var row = 0
    while digest.size < size {
      var lines: [UInt8] = []
      while lines.count < 1 << 16 {
        row += 1
        lines += Array(
          #"{"note":"\#(UInt64(row) &* 0x9E37_79B9_7F4A_7C15)","row":\#(row),"steps":280}"#.utf8)
        lines.append(0x0A)
      }
      digest.update(lines)
      try writer.append(lines)
    }
    try writer.finish(durably: false)
    let path = package + "/" + MemberName.artifactManifest.rawValue
    let manifest = try JSONValue.parse(try files.read(path))
    let row7: JSONValue = [
      "name": .string(name), "digest": .string(digest.text()),
      "size": .number(JSONNumber(Int64(digest.size))), "media_type": "application/jsonl",
      "privacy": "private", "salted": false,
    ]
    let rows = ((manifest["members"]?.array ?? []) + [row7]).sorted {
      ($0["name"]?.string ?? "") < ($1["name"]?.string ?? "")
    }
    let object = try #require(manifest.object)
    let changed = JSONObject(
      object.keys.map { ($0, $0 == "members" ? JSONValue.array(rows) : object[$0] ?? .null) })
    try files.remove(path)
    try files.write(try CanonicalJSON.bytes(.object(changed)) + [0x0A], to: path)
  }

  /// Peak resident bytes of the program, which has to end well.
  private func peak(_ program: Program, _ arguments: [String]) throws -> Int {
    // A child starts as a copy of its parent, whose size would count: so a small one starts it.
    let small = """
      import os, sys
      pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
      _, status, usage = os.wait4(pid, 0)
      print(usage.ru_maxrss, file=sys.stderr)
      sys.exit(os.waitstatus_to_exitcode(status))
      """
    let done = try run(
      ["python3", "-S", "-c", small, program.binary] + arguments, in: program.work,
      env: program.environment())
    #expect(done.status == 0, "\(arguments): \(done.err)")
    return 1024 * (try #require(Int(done.err.split(separator: "\n").last ?? "")))
  }

  private func peaks(_ size: Int) throws -> [String: Int] {
    let program = try Program.prepared()
    let package = try program.examplePackage()
    try addLines(size, to: program.work + "/" + package)
    var peaks = ["commit": try peak(program, ["commit", package])]
    let slug = try program("log", "--json")
    let claim = try #require(
      try JSONValue.parse(slug.outBytes)["claims"]?.array?.first?["claim"]?.string
        ?? FileSystem().list(program.work + "/.wf/refs/heads/claims").first?.name)
    for format in ["dir", "tar", "tar.gz", "zip", "oci", "bundle"] {
      peaks[format] = try peak(
        program, ["export", claim, "--format", format, "--output", "out." + format])
    }
    for file in ["out.dir", "out.tar", "out.tar.gz", "out.zip", "out.oci", "out.bundle"] {
      peaks["verify \(file)"] = try peak(program, ["verify", file])
    }
    try #require(try program("init", "second").status == 0)
    for file in ["out.tar", "out.tar.gz", "out.zip"] {
      peaks["commit \(file)"] = try peak(program, ["commit", file, "--store", "second"])
    }
    peaks["clone"] = try peak(program, ["clone", "out.bundle", "clone"])
    return peaks
  }

  @Test func `commit, export, verify and clone take the same memory for 20 and for 150 MB`() throws
  {
    let few = try peaks(20_000_000)
    let many = try peaks(150_000_000)
    for (work, bytes) in many.sorted(by: { $0.key < $1.key }) {
      let before = try #require(few[work])
      #expect(bytes - before < 15_000_000, "\(work): \(before) and \(bytes) bytes")
    }
  }
}
