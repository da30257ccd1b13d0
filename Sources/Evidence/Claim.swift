public import JSON

/// What is claimed: claim.json (SCHEMAS §2).
///
/// The decoded view of the fields that the audit uses; the member's own bytes, unknown fields
/// included, are kept beside it by whoever read them.
public struct Claim: Sendable, Equatable {
  public var id: String
  public var slug: String
  public var text: String
  public var subject: Subject
  public var capability: String
  public var applicability: Applicability
  /// As read: an object, or a bare string or number from elsewhere, which is shown and never compared.
  public var baseline: JSONValue
  /// claim.metric, else the fields of protocol.metric_contract; nil is an open question.
  public var metric: ClaimMetric?
  public var createdAt: String?
  public var source: JSONValue
  public var openQuestions: [OpenQuestion]

  public init(
    id: String, slug: String, text: String, subject: Subject, capability: String,
    applicability: Applicability, baseline: JSONValue, metric: ClaimMetric?, createdAt: String?,
    source: JSONValue, openQuestions: [OpenQuestion]
  ) {
    self.id = id
    self.slug = slug
    self.text = text
    self.subject = subject
    self.capability = capability
    self.applicability = applicability
    self.baseline = baseline
    self.metric = metric
    self.createdAt = createdAt
    self.source = source
    self.openQuestions = openQuestions
  }
}

/// The policy or model that the claim is about.
public struct Subject: Sendable, Equatable {
  public var type: String
  public var id: String
  public var checkpointURI: String?
  public init(type: String, id: String, checkpointURI: String?) {
    self.type = type
    self.id = id
    self.checkpointURI = checkpointURI
  }
}

/// Where the claim is meant to hold.
public struct Applicability: Sendable, Equatable {
  public var benchmark: String?
  public var benchmarkVersion: String?
  public var robotEmbodiment: String?
  public var simulator: String?
  public var cameraDistribution: String?
  public init(
    benchmark: String?, benchmarkVersion: String?, robotEmbodiment: String?, simulator: String?,
    cameraDistribution: String?
  ) {
    self.benchmark = benchmark
    self.benchmarkVersion = benchmarkVersion
    self.robotEmbodiment = robotEmbodiment
    self.simulator = simulator
    self.cameraDistribution = cameraDistribution
  }
}

/// What number is claimed.
///
/// Decimals keep the text that a person wrote.
public struct ClaimMetric: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    case atLeast = "at_least"
    case atMost = "at_most"
    case betterThan = "better_than"
    case equalsReported = "equals_reported"
  }
  public enum Aggregate: String, Sendable, CaseIterable {
    case micro, macro
    case eachTask = "each_task"
  }
  public var name: String
  public var kind: Kind
  public var threshold: String?
  public var confidence: String?
  public var aggregate: Aggregate?
  public var margin: String?
  public init(
    name: String, kind: Kind, threshold: String?, confidence: String?, aggregate: Aggregate?,
    margin: String?
  ) {
    self.name = name
    self.kind = kind
    self.threshold = threshold
    self.confidence = confidence
    self.aggregate = aggregate
    self.margin = margin
  }
}

/// Something the claim's author has not answered yet.
public struct OpenQuestion: Sendable, Equatable {
  public var id: String
  public var field: String
  public var text: String
  public init(id: String, field: String, text: String) {
    self.id = id
    self.field = field
    self.text = text
  }
}
