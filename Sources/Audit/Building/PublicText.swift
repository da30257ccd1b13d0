internal import Evidence
internal import JSON
internal import Platform

/// What public members say must pass the redactor unchanged; nothing is edited silently (SCHEMAS §1).
enum PublicText {
  /// Refuses a text of audit_input.json that names a path, a person, a machine or a secret.
  static func check(_ input: AuditInput) throws(AuditError) {
    var texts: [(place: String, text: String?)] = [
      ("/model/id", input.model.id), ("/metric/name", input.metricName),
      ("/metric/success_rule", input.successRule), ("/format/name", input.format.name),
      ("/format/generation", input.format.generation),
      ("/source_denominator_rule", input.sourceDenominatorRule),
      ("/source_notes/partial/reason", input.sourceNotes?.partial?.reason),
      ("/source_notes/generated/model", input.sourceNotes?.generated?.model),
      ("/source_notes/generated/judge_kind", input.sourceNotes?.generated?.judgeKind),
      ("/source_notes/generated/judge_id", input.sourceNotes?.generated?.judgeID),
      ("/source_notes/generated/judge_version", input.sourceNotes?.generated?.judgeVersion),
    ]
    texts += input.format.detectedBy.map { ("/format/detected_by", $0) }
    texts += (input.sourceNotes?.warnings ?? []).map { ("/source_notes/warnings", $0) }
    texts += input.observations.flatMap {
      [("/observations", $0.observed), ("/observations", $0.expected)]
    }
    texts += (input.sourceAggregates?.members ?? []).map { ("/source_aggregates", $0.value.string) }
    for (place, text) in texts { try check(text, "audit_input.json " + place) }
    for (number, task) in input.tasks.enumerated() { try check(task, number) }
  }

  /// Refuses what would have to be redacted in a text that a person wrote, but for hosts: a
  /// baseline's `source_uri` is meant to name one.
  static func check(_ value: JSONValue, member: MemberName) throws(AuditError) {
    try check(value, member.rawValue + " ")
  }

  private static func check(_ value: JSONValue, _ place: String) throws(AuditError) {
    switch value {
    case .string(let text):
      if !isShortID(text), Redactor.findsPrivate(text) { throw refused(place) }
    case .array(let elements):
      for (number, element) in elements.enumerated() {
        try check(element, place + "/\(number)")
      }
    case .object(let object):
      for (key, element) in object.members { try check(element, place + "/" + key) }
    case .null, .bool, .number: break
    }
  }

  private static func check(_ task: AuditedTask, _ number: Int) throws(AuditError) {
    let place = "audit_input.json /tasks/\(number)"
    for (field, text) in [("suite", task.suite), ("task_id", task.taskID)] {
      try check(text, place + "/" + field)
      if text.unicodeScalars.count > 200 {
        throw AuditError(
          .textTooLong, place: place + "/" + field, message: "at most 200 characters")
      }
    }
    try check(task.name, place + "/name")
    for state in task.episodes.initialStates ?? [] {
      // Ids of a benchmark repeat a million times; the short ones can hide nothing.
      guard let state, !isShortID(state) else { continue }
      try check(state, place + "/episodes/initial_states")
    }
    for seed in task.episodes.seeds ?? [] {
      guard case .text(let text) = seed else { continue }
      try check(text, place + "/episodes/seeds")
    }
  }

  private static func check(_ text: String?, _ place: String) throws(AuditError) {
    guard let text else { return }
    if TextRules.hasControl(text) {
      throw AuditError(
        .controlCharacter, place: place, message: "a public text with a control character")
    }
    if isShortID(text) { return }
    var redactor = Redactor()
    if redactor.redact(text).counts.total > 0 { throw refused(place) }
  }

  private static func refused(_ place: String) -> AuditError {
    AuditError(
      .secretInPublicField, place: place,
      message: "a path, name, address or secret would become public",
      hint: "change this text at its source; public members are never edited silently",
      kind: .refused)
  }

  /// Up to 19 letters, digits, `_` and `-`: shorter than any secret, no path, host or address.
  private static func isShortID(_ text: String) -> Bool {
    let utf8 = text.utf8
    return utf8.count < 20
      && utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0)
          || $0 == 0x5F || $0 == 0x2D
      }
  }
}
