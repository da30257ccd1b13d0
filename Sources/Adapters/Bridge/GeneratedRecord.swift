internal import Evidence
internal import JSON

/// The `generated` object of a line: a rollout that a world model made (FORMATS §9).
struct GeneratedRecord {
  var video: MediaReference?
  var conditioningFrame: MediaReference?
  var isBlocked = false

  /// Reads the members of an object that has begun.
  init(from source: inout SourceReader) throws(AdapterError) {
    var video: MediaReference?
    var frame: MediaReference?
    var guardrail: String?
    try source.closedMembers(at: "/generated") { (source, key) throws(AdapterError) in
      switch key {
      case "video":
        video = try Self.readFile(&source, role: "rollout_video", at: "/generated/video")
      case "conditioning_frame":
        // Many rollouts start from one frame: it records no episode.
        frame = try Self.readFile(&source, role: "other", at: "/generated/conditioning_frame")
      case "actions_sha256": _ = try source.sha256OrNull(at: "/generated/actions_sha256")
      case "frames": _ = try source.countOrNull(at: "/generated/frames")
      case "generation_seed": _ = try source.integerOrNull(at: "/generated/generation_seed")
      case "guardrail":
        guardrail = try source.word(of: ["off", "passed", "blocked"], at: "/generated/guardrail")
      case "judge_score": try source.scalar(at: "/generated/judge_score")
      default: return false
      }
      return true
    }
    guard let guardrail else { throw source.missing("guardrail", at: "/generated") }
    self.video = video
    conditioningFrame = frame
    isBlocked = guardrail == "blocked"
  }

  private static func readFile(
    _ source: inout SourceReader, role: String, at place: String
  ) throws(AdapterError) -> MediaReference? {
    guard try source.beginObjectOrNull(at: place) else { return nil }
    var path: String?
    var digest: String?
    try source.closedMembers(at: place) { (source, key) throws(AdapterError) in
      switch key {
      case "path": path = try source.runPath(at: place + "/path")
      case "sha256": digest = try source.sha256OrNull(at: place + "/sha256")
      default: return false
      }
      return true
    }
    guard let path else { throw source.missing("path", at: place) }
    return MediaReference(row: nil, role: role, path: path, statedDigest: digest)
  }
}

extension BridgeEpisodeReader {
  /// A line of cosmos-predict needs the object; a judgement needs a video, a block an exclusion.
  mutating func checkGenerated() throws(AdapterError) {
    guard let record = generatedRecord else {
      if header.source == "cosmos-predict" { throw source.missing("generated", at: "") }
      return
    }
    episode.media += [record.video, record.conditioningFrame].compactMap { $0 }
    if record.isBlocked, episode.outcome != .excluded {
      throw source.complaint(
        .contradictoryEpisode, at: "/generated/guardrail",
        "the guardrail blocked this rollout, so it can only be excluded, not "
          + episode.outcome.rawValue)
    }
    if record.video == nil, episode.outcome.success != nil {
      throw source.complaint(
        .contradictoryEpisode, at: "/generated/video",
        "the outcome is \(episode.outcome.rawValue), and there is no video to judge it by")
    }
  }
}
