public import Evidence
internal import Platform

/// The reference of a custom evaluation's private contract file (SCHEMAS §3.1, §9).
///
/// Only its hash goes into the package, among the private raw references.
///
/// - Parameters:
///   - bytes: the file as it lies.
///   - evaluationProtocol: protocol.json, which has to name this very file by its digest.
/// - Throws: `contract_missing`, `contract_mismatch`, `contract_incomplete`, or the word of the rule
///   that the file breaks.
public func contractReference(
  _ bytes: [UInt8], path: String, evaluationProtocol: [UInt8]
) throws(AuditError) -> LocatedReference {
  do throws(ClaimError) {
    try EvalContract.check(bytes, againstProtocol: evaluationProtocol)
  } catch {
    throw AuditError(.contractInvalid, from: error)
  }
  var redactor = Redactor()
  let name = Path.lastComponent(path)
  let (clean, found) = redactor.redact(name)
  return LocatedReference(
    reference: RawReference(
      role: "contract", mediaType: "application/json", size: bytes.count,
      sha256: Digest.text(of: bytes), originalName: TextRules.cut(clean, to: 200),
      nameRedacted: found.total > 0, uri: "redacted:" + Digest.text(of: Array(name.utf8)),
      episodeKeys: []), state: .present)
}
