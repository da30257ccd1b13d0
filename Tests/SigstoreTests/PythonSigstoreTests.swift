import JSON
import Platform
import TestSupport
import Testing

@testable import Sigstore

/// Bundles that our client made with services of our own, before sigstore-python, which knows nothing of
/// `wf`, and the same judged by both where something in them was changed.
///
/// sigstore-python 4.5 takes trusted roots of media type `…trustedroot+json;version=0.1` alone, so that
/// is what it gets here; nothing else in the file differs.
@Suite(.enabled(if: PythonLibraries.areThere))
struct PythonSigstoreTests {
  private let services: MadeServices
  private let folder = TemporaryFolder()

  init() throws { services = MadeServices(sigstore: try MadeSigstore()) }

  /// A bundle, the policy that it is held against, and whether it is to be believed.
  private struct Case {
    var name: String
    var bundle: [UInt8]
    var issuer = "https://login.example"
    var subject = MadeServices.name
    var isGood = false
  }

  private func signed(
    _ generation: SigningServices.LogGeneration, stamped: Bool
  ) throws -> [UInt8] {
    let statement = try CanonicalJSON.bytes([
      "_type": "https://in-toto.io/Statement/v1", "predicateType": "https://made.example/p",
      "predicate": [:],
      "subject": [
        ["name": "f", "digest": ["sha256": .string(Hex.encode(sha256(MadeSigstore.file)))]]
      ],
    ])
    let addresses = try SigningServices(
      certificates: "https://ca.example/", log: "https://log.example", generation: generation,
      timestamps: stamped ? "https://time.example/stamp" : nil)
    return try signBundle(
      statement, as: IdentityToken(Array(MadeServices.token().utf8)), services: addresses
    ) { call in
      let path = call.url.split(separator: "/", maxSplits: 2).last ?? ""
      return try services.answer("/" + path, call.body)
    }
  }

  /// Whether our own verifier believes it.
  private func isBelieved(_ one: Case) throws -> Bool {
    let policy =
      "{\"schema\":\"wf.sigstore_policy/1\",\"trusted_root\":\"r\",\"identities\":"
      + "[{\"issuer\":\"\(one.issuer)\",\"subject\":\"\(one.subject)\"}]}"
    let verifier = BundleVerifier(
      trustedRoot: try CanonicalJSON.bytes(services.sigstore.trustedRoot),
      policy: try SigstorePolicy(parsing: Array(policy.utf8)), now: MadeSigstore.now)
    return (try? verifier.verify(bundle: one.bundle, of: .file(MadeSigstore.file))) != nil
  }

  /// Reads cases as lines of JSON and says of each `ok`, or why not.
  private static let script = """
    import json, sys
    from sigstore.errors import Error
    from sigstore.models import Bundle, TrustedRoot
    from sigstore.verify import Verifier, policy
    verifier = Verifier(trusted_root=TrustedRoot.from_file(sys.argv[1]))
    for line in open(sys.argv[2]):
        case = json.loads(line)
        named = policy.Identity(identity=case["subject"], issuer=case["issuer"])
        other = policy.Identity(identity="https://nobody.example", issuer="https://nobody.example")
        try:
            bundle = Bundle.from_json(case["bundle"])
            kind, payload = verifier.verify_dsse(bundle, policy.AnyOf([other, named]))
            assert kind == "application/vnd.in-toto+json", kind
            digests = [row["digest"]["sha256"] for row in json.loads(payload)["subject"]]
            assert case["digest"] in digests
            print("ok")
        except (Error, ValueError, AssertionError) as fault:
            print(type(fault).__name__, " ".join(str(fault).split()))
    """

  private func writeRootForPython() throws {
    var root = try #require(services.sigstore.trustedRoot.object)
    root["mediaType"] = "application/vnd.dev.sigstore.trustedroot+json;version=0.1"
    try FileSystem().write(CanonicalJSON.bytes(.object(root)), to: folder.path + "/root.json")
  }

  /// What sigstore-python says of each case.
  private func answers(_ cases: [Case]) throws -> [String] {
    let files = FileSystem()
    try writeRootForPython()
    let lines = try cases.map { one in
      try CanonicalJSON.bytes([
        "bundle": .string(String(decoding: one.bundle, as: UTF8.self)),
        "issuer": .string(one.issuer), "subject": .string(one.subject),
        "digest": .string(Hex.encode(sha256(MadeSigstore.file))),
      ]) + [10]
    }
    try files.write(lines.flatMap { $0 }, to: folder.path + "/cases")
    let done = try run([
      PythonLibraries.python, "-c", Self.script, folder.path + "/root.json", folder.path + "/cases",
    ])
    #expect(done.status == 0, "\(done.err)")
    return done.out.split(separator: "\n").map(String.init)
  }

  /// The same with one value at a path replaced.
  private func changed(
    _ bundle: [UInt8], _ path: [String], _ change: (JSONValue) throws -> JSONValue
  ) throws -> [UInt8] {
    func edit(_ value: JSONValue, _ rest: ArraySlice<String>) throws -> JSONValue {
      guard let name = rest.first else { return try change(value) }
      if let index = Int(name), var items = value.array {
        items[index] = try edit(items[index], rest.dropFirst())
        return .array(items)
      }
      var object = try #require(value.object, "\(path)")
      let inner = try #require(object[name], "\(path)")
      object[name] = try edit(inner, rest.dropFirst())
      return .object(object)
    }
    return try CanonicalJSON.bytes(try edit(try JSONValue.parse(bundle), path[...]))
  }

  /// Base64 with one bit of the bytes turned.
  private func flipped(_ value: JSONValue) throws -> JSONValue {
    var bytes = try #require(value.string.flatMap { Base64.decode($0) })
    bytes[bytes.count - 1] ^= 1
    return .string(Base64.encode(bytes))
  }

  private static let entry = ["verificationMaterial", "tlogEntries", "0"]

  @Test func `what our client makes is good to sigstore-python, and what was changed is not`()
    throws
  {
    var cases: [Case] = []
    for (name, generation, stamped) in [
      ("v1", SigningServices.LogGeneration.first, false), ("v1 stamped", .first, true),
      ("v2 stamped", .second, true),
    ] {
      let bundle = try signed(generation, stamped: stamped)
      cases.append(Case(name: name, bundle: bundle, isGood: true))
      cases.append(Case(name: name + ", issuer", bundle: bundle, issuer: "https://other.example"))
      cases.append(Case(name: name + ", subject", bundle: bundle, subject: MadeServices.name + "y"))
      for path in [
        ["dsseEnvelope", "payload"], ["dsseEnvelope", "signatures", "0", "sig"],
        Self.entry + ["canonicalizedBody"], Self.entry + ["inclusionProof", "hashes", "1"],
        ["verificationMaterial", "certificate", "rawBytes"],
      ] {
        cases.append(
          Case(
            name: name + ", " + path.joined(separator: "."),
            bundle: try changed(bundle, path, flipped)))
      }
      // Of the two numbers of a v2 entry we take the one, sigstore-python the other.
      let moved = try changed(bundle, Self.entry + ["inclusionProof", "logIndex"]) { _ in "1" }
      let isMovedTwice = generation == .second
      cases.append(
        Case(
          name: name + ", index",
          bundle: isMovedTwice
            ? try changed(moved, Self.entry + ["logIndex"]) { _ in "1" } : moved))
      cases.append(
        Case(
          name: name + ", checkpoint",
          bundle: try changed(bundle, Self.entry + ["inclusionProof", "checkpoint", "envelope"]) {
            .string(($0.string ?? "").replacing("\n5\n", with: "\n6\n"))
          }))
      // Another signer's certificate, good in itself.
      let other = try JSONValue.parse(try signed(generation, stamped: stamped))
      let certificate = other["verificationMaterial"]?["certificate"] ?? .null
      cases.append(
        Case(
          name: name + ", certificate of another",
          bundle: try changed(bundle, ["verificationMaterial", "certificate"]) { _ in certificate }
        ))
      if stamped {
        let stamps = other["verificationMaterial"]?["timestampVerificationData"] ?? .null
        let path = ["verificationMaterial", "timestampVerificationData"]
        let foreign = try changed(bundle, path) { _ in stamps }
        // A log with times of its own does without the stamp.
        cases.append(
          Case(name: name + ", stamp of another", bundle: foreign, isGood: generation == .first))
      } else {
        cases.append(
          Case(
            name: name + ", promise",
            bundle: try changed(
              bundle, Self.entry + ["inclusionPromise", "signedEntryTimestamp"], flipped)))
      }
    }
    let answers = try answers(cases)
    try #require(answers.count == cases.count)
    for (one, answer) in zip(cases, answers) {
      #expect((answer == "ok") == one.isGood, "\(one.name): sigstore-python says \(answer)")
      #expect(try isBelieved(one) == one.isGood, "\(one.name): ours differs")
    }
  }

  /// Signs `statement.json`; the made certificates are of 1970, which is what its clock has to say.
  private static let signing = """
    import datetime, sys
    import sigstore._utils, sigstore.sign
    from sigstore._internal.fulcio import FulcioClient
    from sigstore._internal.rekor.client import RekorClient
    from sigstore.dsse import Statement
    from sigstore.models import TrustedRoot
    from sigstore.oidc import IdentityToken
    class Clock(datetime.datetime):
        @classmethod
        def now(cls, zone=None):
            return cls.fromtimestamp(int(sys.argv[1]), zone)
    sigstore.sign.datetime = sigstore._utils.datetime = Clock
    context = sigstore.sign.SigningContext(
        fulcio=FulcioClient(sys.argv[2]), rekor=RekorClient(sys.argv[2]),
        trusted_root=TrustedRoot.from_file(sys.argv[3]))
    with context.signer(IdentityToken(sys.argv[4])) as signer:
        bundle = signer.sign_dsse(Statement(open("statement.json", "rb").read()))
    open("theirs.json", "w").write(bundle.to_json())
    """

  @Test func `what sigstore-python signs over our statement is taken in`() throws {
    let program = try Program.prepared()
    let token = try MadeServices.token([
      "iss": "https://login.example", "sub": .string(MadeServices.name), "aud": "sigstore",
      "iat": 1, "exp": 9_999_999_999,
    ])
    let made = services
    let server = try AnsweringServer { path, body in
      (try? made.answer(path, body)) ?? (500, [])
    }
    let files = FileSystem()
    let root = try CanonicalJSON.bytes(made.sigstore.trustedRoot)
    try files.write(root, to: program.work + "/root.json")
    try writeRootForPython()
    for (name, subject) in [("policy", MadeServices.name), ("other", "https://other.example")] {
      let policy =
        "{\"schema\":\"wf.sigstore_policy/1\",\"trusted_root\":\"root.json\",\"identities\":"
        + "[{\"issuer\":\"https://login.example\",\"subject\":\"\(subject)\"}]}"
      try files.write(Array(policy.utf8), to: program.work + "/\(name).json")
    }
    let now = ["SOURCE_DATE_EPOCH": String(MadeSigstore.now)]
    let package = try program.examplePackage()
    let stated = try program(
      "attest", package, "--statement-only", "--output", "statement.json", env: now)
    #expect(stated.status == 0, "\(stated.err)")
    let signed = try run(
      [
        PythonLibraries.python, "-c", Self.signing, String(MadeSigstore.entryTime),
        server.address(), folder.path + "/root.json", token,
      ], in: program.work)
    try #require(signed.status == 0, "\(signed.err)")
    func take(_ policy: String) throws -> Finished {
      try program(
        "attest", package, "--bundle", "theirs.json", "--sigstore-policy-config", policy, "--json",
        env: now)
    }
    #expect(try Program.reason(try take("other.json")) == "identity_mismatch")
    let taken = try take("policy.json")
    #expect(taken.status == 0, "\(taken.out)\(taken.err)")
    #expect(
      try Fixtures.read(program.work + "/\(package)/signature.sigstore.json")
        == Fixtures.read(program.work + "/theirs.json"))
  }
}
