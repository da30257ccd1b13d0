import Archives
import Evidence
import JSON
import Platform
import ShareRequests
import Sharing
import WebExchange

// What a share server reads of a request before it believes anything.

/// The files of an archive lie where its headers say, one behind the other, and nothing else does.
func isUploadReadSoundly(_ bytes: [UInt8]) -> Bool {
  let found: [FoundFile]
  do throws(RequestMistake) {
    found = try PackageArchive(bytes).files()
  } catch {
    return [415, 422].contains(error.status) && !error.reason.isEmpty
  }
  var place = 0
  for file in found {
    guard let content = content(of: file), content.count == file.size,
      bytes[(place + 512)...].starts(with: content)
    else { return false }
    place += Tar.space(file.size)
  }
  return found.count <= SharedName.countLimit && Set(found.map(\.name)).count == found.count
    && place + 1024 <= bytes.count && bytes[place...].allSatisfy { $0 == 0 }
}

private func content(of file: FoundFile) -> [UInt8]? {
  switch file.content {
  case .bytes(let bytes): return bytes
  case .pieces(let again):
    let next = again()
    var bytes: [UInt8] = []
    do {
      while let piece = try next() { bytes += piece }
    } catch {
      return nil
    }
    return bytes
  }
}

/// A target, and below it lines `name: value`: paths hold nothing that another reader takes
/// otherwise, and what is taken out of a header stands in it.
func isRequestReadSoundly(_ bytes: [UInt8]) -> Bool {
  let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    .map { String(decoding: $0, as: UTF8.self) }
  let target = lines[0]
  let cut = target.firstIndex(of: "?") ?? target.endIndex
  guard isPathSound(target[..<cut]), isFormReadSoundly(Array(target[cut...].utf8.dropFirst()))
  else { return false }
  var headers: [String: [String]] = [:]
  for line in lines.dropFirst() {
    let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { continue }
    headers[parts[0].lowercased(), default: []].append(String(parts[1].drop { $0 == " " }))
  }
  return areHeadersSound(RequestHeaders(headers), headers.values.flatMap { $0 })
}

private func isPathSound(_ text: Substring) -> Bool {
  guard let path = RoutePath(text) else { return true }
  let areSafe = path.parts.allSatisfy { part in
    !part.isEmpty && part != "." && part != ".."
      && part.utf8.allSatisfy { $0 >= 0x20 && ![0x25, 0x2F, 0x5C, 0x7F].contains($0) }
  }
  // Nothing is left to be decoded: read once more it is the same.
  return areSafe && RoutePath("/" + path.parts.joined(separator: "/")[...]) == path
}

private func areHeadersSound(_ headers: RequestHeaders, _ values: [String]) -> Bool {
  let cookie = headers.cookie("__Host-wf-u-0a1b2c3d")
  let isCookieThere =
    cookie.map { value in
      !value.contains(";") && headers.all("cookie").contains { $0.contains(value) }
    } ?? true
  let bearer = headers.bearer
  guard isCookieThere, !bearer.contains(" "),
    bearer.isEmpty || headers.one("authorization")?.hasSuffix(bearer) == true,
    headers.contentLength.map({ $0 >= 0 }) ?? true
  else { return false }
  return values.allSatisfy(isValueSound) && isClientSound(headers.all("x-forwarded-for"))
}

/// Each value, as if it were that of the header that asks most.
private func isValueSound(_ value: String) -> Bool {
  if let digest = ContentDigest.sha256(value), !Digest.isValid(digest) { return false }
  if let cursor = try? ListCursor(value), (try? ListCursor(cursor.text)) != cursor { return false }
  if let address = ClientAddress(value) {
    guard [4, 16].contains(address.bytes.count), !address.client.isEmpty,
      AddressBlock(value)?.contains(address) == true
    else { return false }
  }
  return true
}

/// A client is the connection's other end or one that a hop names, and the other end where that is no
/// trusted proxy.
private func isClientSound(_ hops: [String]) -> Bool {
  guard let proxy = ClientAddress("127.0.0.1"), let block = AddressBlock("127.0.0.0/8"),
    let stranger = ClientAddress("192.0.2.1")
  else { return false }
  let proxies = TrustedProxies([block])
  let named = hops.flatMap { $0.split(separator: ",") }.compactMap { hop in
    ClientAddress(String(hop.filter { $0 != " " }))
  }
  let client = proxies.client(of: proxy, forwarded: hops)
  return (client == proxy || named.contains(client))
    && proxies.client(of: stranger, forwarded: hops) == stranger
}

/// Fields of a form, written again with every byte encoded, are the same fields.
func isFormReadSoundly(_ bytes: [UInt8]) -> Bool {
  let fields: [String: String]
  do throws(RequestMistake) {
    fields = try FormFields.parse(bytes)
  } catch {
    return error.status == 400
  }
  func encoded(_ text: String) -> String { text.utf8.map { "%" + Hex.encode([$0]) }.joined() }
  let again = fields.map { encoded($0.key) + "=" + encoded($0.value) }.joined(separator: "&")
  return (try? FormFields.parse(Array(again.utf8))) == fields
}

/// JSON bodies: what is read of one is written and read again as the same, and what is refused is
/// refused with a word.
func isBodyReadSoundly(_ bytes: [UInt8]) -> Bool {
  guard isApprovalSound(bytes) else { return false }
  if let stored = try? VerifiedShare(json: String(decoding: bytes, as: UTF8.self)),
    (try? VerifiedShare(json: stored.json)) != stored
  {
    return false
  }
  guard let value = try? JSONValue.parse(bytes) else { return true }
  if let record = ReliabilityRecord(json: value), ReliabilityRecord(json: record.json) != record {
    return false
  }
  if let request = WebRequest(value), WebRequest(request.json) != request { return false }
  if let trouble = WebTrouble(value), WebTrouble(trouble.json) != trouble { return false }
  guard let object = value.object else { return true }
  return isAnnouncementSound(object) && areMembersSound(object)
}

private func isApprovalSound(_ bytes: [UInt8]) -> Bool {
  let now: Int64 = 1_795_521_600  // the worked record holds then
  do throws(SharingError) {
    let record = try ApprovalRecord(parsing: bytes, now: now)
    return record.expiresAt > now && record.expiresAt <= now + ApprovalRecord.longestSeconds
      && record.bytes == bytes && record.reviewerLabel.count <= 80
  } catch {
    return !error.reason.isEmpty && !error.message.isEmpty
  }
}

private func isAnnouncementSound(_ object: JSONObject) -> Bool {
  let digest = object["manifest_digest"]?.string ?? ""
  do throws(RequestMistake) {
    let files = try Announcement(object["members"], manifestDigest: digest).files
    let names = files.compactMap { SharedName(rawValue: $0.name) }
    return names.count == files.count && Set(names).count == names.count
      && Set(SharedName.members).isSubset(of: names) && names.count(where: \.isSignature) == 1
      && zip(names, files).allSatisfy { $1.size <= $0.sizeLimit && Digest.isValid($1.digest) }
  } catch {
    return [400, 413, 422].contains(error.status) && !error.reason.isEmpty
  }
}

private func areMembersSound(_ object: JSONObject) -> Bool {
  object.keys.allSatisfy { key in
    let text = try? object.needed(key, upTo: 40)
    if let time = try? object.time(key) {
      guard UTCTime(rfc3339: UTCTime(seconds: time).rfc3339)?.seconds == time else { return false }
    }
    return text.map { !$0.isEmpty && $0.utf8.count <= 40 } ?? true
  }
}

/// The worked records and requests that programs send.
struct RequestSeeds {
  let fixtures: String

  /// Packages as archives: the members' names around small contents.
  var uploads: [[UInt8]] {
    let names = SharedName.allCases.map(\.rawValue)
    let entries = names.map { ArchiveFile(name: $0, bytes: Array("{\"a\":\($0.count)}\n".utf8)) }
    let archives = [entries, Array(entries.prefix(8)), [], Array(entries.prefix(1))]
      .compactMap { try? Tar.write($0, modified: 0) }
    return archives + Seeds(fixtures).archives()
  }

  var requests: [[UInt8]] {
    [
      "/r/wfs_0123456789012345678901234567890123456789012\nHost: a\n"
        + "Cookie: a=b; __Host-wf-u-0a1b2c3d=abc\nX-Forwarded-For: 10.0.0.1, 127.0.0.1\n",
      "/api/shares?cursor=1795521600-shr_A\nAuthorization: Bearer wfx_abc\nIdempotency-Key: a\n",
      "/api/artifacts/x/members/proof%2Fcommit\nContent-Length: 12\n"
        + "Content-Digest: sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:\n",
      "/%2e%2e//\\%00%\nX-Forwarded-For: 2001:db8::1, ::ffff:1.2.3.4, 01.2.3.4\n", "",
    ].map { Array($0.utf8) }
  }

  var forms: [[UInt8]] {
    ["password=correct+horse%20battery", "a=1&b=&c", "record=rel_1&all=true", "a=%ff&a=2", ""]
      .map { Array($0.utf8) }
  }

  var bodies: [[UInt8]] {
    let digest = "sha256:" + String(repeating: "0a", count: 32)
    let rows = (SharedName.members + [.envelope]).map {
      "{\"name\":\"\($0.rawValue)\",\"size\":3,\"digest\":\"\(digest)\"}"
    }
    let announced =
      "{\"kind\":\"evidence_package\",\"manifest_digest\":\"\(digest)\","
      + "\"members\":[\(rows.joined(separator: ","))]}"
    let others = [
      announced, "{\"client_run_id\":\"run-1\"}", "{\"expires_at\":\"2026-12-01T00:00:00Z\"}",
      "{\"consent\":{\"policy_version\":\"1\",\"at\":\"2026-11-24T12:00:00Z\"}}",
    ].map { Array($0.utf8) }
    let shared = Seeds(fixtures).files(below: "package-example/share")
    let record = shared.compactMap { try? JSONValue.parse($0) }
      .filter { $0["schema"]?.string == "wf.share_dto/1" }
      .compactMap {
        try? CanonicalJSON.bytes(
          ReliabilityRecord(dto: $0, time: 0, random: [UInt8](repeating: 1, count: 16)).json)
      }
    return others + shared + record
  }
}
