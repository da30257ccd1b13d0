import ArgumentParser
import Attestation
import Platform

/// What a statement about a package says.
struct PredicateOption: ParsableArguments {
  @Option(help: "evidence-package, test-result or model-signing.")
  var predicate = PackagePredicate.evidencePackage.rawValue

  /// - Throws: `option_invalid` for another word.
  func chosen() throws(CommandError) -> PackagePredicate {
    guard let chosen = PackagePredicate(rawValue: predicate) else {
      throw CommandError(
        .optionInvalid, place: "--predicate \(predicate)", "there is no such predicate here",
        hint: "one of: " + PackagePredicate.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return chosen
  }
}
