import Glibc
import JSON
import Platform
import Sharing
import Signing
import Terminal

extension PublishCommand {
  /// Gives the labels of what was just published, where the user has enabled that and agrees now.
  ///
  /// What becomes of it changes nothing about the publication, which is done.
  func offerReliability(
    _ publication: Publication, _ share: VerifiedShare?, _ client: ShareClient, _ session: Session
  ) throws {
    guard let share,
      var consent = try ReliabilityConsent.read(in: session.user().path, files: session.files),
      consent.server == client.address.text
    else { return }
    guard consent.all || giveReliabilityRecord || agrees(session) else {
      session.console.remark(
        "No reliability labels were given; --give-reliability-record gives them.")
      return
    }
    let now = session.surroundings.now()
    let dto = shareDTO(
      share, approval: publication.record,
      share: ShareRow(
        state: .active, expiresAt: publication.record.expiresAt, passwordProtected: false,
        packageBytes: publication.record.packageBytes), now: now)
    let record = ReliabilityRecord(
      dto: dto, time: now, random: session.surroundings.randomBytes(16))
    // The id first: a record whose id is lost could not be withdrawn by itself.
    consent.records.append(record.recordID)
    try consent.write(in: session.user().path, files: session.files)
    do {
      try client.give(record)
      session.console.remark("Gave the reliability labels of this package: \(record.recordID)")
    } catch let failure as any Failure {
      // Where the connection broke off, the server may have it.
      if failure.kind == .otherSideRefused { consent.records.removeAll { $0 == record.recordID } }
      try consent.write(in: session.user().path, files: session.files)
      session.console.remark(
        "The reliability labels were not given: \(failure.message) [\(failure.reason)]")
    }
  }

  /// Asks where somebody can answer.
  private func agrees(_ session: Session) -> Bool {
    guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1, !session.console.json,
      !link.passwordStdin
    else { return false }
    session.console.complaint("Give the reliability labels of this package? [y/N]")
    let answer = readLine(strippingNewline: true) ?? ""
    return ["y", "yes"].contains(answer.lowercased())
  }
}
