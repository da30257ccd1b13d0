import Evidence
import JSON
import Platform

/// The settings of `--set PATH=VALUE`.
func settingPairs(_ settings: [String]) throws -> [(path: String, value: String)] {
  try settings.map { text in
    guard let equals = text.firstIndex(of: "=") else {
      throw CommandError(.optionInvalid, place: "--set \(text)", "a setting is PATH=VALUE")
    }
    return (String(text[..<equals]), String(text[text.index(after: equals)...]))
  }
}

/// Writes claim.json and protocol.json into a new folder, both or none.
func writeClaimFolder(
  claim: JSONValue, protocol evaluationProtocol: JSONValue, to output: String,
  replacing: Bool, _ session: Session
) throws -> OutputPublication {
  let publication = try session.files.beginFolder(at: output, replacing: replacing)
  for (value, name) in [(claim, MemberName.claim), (evaluationProtocol, .evaluationProtocol)] {
    try session.files.write(
      try CanonicalJSON.bytes(value) + [0x0A], to: Path.join(publication.path, name.rawValue))
  }
  try publication.publish()
  return publication
}
