import Audit
import Evidence
import JSON

extension TargetReport {
  /// The grade to show: evidence.json's letter with the caps that only history can lift (SCHEMAS §5.1).
  ///
  /// - Parameter registration: the registration whose claim and protocol are the package's own.
  mutating func addGrade(_ members: PackageMembers, registration: ChainLink?) {
    guard let bytes = try? members.bytes(.evidence), let evidence = try? JSONValue.parse(bytes)
    else {
      return
    }
    // What cannot be read proves nothing.
    let isProven = registration.flatMap {
      try? RegistrationOrder(registration: $0, members: members).isProven()
    }
    let grade = Audit.displayedGrade(
      evidence: evidence,
      history: HistoryFacts(
        isRegisteredBeforeRun: isProven ?? false, isSigned: signer != nil,
        hasIndependentSigner: false))
    displayedGrade = grade.letter.rawValue
    gradeCaps = grade.caps
    gradeNotes = grade.caps.map { "\($0.word) (at most \($0.cap.rawValue))" }
  }
}
