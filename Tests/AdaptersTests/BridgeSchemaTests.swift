import Adapters
import JSON
import Platform
import TestSupport
import Testing

/// The published schema of the bridge and the reader of it, line by line.
struct BridgeSchemaTests {
  enum Verdict: Sendable {
    case good, bad
    /// Bad, by something that a schema of single lines cannot say.
    case beyond
  }

  /// A change of one of the good files, and what both are to make of it.
  struct Row: Sendable {
    var file: Base
    var old: String
    var new: String
    var verdict: Verdict
    init(_ file: Base, _ old: String, _ new: String, _ verdict: Verdict) {
      self.file = file
      self.old = old
      self.new = new
      self.verdict = verdict
    }
  }

  enum Base: String, CaseIterable, Sendable {
    case worldflux
    case governance = "embodied-gov-bench"
    case generated = "cosmos-predict"

    /// A header and one episode.
    var text: String {
      let header = """
        {"schema":"worldflux.bridge/1","source":"\(rawValue)","episodes":1,"planned":null,\
        "metric":"success","denominator_rule":"all_attempted","seed_label":"recorded",\
        "model":{"id":"org/m","checkpoint":"c1","digest":null},\
        "harness":{"name":"in-house","version":"2","commit":null},\
        "created_at":"2026-10-01T12:00:00Z","suite_version":"3",\
        "world_model":{"model":"wm","checkpoint":null,"digest":null,"conditioning":"action",\
        "guidance":7,"num_steps":35,"chunk_size":12,"fps":10.5,"resolution":"256,320"},\
        "judge":{"kind":"vlm","id":"j","version":"1","prompt_digest":null},"extra":{"site":1}}
        """
      let episode = """
        {"suite":"recovery_success","task_id":"0","episode_index":0,"outcome":"failed",\
        "success":false,"seed":7,"initial_state":"i0","steps":12,"duration_s":1.50,"reward":2.0,\
        "progress":"0.75","failure_reason":null,\
        "media":[{"path":"v/a.mp4","role":"rollout_video","sha256":null,"media_type":"video/mp4"}],\
        "extra":{"arm":"left"}\(part)}
        """
      return header + "\n" + episode + "\n"
    }

    private var part: String {
      switch self {
      case .worldflux: ""
      case .governance:
        """
        ,"governance":{"dimension":"recovery_success","setting":"fleet","scenario":"0",\
        "perturbation":"p","expected":"e","observed":"o","score":0.5,"latency_ms":3,\
        "audit_events_expected":4,"audit_events_found":2}
        """
      case .generated:
        """
        ,"generated":{"video":{"path":"g/v.mp4","sha256":null},\
        "conditioning_frame":{"path":"g/f.png"},"actions_sha256":null,"frames":3,\
        "generation_seed":0,"guardrail":"passed","judge_score":"4"}
        """
      }
    }
  }

  private static let hex = String(repeating: "a", count: 64)
  private static let largest = "9007199254740991"

  // MARK: - Headers

  private static let headers: [Row] = [
    Row(.worldflux, "bridge/1", "bridge/2", .bad),
    Row(.worldflux, "\"schema\":\"worldflux.bridge/1\",", "", .bad),
    Row(.worldflux, "\"source\":\"worldflux\"", "\"source\":\"in-house\"", .bad),
    Row(.worldflux, "\"source\":\"worldflux\",", "", .bad),
    Row(.worldflux, "\"episodes\":1", "\"episodes\":-1", .bad),
    Row(.worldflux, "\"episodes\":1", "\"episodes\":1.5", .bad),
    Row(.worldflux, "\"episodes\":1", "\"episodes\":\"1\"", .bad),
    Row(.worldflux, "\"episodes\":1", "\"episodes\":1.0", .beyond),
    Row(.worldflux, "\"episodes\":1", "\"episodes\":2", .beyond),
    Row(.worldflux, "\"planned\":null", "\"planned\":3", .good),
    Row(.worldflux, "\"planned\":null", "\"planned\":0", .beyond),
    Row(.worldflux, "\"planned\":null", "\"planned\":9007199254740992", .bad),
    Row(.worldflux, "\"planned\":null,", "", .good),
    Row(.worldflux, "\"metric\":\"success\",", "", .bad),
    Row(.worldflux, "\"metric\":\"success\"", "\"metric\":\"a\\nb\"", .bad),
    Row(.worldflux, "\"metric\":\"success\"", "\"metric\":null", .bad),
    Row(.worldflux, "\"all_attempted\"", "\"All attempted\"", .bad),
    Row(.worldflux, "\"all_attempted\"", "\"a\"", .good),
    Row(.worldflux, "\"all_attempted\"", "\"\"", .bad),
    Row(.worldflux, "\"recorded\"", "\"derived\"", .good),
    Row(.worldflux, "\"recorded\"", "\"recorded_run_seed\"", .bad),
    Row(.worldflux, "\"recorded\"", "\"missing\"", .beyond),
    Row(.worldflux, "\"id\":\"org/m\"", "\"id\":null", .good),
    Row(.worldflux, "\"id\":\"org/m\",", "", .bad),
    Row(.worldflux, "\"id\":\"org/m\"", "\"id\":\"\\u0007\"", .bad),
    Row(.worldflux, "\"checkpoint\":\"c1\",", "", .good),
    Row(.worldflux, "\"checkpoint\":\"c1\"", "\"checkpoint\":5", .bad),
    Row(.worldflux, "\"checkpoint\":\"c1\",\"digest\":null", "\"digest\":\"sha256:\(hex)\"", .good),
    Row(.worldflux, "\"checkpoint\":\"c1\",\"digest\":null", "\"digest\":\"\(hex)\"", .bad),
    Row(.worldflux, "\"checkpoint\":\"c1\"", "\"revision\":\"c1\"", .bad),
    Row(.worldflux, "\"name\":\"in-house\"", "\"name\":null", .good),
    Row(.worldflux, "\"name\":\"in-house\",", "", .bad),
    Row(.worldflux, "\"version\":\"2\"", "\"version\":2", .bad),
    Row(.worldflux, "\"version\":\"2\"", "\"release\":\"2\"", .bad),
    Row(.worldflux, "12:00:00Z", "12:00:00.25+09:00", .good),
    Row(.worldflux, "2026-10-01T12:00:00Z", "2026-10-01", .bad),
    Row(.worldflux, "2026-10-01T", "2026-13-01T", .beyond),
    Row(.worldflux, "\"2026-10-01T12:00:00Z\"", "1790000000", .bad),
    Row(.worldflux, "\"suite_version\":\"3\"", "\"suite_version\":3", .bad),
    Row(.worldflux, "\"suite_version\"", "\"suiteVersion\"", .bad),
    Row(.worldflux, "\"extra\":{\"site\":1}", "\"extra\":{\"site\":[{\"a\":null}]}", .good),
    Row(.worldflux, "\"extra\":{\"site\":1}", "\"extra\":null", .good),
    Row(.worldflux, "\"extra\":{\"site\":1}", "\"extra\":[1]", .bad),
    Row(.worldflux, "\"conditioning\":\"action\"", "\"conditioning\":\"touch\"", .bad),
    Row(.worldflux, "\"guidance\":7", "\"guidance\":true", .bad),
    Row(.worldflux, "\"num_steps\":35", "\"num_steps\":-35", .bad),
    Row(.generated, "\"num_steps\":35", "\"steps\":35", .bad),
    Row(.generated, "\"model\":\"wm\",", "", .bad),
    Row(.generated, "\"conditioning\":\"action\",", "", .good),
    Row(.generated, "\"kind\":\"vlm\"", "\"kind\":\"crowd\"", .bad),
    Row(.generated, "\"kind\":\"vlm\",", "", .bad),
    Row(.generated, "\"version\":\"1\"", "\"version\":null", .good),
    Row(.generated, "\"prompt_digest\":null", "\"prompt_digest\":\"sha256:\(hex)\"", .good),
    Row(.generated, "\"prompt_digest\":null", "\"prompt\":null", .bad),
  ]

  // MARK: - Episodes

  private static let episodes: [Row] = [
    Row(.worldflux, "\"suite\":\"recovery_success\",", "", .bad),
    Row(.worldflux, "\"suite\":\"recovery_success\"", "\"suite\":\"\"", .good),
    Row(.worldflux, "\"task_id\":\"0\"", "\"task_id\":0", .bad),
    Row(.worldflux, "\"task_id\":\"0\"", "\"task_id\":\"\\u0085\"", .bad),
    Row(.worldflux, "\"episode_index\":0", "\"episode_index\":\(largest)", .good),
    Row(.worldflux, "\"episode_index\":0", "\"episode_index\":1e2", .beyond),
    Row(.worldflux, "\"outcome\":\"failed\",\"success\":false", "\"outcome\":\"failed\"", .bad),
    Row(.worldflux, "\"success\":false", "\"success\":true", .bad),
    Row(.worldflux, "\"success\":false", "\"success\":0", .bad),
    Row(.worldflux, "\"outcome\":\"failed\"", "\"outcome\":\"missing\"", .bad),
    Row(.worldflux, "\"failed\",\"success\":false", "\"errored\",\"success\":null", .bad),
    Row(
      .worldflux, "\"failed\",\"success\":false,", "\"succeeded\",\"success\":true,", .good),
    Row(.worldflux, "\"failure_reason\":null", "\"failure_reason\":\"a\\nb\"", .good),
    Row(.worldflux, "\"failure_reason\":null", "\"failure_reason\":[]", .bad),
    Row(.worldflux, "\"seed\":7", "\"seed\":-\(largest)", .good),
    Row(.worldflux, "\"seed\":7", "\"seed\":9007199254740992", .bad),
    Row(.worldflux, "\"seed\":7", "\"seed\":\"7\"", .bad),
    Row(.worldflux, "\"initial_state\":\"i0\"", "\"initial_state\":3", .bad),
    Row(.worldflux, "\"initial_state\":\"i0\"", "\"initial_state\":null", .good),
    Row(.worldflux, "\"steps\":12", "\"steps\":null", .good),
    Row(.worldflux, "\"steps\":12", "\"steps\":12.5", .bad),
    Row(.worldflux, "\"duration_s\":1.50", "\"duration_s\":\"1.50\"", .bad),
    Row(.worldflux, "\"duration_s\":1.50", "\"duration_s\":1e3", .good),
    Row(.worldflux, "\"reward\":2.0", "\"reward\":{\"sum\":2}", .bad),
    Row(.worldflux, "\"reward\":2.0", "\"reward\":NaN", .bad),
    Row(.worldflux, "\"reward\":2.0", "\"reward\":1e400", .beyond),
    Row(.worldflux, "\"progress\":\"0.75\"", "\"progress\":0.75", .bad),
    Row(.worldflux, "\"progress\":\"0.75\"", "\"progress\":\"1.01\"", .bad),
    Row(.worldflux, "\"progress\":\"0.75\"", "\"progress\":\"1.000\"", .good),
    Row(.worldflux, "\"progress\":\"0.75\"", "\"progress\":\".5\"", .bad),
    Row(.worldflux, "v/a.mp4", "/v/a.mp4", .bad),
    Row(.worldflux, "v/a.mp4", "v/../a.mp4", .bad),
    Row(.worldflux, "v/a.mp4", "v\\\\a.mp4", .bad),
    Row(.worldflux, "v/a.mp4", "C:/a.mp4", .bad),
    Row(.worldflux, "v/a.mp4", "", .bad),
    Row(.worldflux, "v/a.mp4", "v/..a/b..mp4", .good),
    Row(.worldflux, "rollout_video", "movie", .bad),
    Row(.worldflux, "\"sha256\":null", "\"sha256\":\"\(hex)\"", .good),
    Row(.worldflux, "\"sha256\":null", "\"sha256\":\"sha256:\(hex)\"", .bad),
    Row(.worldflux, "\"sha256\":null", "\"size\":1", .bad),
    Row(.worldflux, "\"role\":\"rollout_video\",", "", .bad),
    Row(.worldflux, "\"extra\":{\"arm\":\"left\"}", "\"arm\":\"left\"", .bad),
    Row(.worldflux, "\"extra\":{\"arm\":\"left\"}", "\"extra\":\"left\"", .bad),
    Row(.worldflux, "\"arm\":\"left\"", "\"arm\":\"left\",\"arm\":\"left\"", .bad),
    Row(.worldflux, "\"arm\":\"left\"", "\"arm\":\"\\ud800\"", .beyond),
    Row(.governance, "\"dimension\":\"recovery_success\"", "\"dimension\":\"speed\"", .bad),
    Row(
      .governance, "\"dimension\":\"recovery_success\"", "\"dimension\":\"policy_portability\"",
      .beyond),
    Row(.governance, "\"scenario\":\"0\"", "\"scenario\":\"1\"", .beyond),
    Row(.governance, "\"setting\":\"fleet\"", "\"setting\":\"swarm\"", .bad),
    Row(.governance, "\"expected\":\"e\",", "", .bad),
    Row(.governance, "\"observed\":\"o\"", "\"observed\":null", .bad),
    Row(.governance, "\"score\":0.5", "\"score\":true", .bad),
    Row(.governance, "\"latency_ms\":3", "\"latency_ms\":-1", .bad),
    Row(.governance, "\"audit_events_found\":2", "\"audit_events_found\":5", .beyond),
    Row(.governance, "\"latency_ms\":3", "\"latency\":3", .bad),
    Row(.generated, "\"video\":{\"path\":\"g/v.mp4\",\"sha256\":null}", "\"video\":null", .bad),
    Row(.generated, "\"video\":{\"path\":\"g/v.mp4\",\"sha256\":null},", "", .bad),
    Row(.generated, "\"path\":\"g/v.mp4\",\"sha256\":null", "\"path\":\"g/v.mp4\"", .good),
    Row(.generated, "g/f.png", "../f.png", .bad),
    Row(.generated, "\"guardrail\":\"passed\"", "\"guardrail\":\"blocked\"", .bad),
    Row(.generated, "\"guardrail\":\"passed\",", "", .bad),
    Row(.generated, "\"frames\":3", "\"frames\":-3", .bad),
    Row(.generated, "\"judge_score\":\"4\"", "\"judge_score\":[4]", .bad),
    Row(.generated, "\"actions_sha256\":null", "\"actions_sha256\":\"\(hex)\"", .good),
  ]

  @Test func `schema and reader agree on every line, but where a schema cannot say it`() throws {
    let folder = TemporaryFolder()
    let rows = Self.headers + Self.episodes + Base.allCases.map { Row($0, "", "", .good) }
    var paths: [String] = []
    for (number, row) in rows.enumerated() {
      let text = row.file.text
      #expect(row.old.isEmpty || text.contains(row.old), "\(row.old)")
      let changed =
        row.old.isEmpty ? text : text.replacing(row.old, with: row.new, maxReplacements: 1)
      paths.append("\(folder.path)/\(number).jsonl")
      try write(Array(changed.utf8), to: paths[number])
    }
    let faults = try SchemaValidator.faults(bridges: paths)
    for (row, path) in zip(rows, paths) {
      let fits = !faults.contains(path + ",") && !faults.contains(path + ":")
      let isRead = (try? read(path, as: row.file.rawValue)) != nil
      #expect(isRead == (row.verdict == .good), "reader: \(row.old) to \(row.new)")
      #expect(fits == (row.verdict != .bad), "schema: \(row.old) to \(row.new)")
    }
    #expect(rows.count > 110 && rows.contains { $0.verdict == .beyond })
  }
}
