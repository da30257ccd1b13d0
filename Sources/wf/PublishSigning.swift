import ArgumentParser
import Attestation
import Platform
import Sharing
import Sigstore

/// Whose signature a publication needs: exactly one of two files.
struct PublishSigning: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Signers whose signature.dsse.json makes a publication good.", valueName: "file"))
  var trustedSignerConfig: String?

  @Option(
    help: ArgumentHelp(
      "Policy for the Sigstore bundle that makes a publication good.", valueName: "file"))
  var sigstorePolicyConfig: String?

  @Option(
    help: ArgumentHelp(
      "signature.dsse.json or signature.sigstore.json, where it does not lie beside the members.",
      valueName: "file"))
  var signature: String?

  /// Either file, which is told to the server too.
  ///
  /// - Throws: `option_invalid` unless exactly one is given; `trusted_signers_malformed` and the like.
  func read(_ session: Session) throws -> (trust: ShareTrust, word: SigningWord) {
    switch (trustedSignerConfig, sigstorePolicyConfig) {
    case (let path?, nil):
      let (signers, bytes) = try trustedSigners(at: path, session)
      return (.selfSign(signers), SigningWord(.selfSign, config: bytes))
    case (nil, let path?):
      let policy = try session.files.read(path, limit: SigstorePolicy.sizeLimit)
      do throws(SigstoreError) {
        let name = try SigstorePolicy(parsing: policy).trustedRoot
        let root: [UInt8]
        do throws(PlatformError) {
          root = try session.files.read(
            Path.join(Path.parent(path), name), limit: TrustedRoot.sizeLimit)
        } catch {
          throw SigstoreError(.trustedRootMalformed, error.message, place: name)
        }
        return (
          .sigstore(policy: policy, trustedRoot: root), SigningWord(.sigstore, config: policy)
        )
      } catch {
        throw error.at(path + (error.place.map { ", " + $0 } ?? ""))
      }
    default:
      throw CommandError(
        .optionInvalid, place: "--trusted-signer-config, --sigstore-policy-config",
        "a publication is bound to one configuration of whose signature counts",
        hint: "give exactly one of the two")
    }
  }
}
