/// Tells whether an import has used up its time; asked often, also within one large file.
struct ImportDeadline: Sendable {
  let elapsed: @Sendable () -> Duration
  let seconds: Int

  var hasPassed: Bool { elapsed() > .seconds(seconds) }
}
