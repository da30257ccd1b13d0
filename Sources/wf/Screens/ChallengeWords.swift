import Audit
import Evidence
import History
import JSON
import ObjectStore

/// The seeds of a protocol whose first one follows from the registration commit, in words.
struct ChallengeWords {
  let step: Int64
  let isSame: Bool
  /// Episodes of one task; nil where none are frozen.
  let perTask: Int?
  /// The template that the claim was made from, if any.
  let template: String?

  /// nil where the protocol's seeds are no challenge.
  init?(claim: JSONValue, plan: JSONValue) {
    guard let decoded = try? EvaluationProtocol.decode(try CanonicalJSON.bytes(plan) + [0x0A]),
      case .challenge(let step, _, let isSame) = decoded.frozen.seeds
    else { return nil }
    self.step = step
    self.isSame = isSame
    perTask = decoded.frozen.episodeIndexes.map { $0.reduce(0) { $0 + $1.count } }
    template = claim["source"]?["template"]?.string
  }

  /// The first seed that a registration gives.
  func first(_ registration: CommittedVersion) -> Int64 {
    challengeSeed(registrationCommit: registration.commit.bytes)
  }

  /// How the run gets its seeds, and what has to be saved of them.
  func lines(first: Int64) -> [String] {
    var lines = ["start the run with seed \(first)"]
    let factor = step == 1 ? "" : "\(step) times "
    if isSame {
      lines.append("episode i of every task, counted from 0, has the seed \(first) + \(factor)i")
    } else {
      lines.append(
        "episode i of the whole run, counted from 0 in the protocol's order, has the seed "
          + "\(first) + \(factor)i")
    }
    if isSame, step == 1, template?.hasPrefix("lerobot") == true {
      lines.append("LeRobot: lerobot-eval with --seed=\(first)")
    }
    return lines + [recording]
  }

  /// What `wf claim check` says before there is a seed.
  var remark: ClaimRemark {
    ClaimRemark(
      .info, "challenge_seeds", "protocol.json /frozen/seeds",
      "the start seed follows from the registration: wf claim register prints it; " + recording)
  }

  /// `--seed-start` repeats what the user says; LeRobot drops the seeds from 0.4 on.
  private var recording: String {
    let rule =
      "only seeds that the saved run records for each episode prove the order, not --seed-start"
    return template?.hasPrefix("lerobot") == true
      ? rule + " (LeRobot records them before 0.4; later, write worldflux.bridge/1 with seeds)"
      : rule
  }
}
