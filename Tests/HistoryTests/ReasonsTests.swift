import Adapters
import Archives
import Attestation
import Audit
import Evidence
import GitRemotes
import Glibc
import History
import JSON
import ObjectStore
import Platform
import ShareServer
import Sharing
import Signing
import Sigstore
import TestSupport
import Testing
import TransparencyLog
import WebClient

struct ReasonsTests {
  private var words: [(module: String, words: [String])] {
    [
      ("Adapters", AdapterError.Code.allCases.map(\.rawValue)),
      (
        "Adapters, run folders",
        RunFolderError.Code.allCases.map(\.rawValue) + ImportReason.allCases.map(\.rawValue)
      ),
      ("Archives", ArchiveError.Code.allCases.map(\.rawValue)),
      ("Attestation", AttestationError.Code.allCases.map(\.rawValue)),
      ("Audit", AuditError.Code.allCases.map(\.rawValue)),
      ("Evidence", EvidenceError.Code.allCases.map(\.rawValue)),
      ("Evidence, claims", ClaimError.Code.allCases.map(\.rawValue)),
      ("History", HistoryError.Code.allCases.map(\.rawValue)),
      ("Mirror", MirrorError.Code.allCases.map(\.rawValue)),
      ("JSON", JSONError.Code.allCases.map(\.rawValue)),
      ("ObjectStore", ObjectError.Code.allCases.map(\.rawValue)),
      ("Platform", PlatformError.Code.allCases.map(\.rawValue)),
      ("Sigstore", SigstoreError.Code.allCases.map(\.rawValue)),
      ("ShareServer", ServerError.Code.allCases.map(\.rawValue)),
      ("ShareServer, answers", Refusal.Reason.allCases.map(\.rawValue)),
      ("Sharing", SharingError.Code.allCases.map(\.rawValue)),
      ("WebClient", WebError.Code.allCases.map(\.rawValue)),
      ("Signing", SigningError.Code.allCases.map(\.rawValue)),
      ("TransparencyLog", LogError.Code.allCases.map(\.rawValue)),
    ]
  }

  @Test func `every reason word is snake case and stands once in its module`() {
    for (module, words) in words {
      #expect(Set(words).count == words.count, "\(module)")
      for word in words {
        #expect(
          word.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
          }, "\(word)")
      }
    }
  }

  @Test func `the page of reason words is the one that the code gives`() throws {
    var modules: [String: [String]] = [:]
    for (module, words) in words {
      for word in words { modules[word, default: []].append(module) }
    }
    var lines = [
      "# Reason words", "",
      "Every error says why in one machine word. This page is made from the code (`WF_RECORD=1 make test`).",
      "", "| word | said by |", "|---|---|",
    ]
    for word in modules.keys.sorted() {
      lines.append("| `\(word)` | \((modules[word] ?? []).sorted().joined(separator: ", ")) |")
    }
    let page = Array((lines.joined(separator: "\n") + "\n").utf8)
    let path = Fixtures.path("../Docs/Reasons.md")
    if getenv("WF_RECORD") != nil { try FileSystem().write(page, to: path) }
    #expect(try Fixtures.read(path) == page, "WF_RECORD=1 make test writes the page anew")
  }
}
