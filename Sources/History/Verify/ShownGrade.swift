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
    // These three say whom to believe; what the bytes are, the others say.
    let isSound = checks.allSatisfy {
      $0.state != .fail || [.signature, .history, .attestation].contains($0.check)
    }
    guard isSound, let bytes = try? members.bytes(.evidence),
      let evidence = try? JSONValue.parse(bytes)
    else { return }
    grade = Audit.displayedGrade(
      evidence: evidence,
      history: HistoryFacts(
        isRegisteredBeforeRun: order.isProven, isSigned: signer != nil,
        hasIndependentSigner: hasIndependentSigner))
  }

  /// Whether somebody else than the commit's signer attests the package (SCHEMAS §5.1); where nobody
  /// has signed a commit, there is nobody from whom the attester differs.
  private var hasIndependentSigner: Bool {
    guard let signer, let attester else { return false }
    return attester != signer.fingerprint
  }
}
