import JSON
import Platform
import Sharing
import TestSupport
import Testing

@testable import ShareServer

/// SHARING §12 over real connections to the real program.
struct ReliabilityRouteTests {
  private let server: ServedFolder
  private let consent: JSONValue = [
    "consent": ["policy_version": "1", "at": "2026-11-24T11:00:00Z"]
  ]

  init() throws { server = try ServedFolder() }

  private func record(_ number: UInt8) throws -> JSONValue {
    ReliabilityRecord(
      dto: try JSONValue.parse(Fixtures.bytes("package-example/share/dto.json")),
      time: TestPackage.now, random: [UInt8](repeating: number, count: 16)
    ).json
  }

  private func call(
    _ method: String, _ value: JSONValue? = nil, query: String = "", key: String? = nil
  ) throws -> WireAnswer {
    try server.wire.json(method, "/api/reliability" + query, key: key ?? server.key, value)
  }

  /// Whatever the order of names.
  private func expectSame(_ one: JSONValue?, _ other: JSONValue) throws {
    #expect(
      String(decoding: try CanonicalJSON.bytes(one ?? .null), as: UTF8.self)
        == String(decoding: try CanonicalJSON.bytes(other), as: UTF8.self))
  }

  private func put(_ record: JSONValue, key: String? = nil) throws -> WireAnswer {
    try call("PUT", ["record": record], key: key)
  }

  /// Keys of workspaces of their own, written while the server rests.
  private func strangers(_ count: Int) async throws -> [String] {
    server.stop()
    let database = try SQLiteDatabase(path: server.data + "/share.sqlite")
    let keys = (0..<count).map { "wfx_stranger\($0)" }
    try await database.write { session in
      for (number, key) in keys.enumerated() {
        let id = try session.workspace(
          named: "other \(number)", newID: "wsp_other\(number)", now: 1)
        try session.insert(
          KeyRecord(
            id: "key_other\(number)", workspaceID: id, scopes: [.share], label: "other",
            createdAt: 1, expiresAt: nil), hash: Secrets.hash(key))
      }
    }
    try database.close()
    try server.start()
    return keys
  }

  @Test func `nothing is taken before there is consent, and none of another policy`() throws {
    let off = try call("GET")
    #expect(off.status == 404 && off.reason == "not_found")
    let early = try put(record(1))
    #expect(early.status == 409 && early.reason == "consent_missing")
    for (body, status, reason) in [
      (["consent": ["policy_version": "2"]], 422, "label_refused"),
      (["consent": "yes"], 422, "label_refused"),
      (["consent": ["policy_version": "1", "name": "x"]], 400, "request_malformed"),
      (["consent": ["policy_version": "1", "at": "yesterday"]], 400, "request_malformed"),
      (["consent": ["policy_version": "1"], "record": [:]], 400, "request_malformed"),
      ([:], 400, "request_malformed"), (["text": "x"], 400, "request_malformed"),
    ] as [(JSONValue, Int, String)] {
      let answer = try call("PUT", body)
      #expect(answer.status == status && answer.reason == reason, "\(body)")
    }
    #expect(try call("GET").status == 404)
    #expect(try call("PUT", consent).status == 204)
    let on = try call("GET")
    #expect(on.status == 200)
    try expectSame(
      on.json,
      ["policy_version": "1", "at": "2026-11-24T11:00:00Z", "records": [], "totals": []])
    // Said once more it is the same consent.
    #expect(try call("PUT", ["consent": ["policy_version": "1"]]).status == 204)
    #expect(try call("GET").json["at"]?.string == "2026-11-24T11:00:00Z")
  }

  @Test func `a record is labels and nothing else, and is there once`() throws {
    #expect(try call("PUT", consent).status == 204)
    let good = try record(1)
    #expect(try put(good).status == 204)
    #expect(try put(good).status == 204)
    var other = try #require(good.object)
    other["verdict"] = "supported"
    let taken = try put(.object(other))
    #expect(taken.status == 409 && taken.reason == "state_conflict")
    for (field, value) in [
      ("benchmark", "a benchmark of ours"), ("month", "2026-11-24"), ("text", "x"),
      ("grade", "E"), ("next_axes", ["pose of ana@lab.example"]), ("record_id", "rel_1"),
      ("episodes_bucket", 6), ("verdict", nil),
    ] as [(String, JSONValue?)] {
      var bad = try #require(try record(2).object)
      bad[field] = value
      let answer = try put(.object(bad))
      #expect(answer.status == 422 && answer.reason == "label_refused", "\(field)")
      #expect(!answer.text.contains("ours") && !answer.text.contains("ana"))
    }
    try expectSame(try call("GET").json["records"], [good])
  }

  @Test func `the key has to be good and may share`() throws {
    for method in ["GET", "PUT", "DELETE"] {
      let none = try server.wire(method, "/api/reliability")
      #expect(none.status == 401 && none.reason == "key_refused")
    }
    let made = try server.wire.json(
      "POST", "/api/api-keys", key: server.key, ["label": "publisher", "scopes": ["publish"]])
    let publisher = try #require(made.json["secret"]?.string)
    for method in ["GET", "DELETE"] {
      let refused = try call(method, key: publisher)
      #expect(refused.status == 403 && refused.reason == "scope_missing")
    }
  }

  @Test func `what is withdrawn is gone at once and after a kill, one record or all`() async throws
  {
    let stranger = try await strangers(1)[0]
    #expect(try call("PUT", consent).status == 204)
    let records = [try record(1), try record(2), try record(3)]
    for record in records { #expect(try put(record).status == 204) }
    let ids = records.compactMap { $0["record_id"]?.string }
    for query in ["", "?all=false", "?record=\(ids[0])&all=true", "?x=1", "?record=%"] {
      #expect(try call("DELETE", query: query).status == 400, "\(query)")
    }
    #expect(try call("DELETE", query: "?record=rel_unknown").status == 404)
    // Another workspace sees none of it and ends none of it.
    #expect(try call("GET", key: stranger).status == 404)
    #expect(try call("DELETE", query: "?record=\(ids[0])", key: stranger).status == 404)
    #expect(try call("DELETE", query: "?all=true", key: stranger).json["deleted"]?.int == 0)
    let receipt = try call("DELETE", query: "?record=\(ids[0])")
    #expect(receipt.status == 200)
    #expect(receipt.json["schema"]?.string == "wf.reliability_receipt/1")
    #expect(receipt.json["deleted"]?.int == 1)
    #expect(receipt.json["receipt"]?.string?.hasPrefix("rcp_") == true)
    #expect(!receipt.text.contains(ids[0]))
    server.kill()
    try server.start()
    let left = try call("GET").json["records"]?.array?.compactMap { $0["record_id"]?.string }
    #expect(left == ids.dropFirst().sorted())
    #expect(try call("DELETE", query: "?all=true").json["deleted"]?.int == 2)
    server.kill()
    try server.start()
    #expect(try call("GET").status == 404)
    #expect(try put(records[0]).status == 409)
    server.stop()
    // Not in the file either.
    let database = try Fixtures.read(server.data + "/share.sqlite")
    for id in ids { #expect(database.firstRange(of: Array(id.utf8)) == nil) }
  }

  @Test func `totals are of five workspaces or more`() async throws {
    let keys = try await strangers(5)
    for (number, key) in keys.enumerated() {
      #expect(try call("PUT", consent, key: key).status == 204)
      // One of them gives two, and is one workspace all the same.
      for record in [try record(UInt8(number + 1))] + (number == 0 ? [try record(99)] : []) {
        #expect(try put(record, key: key).status == 204)
      }
      let totals = try call("GET", key: key).json["totals"]
      try expectSame(
        totals,
        number < 4 ? [] : [["benchmark": "libero", "verdict": "inconclusive", "records": 6]])
    }
    _ = try call("DELETE", query: "?all=true", key: keys[4])
    #expect(try call("GET", key: keys[0]).json["totals"] == [])
  }

  @Test func `shares and publishing leave the tables as they were`() async throws {
    let share = try server.share(try server.upload())
    _ = try server.wire("GET", "/r/\(share.token)")
    #expect(try call("GET").status == 404)
    server.stop()
    let database = try SQLiteDatabase(path: server.data + "/share.sqlite")
    let counts = try await database.read { session in
      try ["reliability", "reliability_consent"].map {
        try session.number("SELECT COUNT(*) AS n FROM \($0)")
      }
    }
    #expect(counts == [0, 0])
    try database.close()
  }
}
