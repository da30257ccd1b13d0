/// What a statement about a package says of it (SIGNING.md §6, §13).
///
/// Only the first is ever believed by `wf`; the others tell the same evidence to programs that know
/// those predicates and not ours.
public enum PackagePredicate: String, Sendable, CaseIterable {
  /// Our own: claim, grade, verdict, commit.
  case evidencePackage = "evidence-package"
  /// in-toto attestation framework, "Predicate type: Test Result", v0.1.
  case testResult = "test-result"
  /// OpenSSF Model Signing, v1.0: the package's folder taken for a model's.
  case modelSigning = "model-signing"

  /// `predicateType` in the statement.
  public var type: String {
    switch self {
    case .evidencePackage: EvidenceStatement.predicateType
    case .testResult: TestResult.predicateType
    case .modelSigning: ModelManifest.predicateType
    }
  }

  /// The name of an envelope beside the members.
  public var envelopeName: String { stem + ".dsse.json" }
  /// The name of a Sigstore bundle beside the members.
  public var bundleName: String { stem + ".sigstore.json" }
  /// The name of a statement that nobody has signed yet.
  public var statementName: String {
    self == .evidencePackage ? "statement.json" : stem + ".statement.json"
  }

  private var stem: String { self == .evidencePackage ? "signature" : rawValue }

  /// Files beside the members that say something to other programs and nothing to `wf verify`.
  public static let foreignNames = [testResult, modelSigning].flatMap {
    [$0.envelopeName, $0.bundleName, $0.statementName]
  }
}
