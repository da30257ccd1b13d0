public import ObjectStore
import Platform

/// What lets a stranger check that members belong to a signed commit (DESIGN §8).
///
/// `proof/commit` and `proof/tree` are the bodies of the commit and of its root tree, as
/// `git cat-file commit|tree` gives them; `proof/history` holds the commits from its parent back to
/// the root, each as `commit SIZE NUL BODY`.
public struct Proof: Sendable, Equatable {
  public let commit: [UInt8]
  public let tree: [UInt8]
  /// Bodies from the parent back; empty when the commit is a root.
  public let history: [[UInt8]]

  public init(commit: [UInt8], tree: [UInt8], history: [[UInt8]]) {
    self.commit = commit
    self.tree = tree
    self.history = history
  }

  public static let commitPath = "proof/commit"
  public static let treePath = "proof/tree"
  public static let historyPath = "proof/history"
  /// A history above this size is refused.
  static let maximumHistory = 256 << 20

  /// The proof of a commit in a store.
  public static func of(_ id: ObjectID, in store: EvidenceStore) throws(ObjectError) -> Proof {
    let commit = try store.objects.commit(id)
    var history: [[UInt8]] = []
    var next = commit.parents.first
    while let parent = next {
      let link = try store.objects.commit(parent)
      history.append(link.encoded)
      next = link.parents.first
    }
    return Proof(
      commit: commit.encoded, tree: try store.objects.body(commit.tree, .tree), history: history)
  }

  /// The files of the proof, by path.
  public var files: [(path: String, bytes: [UInt8])] {
    var files = [(Self.commitPath, commit), (Self.treePath, tree)]
    if !history.isEmpty {
      var bytes: [UInt8] = []
      for body in history {
        bytes.append(contentsOf: "commit \(body.count)\0".utf8)
        bytes.append(contentsOf: body)
      }
      files.append((Self.historyPath, bytes))
    }
    return files
  }

  /// Reads the files of a proof; nil when there is none of them.
  ///
  /// - Throws: `proof_malformed` when one of the two needed is not there, or the history does not parse.
  public static func parse(_ file: (String) -> [UInt8]?) throws(HistoryError) -> Proof? {
    let commit = file(commitPath)
    let tree = file(treePath)
    let history = file(historyPath)
    if commit == nil && tree == nil && history == nil { return nil }
    guard let commit, let tree else {
      throw HistoryError(
        .proofMalformed, place: commit == nil ? commitPath : treePath,
        "the proof is there in part only")
    }
    return Proof(commit: commit, tree: tree, history: try bodies(history ?? []))
  }

  private static func bodies(_ bytes: [UInt8]) throws(HistoryError) -> [[UInt8]] {
    func malformed(_ offset: Int) -> HistoryError {
      HistoryError(
        .proofMalformed, place: "\(historyPath), byte \(offset)", "this is no list of commits")
    }
    guard bytes.count <= maximumHistory else { throw malformed(0) }
    var result: [[UInt8]] = []
    var at = 0
    let word = Array("commit ".utf8)
    while at < bytes.count {
      guard bytes[at...].starts(with: word),
        let end = bytes[at...].prefix(32).firstIndex(of: 0),
        let size = decimal(bytes[(at + word.count)..<end]), size <= bytes.count - end - 1
      else { throw malformed(at) }
      result.append(Array(bytes[(end + 1)..<(end + 1 + size)]))
      at = end + 1 + size
    }
    return result
  }

  /// A plain decimal number, no sign, no leading zero.
  private static func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
    guard !digits.isEmpty, digits.count < 16, digits.allSatisfy({ isDigit($0) }),
      digits.first != 0x30 || digits.count == 1
    else { return nil }
    return Int(String(decoding: digits, as: UTF8.self))
  }
}

/// A proof whose parts fit each other: ids recomputed, commits parsed.
public struct CheckedProof: Sendable {
  public let id: ObjectID
  public let commit: Commit
  public let tree: Tree
  /// From the parent back to the root.
  public let history: [ChainLink]

  /// - Throws: `proof_mismatch` when the tree is not the commit's, or a commit not the parent of the
  ///   one before it; `commit_malformed`, `tree_…` for bodies that are not what git would write.
  public init(_ proof: Proof) throws {
    id = ObjectID.of(.commit, proof.commit)
    commit = try Commit.parse(proof.commit, id: id)
    guard ObjectID.of(.tree, proof.tree) == commit.tree else {
      throw HistoryError(
        .proofMismatch, place: Proof.treePath, "this is not the tree that the commit names")
    }
    tree = try Tree.parse(proof.tree, id: commit.tree)
    var links: [ChainLink] = []
    var expected = commit.parents.first
    for body in proof.history {
      let parent = ObjectID.of(.commit, body)
      guard parent == expected else {
        throw HistoryError(
          .proofMismatch, place: Proof.historyPath,
          "commit \(links.count + 1) is not the parent of the one before it")
      }
      let parsed = try Commit.parse(body, id: parent)
      links.append(
        ChainLink(
          id: parent, commit: parsed, message: CommitMessage(parsing: parsed.messageText)))
      expected = parsed.parents.first
    }
    if let expected {
      throw HistoryError(
        .proofMismatch, place: Proof.historyPath, "the history stops before commit \(expected)")
    }
    history = links
  }
}
