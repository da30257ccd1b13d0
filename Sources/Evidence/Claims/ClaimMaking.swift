public import JSON
internal import Platform

/// Makes claim.json and protocol.json from a built-in template and settings.
///
/// - Parameters:
///   - settings: dotted paths in claim.json, with `protocol.` in front in protocol.json, and texts
///     that are read by the field's type; applied in order.
///   - now: Unix seconds, for created_at and the ids.
///   - random: gives that many random bytes, for the ids.
/// - Throws: `template_unknown`, `setting_unknown` naming near paths, `setting_invalid`, or the word of the schema rule that the finished draft breaks.
public func makeClaim(
  template name: String, settings: [(path: String, value: String)], now: Int64,
  random: (Int) -> [UInt8]
) throws(ClaimError) -> (claim: JSONValue, protocol: JSONValue) {
  let content = try ClaimTemplate.content(of: name)
  var draft = ClaimDraft(template: name, content: content, now: now, random: random)
  for setting in settings { try draft.set(setting.path, to: setting.value) }
  draft.deriveRest()
  try draft.validate()
  return (draft.claim, draft.evaluationProtocol)
}

/// A draft protocol for a hand-written claim.
///
/// Nothing is guessed: tasks are filled in only where the claim's text names a suite whose tasks are
/// known; policies are null until somebody decides them.
public func draftProtocol(
  claim: JSONValue, now: Int64, random: (Int) -> [UInt8]
) throws(ClaimError) -> JSONValue {
  let decoded = try decodeClaim(claim)
  let suites = ClaimTextReader(decoded.text).suites
  var result = ProtocolDraft.empty(
    claimID: decoded.id, metric: decoded.metric?.name ?? "success_rate", now: now, random: random)
  result.tasks = suites.flatMap {
    ProtocolDraft.value(TaskNaming.published.tasks(of: $0) ?? [])
  }
  let value = try withFreezeDigest(result.value)
  _ = try decodeProtocol(value)
  return value
}

/// Freezes a draft: sets frozen_at and freeze_digest.
///
/// - Parameter claim: the protocol's claim, whose open questions forbid freezing.
/// - Throws: `question_open` naming the questions, `protocol_frozen` when it is frozen already.
public func freezeProtocol(
  _ evaluationProtocol: JSONValue, claim: JSONValue?, now: Int64
) throws(ClaimError) -> JSONValue {
  if let time = evaluationProtocol["frozen_at"]?.string {
    throw ClaimError(
      .protocolFrozen, "protocol.json /frozen_at", "the protocol has been frozen at \(time)",
      hint: "a changed protocol takes a new id: wf protocol create")
  }
  if let claim {
    let questions = try decodeClaim(claim).openQuestions
    if !questions.isEmpty {
      throw ClaimError(
        .questionOpen, questions.map(\.id).joined(separator: ", "),
        "\(questions.count) questions of the claim are open",
        hint: "answer them in claim.json and remove them from open_questions")
    }
  }
  guard case .object(var object) = evaluationProtocol else {
    throw ClaimError(
      from: EvidenceError(
        .fieldType, EvidencePlace(.evaluationProtocol, pointer: ""), "an object expected"))
  }
  object["frozen_at"] = .string(UTCTime(seconds: now).rfc3339)
  let value = try withFreezeDigest(.object(object))
  _ = try decodeProtocol(value)
  return value
}

/// The protocol with freeze_digest as its `frozen` demands.
func withFreezeDigest(_ evaluationProtocol: JSONValue) throws(ClaimError) -> JSONValue {
  guard case .object(var object) = evaluationProtocol else { return evaluationProtocol }
  do throws(JSONError) {
    object["freeze_digest"] = .string(
      Digest.text(of: try CanonicalJSON.bytes(object["frozen"] ?? .null)))
  } catch {
    throw ClaimError(from: EvidenceError(error, member: MemberName.evaluationProtocol.rawValue))
  }
  return .object(object)
}

func decodeClaim(_ value: JSONValue) throws(ClaimError) -> Claim {
  do throws(EvidenceError) {
    return try Claim.decode(try memberBytes(value, of: .claim))
  } catch {
    throw ClaimError(from: error)
  }
}

func decodeProtocol(_ value: JSONValue) throws(ClaimError) -> EvaluationProtocol {
  do throws(EvidenceError) {
    return try EvaluationProtocol.decode(try memberBytes(value, of: .evaluationProtocol))
  } catch {
    throw ClaimError(from: error)
  }
}
