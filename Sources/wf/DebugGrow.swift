import ArgumentParser
import History
import ObjectStore
import Platform
import Terminal

/// Lengthens a claim's history for measuring: unsigned commits, not synced, each with a digit in a
/// few hundred of its members changed, and a second later than the one before, since walks of git and
/// libgit2 go on as long as commits have the same time.
struct DebugGrow: Command {
  static let configuration = CommandConfiguration(
    commandName: "grow", abstract: "Add unsigned versions of no meaning to a claim, for measuring")
  @OptionGroup var global: GlobalOptions
  @Argument var slug: String
  @Argument var count: Int

  func perform(_ session: Session) throws -> ExitStatus {
    var files = session.files
    files.syncsToDisk = false
    let evidence = try session.store()
    let store = try ObjectStore.open(at: evidence.objects.path, system: files)
    guard let ref = RefName.claim(slug) else {
      throw CommandError(.optionInvalid, place: slug, "this slug cannot name a ref")
    }
    var tip = try evidence.tip(of: slug)
    let last = try store.commit(tip)
    var tree = try store.tree(last.tree)
    var generator = GrowGenerator()
    for number in 0..<Int64(max(0, count)) {
      let batch = try store.beginBatch()
      var entries: [TreeEntry] = []
      for entry in tree.entries {
        guard entry.mode == .file else {
          entries.append(entry)
          continue
        }
        let body = generator.changed(try store.blob(entry.id))
        entries.append(
          TreeEntry(mode: .file, name: entry.name, id: try batch.add(.blob, body)))
      }
      tree = try Tree(entries)
      let commit = Commit.encode(
        tree: try batch.add(tree), parents: [tip], author: last.author.later(by: number + 1),
        committer: last.committer.later(by: number + 1), message: last.messageText)
      let id = try batch.add(.commit, commit)
      _ = try batch.finish(durably: false)
      try store.update([RefUpdate(ref, from: tip, to: id)], durably: false)
      tip = id
    }
    session.console.result("\(tip)")
    return .done
  }
}

extension Person {
  fileprivate func later(by seconds: Int64) -> Person {
    Person(name: name, email: email, seconds: self.seconds + seconds, zone: zone)
  }
}

private struct GrowGenerator {
  private var state: UInt64 = 1

  private mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 33
  }

  /// One digit in each 4 KiB or so becomes another.
  mutating func changed(_ body: [UInt8]) -> [UInt8] {
    var body = body
    var at = Int(next() % 4096)
    while at < body.count {
      if (48...57).contains(body[at]) { body[at] = 48 + UInt8(next() % 10) }
      at += 1 + Int(next() % 8192)
    }
    return body
  }
}
