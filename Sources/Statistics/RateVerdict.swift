/// What an audit says about a claim on a rate.
public enum RateVerdict: String, Sendable, CaseIterable {
  case supported
  case refuted
  case inconclusive
  case notAuditable = "not_auditable"
}
