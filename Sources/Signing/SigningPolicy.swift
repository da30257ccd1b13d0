internal import JSON

/// Who may sign which claims, how many of them it takes, and what counts as the time of a signature.
///
/// A file `{"schema":"wf.signing_policy/1","clock":WORD,"rules":[…]}`, read strictly. It narrows what
/// the allowed-signers file believes and never widens it (SIGNING.md §12).
public struct SigningPolicy: Sendable, Equatable {
  /// What the dates of keys are held against.
  public enum Clock: String, Sendable, CaseIterable {
    /// The date in the commit, which is the signer's own word.
    case claimed
    /// The time at which a log of tips took the commit up; without one the commit is refused.
    case log
  }

  /// Claims and those who may sign them.
  public struct Rule: Sendable, Equatable {
    /// Patterns of slugs: `*` any run, `?` one byte.
    public let claims: [String]
    /// Identities as the allowed-signers file knows them, byte for byte.
    public let principals: [String]
    /// So many of them, each with a key of his own, 1 to the number of principals.
    public let threshold: Int

    fileprivate func covers(_ slug: String) -> Bool {
      PatternList(claims.joined(separator: ",")).matches(Array(slug.utf8))
    }
  }

  public let clock: Clock
  /// The first that covers a claim decides.
  public let rules: [Rule]

  public static let schema = "wf.signing_policy/1"
  public static var maximumBytes: Int { 1 << 20 }
  private static var mostRows: Int { 1024 }

  /// The rule for a claim; nil: nobody may sign it.
  public func rule(for slug: String) -> Rule? { rules.first { $0.covers(slug) } }

  /// Reads the file.
  ///
  /// - Throws: `signing_policy_malformed` with the place of the fault in the file.
  public init(parsing bytes: [UInt8], place: String? = nil) throws(SigningError) {
    guard bytes.count <= Self.maximumBytes else {
      throw Self.malformed(place, "it is larger than 1 MiB")
    }
    let root: JSONValue
    do throws(JSONError) {
      root = try JSONValue.parse(bytes)
    } catch {
      throw Self.malformed(place, "\(error.message) in line \(error.line), column \(error.column)")
    }
    let reader = PolicyReader(place: place)
    let members = try reader.object(root, "", ["schema", "clock", "rules"])
    guard members["schema"]?.string == Self.schema else {
      throw Self.malformed(place, "/schema is not \(Self.schema)")
    }
    guard let clock = members["clock"]?.string.flatMap(Clock.init(rawValue:)) else {
      throw Self.malformed(
        place, "/clock is one of \(Clock.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    self.clock = clock
    var rules: [Rule] = []
    for (index, value) in try reader.array(members["rules"], "/rules").enumerated() {
      rules.append(try reader.rule(value, "/rules/\(index)"))
    }
    self.rules = rules
  }

  fileprivate static func malformed(_ place: String?, _ message: String) -> SigningError {
    SigningError(
      .signingPolicyMalformed, "the signing policy cannot be used: \(message)", place: place,
      hint: "wf trust policy --example prints one that can")
  }

  /// The parts of a policy, with the place of each for the message.
  private struct PolicyReader {
    let place: String?

    func object(
      _ value: JSONValue?, _ path: String, _ keys: Set<String>
    ) throws(SigningError) -> JSONObject {
      guard let object = value?.object else { throw fault(path, "is no object") }
      if let odd = object.keys.first(where: { !keys.contains($0) }) {
        throw fault("\(path)/\(odd)", "is no field of a policy")
      }
      return object
    }

    /// A list of 1 to 1,024 values.
    func array(_ value: JSONValue?, _ path: String) throws(SigningError) -> [JSONValue] {
      guard let array = value?.array, (1...mostRows).contains(array.count) else {
        throw fault(path, "is a list of 1 to \(mostRows)")
      }
      return array
    }

    func texts(_ value: JSONValue?, _ path: String) throws(SigningError) -> [String] {
      var texts: [String] = []
      for (index, element) in try array(value, path).enumerated() {
        guard let text = element.string, (1...320).contains(text.utf8.count),
          text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }), !text.contains(",")
        else { throw fault("\(path)/\(index)", "is a text without blanks and commas") }
        guard !texts.contains(text) else { throw fault("\(path)/\(index)", "stands there twice") }
        texts.append(text)
      }
      return texts
    }

    func rule(_ value: JSONValue, _ path: String) throws(SigningError) -> Rule {
      let members = try object(value, path, ["claims", "principals", "threshold"])
      let claims = try texts(members["claims"], path + "/claims")
      let principals = try texts(members["principals"], path + "/principals")
      guard !claims.contains(where: { $0.hasPrefix("!") }) else {
        throw fault(path + "/claims", "has no negated patterns; an earlier rule says who else may")
      }
      var threshold = 1
      if let given = members["threshold"] {
        guard let number = given.int, number >= 1, number <= principals.count else {
          throw fault(path + "/threshold", "is a number from 1 to that of the principals")
        }
        threshold = Int(number)
      }
      return Rule(claims: claims, principals: principals, threshold: threshold)
    }

    private func fault(_ path: String, _ message: String) -> SigningError {
      SigningPolicy.malformed(place, "\(path.isEmpty ? "the file" : path) \(message)")
    }
  }
}

/// A signature over a commit's payload and the time at which it was made, as far as one believes it.
public struct TimedSignature: Sendable, Equatable {
  /// The armour.
  public let signature: [UInt8]
  /// Unix seconds.
  public let time: Int64

  public init(_ signature: [UInt8], time: Int64) {
    self.signature = signature
    self.time = time
  }
}

extension SigningPolicy.Rule {
  /// What the signatures of one commit came to under a rule.
  public struct Outcome: Sendable, Equatable {
    /// Principals of the rule that count, each with a key of his own, in the rule's order.
    public let signers: [String]
    /// `signer_not_allowed`: the commit's own signature is by none of the rule's principals;
    /// `threshold_not_reached`: too few; nil: enough.
    public let reason: SigningError.Code?
  }

  /// - Parameters:
  ///   - own: the commit's own signature, which has to count.
  ///   - others: co-signatures; one that is not good is passed over.
  ///   - ownRevocation: what the commit's own signature is held against; nil: as the others.
  public func outcome(
    own: TimedSignature, others: [TimedSignature], payload: [UInt8], trust: AllowedSigners,
    revocation: RevocationList, ownRevocation: RevocationList? = nil
  ) -> Outcome {
    var keys: [String] = []
    var mayBe: [[Int]] = []
    for (place, signature) in ([own] + others).enumerated() {
      let revocation = place == 0 ? ownRevocation ?? revocation : revocation
      var fingerprint: String?
      let fitting = principals.indices.filter { index in
        let verdict = verify(
          signature.signature, of: payload, namespace: "git",
          identities: .one(principals[index]), at: signature.time, allowedSigners: trust,
          revocation: revocation)
        if verdict.isGood { fingerprint = verdict.fingerprint }
        return verdict.isGood
      }
      if mayBe.isEmpty, fitting.isEmpty { return Outcome(signers: [], reason: .signerNotAllowed) }
      guard let fingerprint, !keys.contains(fingerprint) else { continue }
      keys.append(fingerprint)
      mayBe.append(fitting)
    }
    let signers = Self.assignment(mayBe, principals.count).map { principals[$0] }
    return Outcome(
      signers: signers, reason: signers.count < threshold ? .thresholdNotReached : nil)
  }

  /// The principals in a largest matching of keys to principals (augmenting paths): nobody counts
  /// twice for two keys, and no key for two people.
  private static func assignment(_ mayBe: [[Int]], _ count: Int) -> [Int] {
    var keyOf = [Int?](repeating: nil, count: count)
    func seat(_ key: Int, _ tried: inout Set<Int>) -> Bool {
      for principal in mayBe[key] where tried.insert(principal).inserted {
        if keyOf[principal].map({ seat($0, &tried) }) ?? true {
          keyOf[principal] = key
          return true
        }
      }
      return false
    }
    for key in mayBe.indices {
      var tried: Set<Int> = []
      _ = seat(key, &tried)
    }
    return keyOf.indices.filter { keyOf[$0] != nil }
  }
}
