import GitRemotes

/// A remote that has told its refs: looked at by ourselves where another program talks for us, by libgit2
/// over http, which is made to go on with the same talk where it has more to do.
final class OpenRemote {
  let heads: [RemoteHead]
  let capabilities: Set<String>
  private let address: TransportAddress
  private let context: TransferContext
  private let credentials: CredentialSource
  private let repository: () throws -> MirrorRepository
  private var talk: ServiceTalk?
  private var line: RemoteConnection?

  /// - Parameter repository: where objects go to or come from; asked for where libgit2 is needed.
  init(
    _ service: ServiceTalk.Service, at address: TransportAddress, credentials: CredentialSource,
    context: TransferContext, repository: @escaping () throws -> MirrorRepository
  ) throws {
    self.address = address
    self.context = context
    self.credentials = credentials
    self.repository = repository
    if address.command != nil {
      let talk = try ServiceTalk(service, at: address, credentials: credentials, context: context)
      let told = try talk.advertisement()
      (heads, capabilities) = (told.heads, told.capabilities)
      self.talk = talk
    } else {
      let line = try RemoteConnection(
        address, in: repository(), context: context, credentials: credentials, talk: nil)
      try line.connect(service)
      (heads, capabilities) = (try line.heads(), [])
      self.line = line
    }
  }

  /// The talk, where it is ours and nobody went on with it.
  func takeTalk() -> ServiceTalk? {
    defer { talk = nil }
    return talk
  }

  /// libgit2's connection, made of our talk where there is none yet.
  func connection(_ service: ServiceTalk.Service) throws -> RemoteConnection {
    if let line { return line }
    let talk = takeTalk()
    talk?.rewind()
    let line = try RemoteConnection(
      address, in: repository(), context: context, credentials: credentials, talk: talk)
    try line.connect(service)
    self.line = line
    return line
  }

  /// Ends the talk; nothing is wanted any more.
  func takeLeave() {
    takeTalk()?.takeLeave()
    line = nil
  }
}
