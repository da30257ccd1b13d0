internal import Signing

extension ApprovalRecord {
  /// Checks `approval.sig` where the record names the key of its approver.
  ///
  /// - Parameter signature: armoured SSHSIG over the bytes of the record, namespace `wf-approval`, as
  ///   `ssh-keygen -Y sign -n wf-approval` makes it; nil where there is none.
  /// - Throws: `approval_unsigned`, `approval_signature_invalid`.
  public func check(signature: [UInt8]?) throws(SharingError) {
    guard let approverKey else { return }
    let place = "approval.sig"
    guard let signature else {
      throw SharingError(
        .approvalUnsigned, place: place, "the record names a key, and nothing is signed with it",
        hint: "ssh-keygen -Y sign -n \(Self.namespace) -f KEY approval.json")
    }
    let parsed: SSHSignature
    do throws(SigningError) {
      parsed = try SSHSignature(armoured: signature)
    } catch {
      throw SharingError(.approvalSignatureInvalid, place: place, error.code.sentence)
    }
    if let code = parsed.failure(of: bytes, namespace: Self.namespace) {
      throw SharingError(.approvalSignatureInvalid, place: place, code.sentence)
    }
    guard parsed.publicKey.fingerprint == approverKey else {
      throw SharingError(
        .approvalSignatureInvalid, place: place, "another key than the record names has signed it")
    }
  }
}
