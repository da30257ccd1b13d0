import Platform

@testable import ObjectStore
@testable import Signing

/// What is accepted is what git would write: encoding it again gives the same bytes.
func isTreeReadSoundly(_ bytes: [UInt8]) -> Bool {
  do throws(ObjectError) {
    let tree = try Tree.parse(bytes)
    return tree.encoded == bytes && Set(tree.entries.map(\.name)).count == tree.entries.count
      && tree.entries.allSatisfy { tree[$0.name]?.id == $0.id }
  } catch {
    return isTold(error)
  }
}

/// As commit and as tag: the bytes are kept, and the payload is part of them.
func isCommitReadSoundly(_ bytes: [UInt8]) -> Bool {
  var isSound = true
  do throws(ObjectError) {
    let commit = try Commit.parse(bytes)
    isSound = commit.encoded == bytes && commit.payload.count <= bytes.count
    _ = (commit.subject, commit.messageText)
  } catch {
    isSound = isTold(error)
  }
  do throws(ObjectError) {
    let tag = try Tag.parse(bytes)
    return isSound && tag.encoded == bytes && tag.payload.count <= bytes.count
  } catch {
    return isSound && isTold(error)
  }
}

/// A delta gives as many bytes as it promised, or an error.
func isDeltaAppliedSoundly(_ bytes: [UInt8]) -> Bool {
  guard let length = bytes.first, bytes.count > Int(length) else { return true }
  let base = Array(bytes[1..<1 + Int(length)])
  let delta = Array(bytes[(1 + Int(length))...])
  do throws(ObjectError) {
    let body = try Delta.apply(delta, to: base, limit: 1 << 24, place: "delta")
    return try body.count == Delta.size(promisedBy: delta.prefix(Delta.longestHead), place: "delta")
  } catch {
    return isTold(error)
  }
}

/// Files of refs, packed refs, config, remembered tips, and one ref's name.
func areRefsReadSoundly(_ bytes: [UInt8]) -> Bool {
  let text = String(decoding: bytes, as: UTF8.self)
  if let name = RefName(text) {
    let isSafe =
      !text.contains("..") && !text.hasPrefix("/") && !text.contains("//")
      && !text.utf8.contains { $0 < 33 || $0 == 127 }
    if name.text != text || !isSafe { return false }
  }
  let file = Result { () throws(ObjectError) in try RefFile.parse(bytes, name: "HEAD") }
  let packed = Result { () throws(ObjectError) in try PackedRefs.parse(bytes) }
  let tips = Result { () throws(ObjectError) in try Tips.parse(bytes) }
  let config = Result { () throws(ObjectError) in try RepositoryConfig.parse(bytes).check() }
  if case .success(let rows) = packed {
    guard (try? PackedRefs.parse(rows.encoded))?.rows.count == rows.rows.count else { return false }
  }
  if case .success(let known) = tips, known.encoded != bytes {
    guard (try? Tips.parse(known.encoded)) == known else { return false }
  }
  return isTold(file) && isTold(packed) && isTold(tips) && isTold(config)
}

/// Armour, its blob, public keys, allowed signers and revocation lists.
func isSignatureReadSoundly(_ bytes: [UInt8]) -> Bool {
  do throws(SigningError) {
    let signature = try SSHSignature(armoured: bytes)
    if signature.publicKey.fingerprint.isEmpty { return false }
  } catch {
    if error.message.isEmpty { return false }
  }
  _ = try? SSHSignature(blob: bytes)
  _ = try? SSHPublicKey(blob: bytes)
  _ = RevocationList(parsing: bytes)
  guard let signers = try? AllowedSigners(parsing: bytes) else { return bytes.count > 1 << 20 }
  return signers.warnings.allSatisfy { !"\($0)".isEmpty }
}

func isTold(_ error: ObjectError) -> Bool { !error.message.isEmpty && !error.reason.isEmpty }

private func isTold<Success>(_ result: Result<Success, ObjectError>) -> Bool {
  if case .failure(let error) = result { isTold(error) } else { true }
}
