public import Attestation

/// What `verify` is told about envelopes beside a package.
public struct AttestationOptions: Sendable {
  /// Whose envelopes count; nil: an envelope is mentioned and not checked.
  public var trusted: TrustedSigners?
  /// The envelope, where it does not lie beside the members.
  public var envelope: [UInt8]?
  /// What the dates of the trusted signers are held against.
  public var time: TimeDemand
  /// Unix seconds.
  public var now: Int64

  public init(
    trusted: TrustedSigners? = nil, envelope: [UInt8]? = nil, time: TimeDemand = .claimed,
    now: Int64 = 0
  ) {
    self.trusted = trusted
    self.envelope = envelope
    self.time = time
    self.now = now
  }
}
