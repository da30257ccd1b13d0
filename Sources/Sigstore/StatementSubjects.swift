internal import JSON
internal import Platform

/// Whether an in-toto statement is about a file; what it says of the file is not looked at.
enum StatementSubjects {
  static let payloadType = "application/vnd.in-toto+json"
  private static let limit = 65_536

  static func check(_ envelope: Bundle.Envelope, holds file: [UInt8]) throws(SigstoreError) {
    guard envelope.payloadType == payloadType else {
      throw SigstoreError(
        .payloadTypeWrong, "the envelope holds no in-toto statement", place: envelope.payloadType)
    }
    let statement = try ProtoMessage(
      file: envelope.payload, atMost: Bundle.sizeLimit, code: .statementMalformed,
      path: "statement")
    let digest = Hex.encode(sha256(file))
    let subjects = try statement.messages("subject", atMost: limit)
    for subject in subjects {
      if try subject.message("digest")?.text("sha256") == digest { return }
    }
    throw SigstoreError(.bytesChanged, "the file is not among the subjects of the statement")
  }
}
