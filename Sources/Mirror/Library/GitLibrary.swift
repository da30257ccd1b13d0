internal import CGit2
import GitRemotes
internal import Platform

/// libgit2, begun once for each value and ended with it.
final class GitLibrary: Sendable {
  /// - Parameter authorities: a file of certificate authorities, besides the machine's own.
  init(authorities: String? = nil) {
    git_libgit2_init()
    if let file = authorities, !file.isEmpty {
      // Safe: both are C strings for the length of the call; a bad file shows when a certificate is checked.
      _ = unsafe wf_git_set_certificates(file, nil)
    }
    wf_git_set_most_pack_objects(Self.mostObjects)
  }

  deinit { git_libgit2_shutdown() }

  /// Packs that promise more objects are refused before anything is taken.
  static var mostObjects: Int { 50_000_000 }

  /// The text of the call that just failed, and libgit2's class of it.
  static func lastError() -> (text: String, area: git_error_t) {
    guard let error = unsafe git_error_last() else { return ("unknown", GIT_ERROR_NONE) }
    // Safe: the library keeps the text until the next call of this thread.
    let text = unsafe String(cString: error.pointee.message)
    return unsafe (text, git_error_t(UInt32(max(0, error.pointee.klass))))
  }

  /// Throws where a call failed.
  ///
  /// - Parameter place: what the call was about.
  static func check(_ code: Int32, _ place: String?) throws(MirrorError) {
    if code >= 0 { return }
    let (text, area) = lastError()
    throw MirrorError(library: code, area: area, text: text, place: place)
  }
}

extension MirrorError {
  /// What libgit2's code and class mean for a caller.
  init(library code: Int32, area: git_error_t, text: String, place: String?) {
    let said = Self.tidy(text)
    self =
      switch git_error_code(code) {
      case GIT_EUSER: MirrorError(.interrupted, place: place, "stopped before it was done")
      case GIT_EAUTH:
        MirrorError(
          .authenticationFailed, place: place, "the server did not take the credentials (\(said))",
          hint: "git credential helpers, ssh-agent or WF_REMOTE_TOKEN give them")
      case GIT_ECERTIFICATE:
        MirrorError(
          .certificateInvalid, place: place, "the server's certificate is not believed (\(said))",
          hint: "GIT_SSL_CAINFO names a file of further authorities")
      case GIT_ENOTFOUND where area == GIT_ERROR_ODB:
        MirrorError(.mirrorDamaged, place: place, "an object is missing (\(said))")
      case GIT_EMISMATCH:
        MirrorError(.remotePackInvalid, place: place, "an object has other bytes (\(said))")
      case GIT_ENONFASTFORWARD:
        MirrorError(
          .remoteAhead, place: place, "the remote has commits that are not here (\(said))")
      default: Self.byArea(area, said, place)
      }
  }

  private static func byArea(_ area: git_error_t, _ said: String, _ place: String?) -> MirrorError {
    switch area {
    case GIT_ERROR_HTTP where said.contains("redirect"),
      GIT_ERROR_NET where said.contains("redirect"):
      MirrorError(
        .redirectRefused, place: place,
        "the server sends to another address, which is not followed (\(said))",
        hint: "give the address that it sends to: wf remote remove NAME; wf remote add NAME URL")
    case GIT_ERROR_HTTP where said.contains("404"), GIT_ERROR_NET where said.contains("404"):
      MirrorError(
        .remoteNotFound, place: place,
        "there is no repository at this address, or it may not be read (\(said))",
        hint: "wf remote list shows the address")
    case GIT_ERROR_HTTP where said.contains("413"):
      MirrorError(
        .pushRefused, place: place, "the server takes no packs of this size (\(said))",
        hint: "ask who keeps the server how much it takes; fewer claims at a time are less")
    case GIT_ERROR_HTTP where said.contains("401") || said.contains("403"),
      GIT_ERROR_NET where said.contains("authentication"):
      MirrorError(
        .authenticationFailed, place: place, "the server wants other credentials (\(said))")
    case GIT_ERROR_SSL where said.contains("certificate") || said.contains("verif"):
      MirrorError(
        .certificateInvalid, place: place, "the server's certificate is not believed (\(said))")
    case GIT_ERROR_OS where said.contains("space left") || said.contains("quota"):
      MirrorError(
        .diskFull, place: place, "the disk of this machine is full (\(said))",
        hint: "make room, then run the command again")
    case GIT_ERROR_NET where said.contains("unpacking the sent packfile failed"):
      MirrorError(
        .pushRefused, place: place,
        "the server could not take the pack; its disk may be full, or the pack too large for it",
        hint: "ask who keeps the server")
    case GIT_ERROR_NET, GIT_ERROR_HTTP, GIT_ERROR_SSL, GIT_ERROR_SSH, GIT_ERROR_OS:
      MirrorError(.networkFailed, place: place, said, hint: "run the command again")
    case GIT_ERROR_NOMEMORY:
      MirrorError(
        .remoteTooLarge, place: place, "what the remote sends takes more memory than it is given")
    case GIT_ERROR_INDEXER, GIT_ERROR_ZLIB,
      GIT_ERROR_INVALID where said.contains("delta"):
      MirrorError(.remotePackInvalid, place: place, "the remote sent no good pack (\(said))")
    case GIT_ERROR_REPOSITORY:
      MirrorError(
        .remoteNotFound, place: place, "there is no repository that can be used (\(said))")
    case GIT_ERROR_ODB:
      MirrorError(.mirrorDamaged, place: place, "the mirror cannot be read (\(said))")
    default: MirrorError(.libraryFailed, place: place, said)
    }
  }
}
