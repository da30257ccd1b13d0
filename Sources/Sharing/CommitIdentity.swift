internal import Evidence
internal import History
internal import ObjectStore
internal import Platform

/// What the commits of a proof say of people (SHARING §2.2).
enum CommitIdentity {
  /// Throws `commit_identity_personal`, `not_public_safe`, `proof_malformed`.
  static func check(_ folder: SharedFolder) throws(SharingError) {
    for (name, commit) in try commits(folder) {
      for person in [commit.author, commit.committer] where isPersonal(person.email) {
        throw SharingError(
          .commitIdentityPersonal, place: name.rawValue,
          "author or committer is named by a personal address",
          hint: "leave the proof out; author.email in the settings is for later commits")
      }
      let lines = commit.messageText.split(separator: "\n")
      let names = [commit.author.name, commit.committer.name]
      guard (lines.map(String.init) + names).allSatisfy(TextScreen.isClean) else {
        throw SharedMembers.notSafe(name.rawValue)
      }
    }
  }

  private static func commits(
    _ folder: SharedFolder
  ) throws(SharingError) -> [(SharedName, Commit)] {
    var bodies: [String: [UInt8]] = [:]
    for name in SharedName.allCases where name.isProof && folder.contains(name) {
      bodies[name.rawValue] = try folder.bytes(name)
    }
    do {
      guard let proof = try Proof.parse({ bodies[$0] }) else { return [] }
      let checked = try CheckedProof(proof)
      return [(.proofCommit, checked.commit)]
        + checked.history.map { (.proofHistory, $0.commit) }
    } catch {
      throw SharingError(
        verification: HistoryError.Code.proofMalformed.rawValue, kind: .bytesChanged,
        place: SharedName.proofFolder, "the proof of the commit cannot be read")
    }
  }

  /// Whether a label is a name of wf's own making for a key, `…@keys.invalid`.
  static func isNobodys(_ label: String) -> Bool {
    let isWord = label.utf8.allSatisfy {
      (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || "@.-".utf8.contains($0)
    }
    return isWord && label.hasSuffix("@keys.invalid")
  }

  /// Whether mail to this address could reach somebody; `.invalid` never does (RFC 2606).
  private static func isPersonal(_ email: String) -> Bool {
    let email = email.lowercased()
    guard let at = email.lastIndex(of: "@") else { return false }
    let host = email[email.index(after: at)...]
    let mailbox = email[..<at]
    return
      !(host == "invalid" || host.hasSuffix(".invalid") || host.hasPrefix("noreply.")
      || host.contains(".noreply.") || mailbox == "noreply" || mailbox == "no-reply")
  }
}
