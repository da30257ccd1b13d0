import ArgumentParser
import Evidence
import Platform

/// Where claim and protocol lie: a folder with both, or two files.
struct ClaimFiles: ParsableArguments {
  @Option(help: "Folder with claim.json and protocol.json.")
  var claimPackage: String?
  @Option(help: "claim.json")
  var claim: String?
  @Option(name: .customLong("protocol"), help: "protocol.json")
  var protocolFile: String?

  var isNamed: Bool { claimPackage != nil || claim != nil || protocolFile != nil }

  /// The bytes of both; nil where one is not named, or both are in two ways.
  func read(_ session: Session) throws -> (claim: [UInt8], protocol: [UInt8])? {
    let paths: (claim: String, protocol: String)
    switch (claimPackage, claim, protocolFile) {
    case (let folder?, nil, nil):
      paths = (
        Path.join(folder, MemberName.claim.rawValue),
        Path.join(folder, MemberName.evaluationProtocol.rawValue)
      )
    case (nil, let one?, let two?): paths = (one, two)
    default: return nil
    }
    return (
      try session.files.read(paths.claim, limit: 16 << 20),
      try session.files.read(paths.protocol, limit: 64 << 20)
    )
  }
}
