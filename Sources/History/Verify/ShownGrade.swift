import Audit
import Evidence
import JSON

extension TargetReport {
  /// The grade to show: evidence.json's letter with the caps that only history can lift (SCHEMAS §5.1).
  ///
  /// A package whose bytes are not the signed or consistent ones gets no letter: it would be the word
  /// of whoever changed them. The check `history` is told what the registration proves.
  ///
  /// - Parameter registration: the registration whose claim and protocol are the package's own.
  mutating func addGrade(_ members: PackageMembers, registration: ChainLink?) {
    var order = RegistrationOrder(of: members, after: registration)
    switch checks.first(where: { $0.check == .history })?.state {
    case .fail: order.word = .historyFailed
    case .skipped: order.word = .historyNotHere
    case .pass, nil: break
    }
    registrationOrder = order
    if registration != nil,
      let index = checks.firstIndex(where: { $0.check == .history && $0.state == .pass })
    {
      checks[index].detail += ". " + order.text
    }
    let isSound = checks.allSatisfy {
      $0.state != .fail || $0.check == .signature || $0.check == .history
    }
    guard isSound, let bytes = try? members.bytes(.evidence),
      let evidence = try? JSONValue.parse(bytes)
    else { return }
    grade = Audit.displayedGrade(
      evidence: evidence,
      history: HistoryFacts(
        isRegisteredBeforeRun: order.isProven, isSigned: signer != nil,
        hasIndependentSigner: false))
  }
}
