import SwiftASN1
import Testing
import X509

@testable import Sigstore

struct ChainTests {
  private static let always = ValidityRange(start: Moment(seconds: 0), end: nil)

  private static func fault(
    _ leaf: MadeCertificate, by chain: [MadeCertificate], offered: [MadeCertificate] = [],
    at seconds: Int64 = 1_450_000, nanoseconds: Int32 = 0,
    purpose: CertificatePurpose = .codeSigning
  ) -> ChainFault? {
    let search = ChainSearch(
      leaf: leaf.parsed, offered: offered.map(\.parsed), purpose: purpose)
    let authority = CertificateAuthority(
      chain: chain.map(\.parsed), validFor: always, operatorName: "")
    do throws(ChainFault) {
      let issuer = try search.issuer(
        in: authority, at: Moment(seconds: seconds, nanoseconds: nanoseconds))
      return issuer.certificate.subject == leaf.parsed.certificate.issuer ? nil : .untrusted
    } catch {
      return error
    }
  }

  @Test func `a chain through an intermediate or right from the anchor holds`() throws {
    let root = try MadeCertificate.root()
    let intermediate = try MadeCertificate.intermediate(root)
    let leaf = try MadeCertificate.leaf(intermediate)
    #expect(Self.fault(leaf, by: [intermediate, root]) == nil)
    // offered by the bundle, and an anchor that is itself an intermediate
    #expect(Self.fault(leaf, by: [root], offered: [intermediate]) == nil)
    #expect(Self.fault(leaf, by: [intermediate]) == nil)
    #expect(Self.fault(try MadeCertificate.leaf(root), by: [root]) == nil)
    #expect(Self.fault(leaf, by: [root]) == .untrusted)
    #expect(Self.fault(leaf, by: [try MadeCertificate.root()], offered: [root]) == .untrusted)
  }

  @Test func `dates count to the second and below`() throws {
    let root = try MadeCertificate.root()
    let leaf = try MadeCertificate.leaf(root)
    #expect(Self.fault(leaf, by: [root], at: 1_400_000) == nil)
    #expect(Self.fault(leaf, by: [root], at: 1_500_000) == nil)
    #expect(Self.fault(leaf, by: [root], at: 1_500_000, nanoseconds: 1) == .expired)
    #expect(Self.fault(leaf, by: [root], at: 1_399_999) == .notYetValid)
    let late = try MadeCertificate.leaf(root, valid: 1_900_000...2_500_000)
    #expect(Self.fault(late, by: [root], at: 2_100_000) == .expired)
    // issued when its issuer was no issuer
    let never = try MadeCertificate.leaf(root, valid: 3_000_000...3_100_000)
    #expect(Self.fault(never, by: [root], at: 1_450_000) == .untrusted)
  }

  @Test func `a leaf that is not made for signing is refused`() throws {
    let root = try MadeCertificate.root()
    let withoutUsage = try MadeCertificate.make("leaf", by: root) {
      try ExtendedKeyUsage([.codeSigning])
    }
    let forServers = try MadeCertificate.make("leaf", by: root) {
      Critical(KeyUsage(digitalSignature: true))
      try ExtendedKeyUsage([.serverAuth])
    }
    let authority = try MadeCertificate.make("leaf", by: root) {
      Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
      Critical(KeyUsage(digitalSignature: true, keyCertSign: true))
      try ExtendedKeyUsage([.codeSigning])
    }
    let unknown = try MadeCertificate.make("leaf", by: root) {
      Critical(KeyUsage(digitalSignature: true))
      try ExtendedKeyUsage([.codeSigning])
      Certificate.Extension(oid: [1, 2, 3, 4], critical: true, value: [5, 0])
    }
    for leaf in [withoutUsage, forServers, authority, unknown] {
      #expect(Self.fault(leaf, by: [root]) == .untrusted)
    }
  }

  @Test func `an issuer that may not issue this is refused`() throws {
    let root = try MadeCertificate.root()
    func fault(
      @ExtensionsBuilder _ extensions: () throws -> Result<Certificate.Extensions, any Error>
    ) throws -> ChainFault? {
      let issuer = try MadeCertificate.make("intermediate", by: root, extensions: extensions)
      return Self.fault(try MadeCertificate.leaf(issuer), by: [issuer, root])
    }
    let good = try fault {
      Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
      Critical(KeyUsage(keyCertSign: true))
    }
    #expect(good == nil)
    let noAuthority = try fault { Critical(KeyUsage(keyCertSign: true)) }
    let noSigning = try fault {
      Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
      Critical(KeyUsage(digitalSignature: true))
    }
    let otherUsage = try fault {
      Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
      Critical(KeyUsage(keyCertSign: true))
      try ExtendedKeyUsage([.timeStamping])
    }
    let otherNames = try fault {
      Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
      Critical(KeyUsage(keyCertSign: true))
      Critical(NameConstraints(permittedURIDomains: ["other.example"]))
    }
    #expect([noAuthority, noSigning, otherUsage, otherNames].allSatisfy { $0 == .untrusted })
  }

  @Test func `a path longer than an issuer allows is refused`() throws {
    let root = try MadeCertificate.root()
    let first = try MadeCertificate.make("first", by: root) {
      Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
      Critical(KeyUsage(keyCertSign: true))
    }
    let second = try MadeCertificate.make("second", by: first) {
      Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
      Critical(KeyUsage(keyCertSign: true))
    }
    #expect(Self.fault(try MadeCertificate.leaf(first), by: [first, root]) == nil)
    #expect(Self.fault(try MadeCertificate.leaf(second), by: [second, first, root]) == .untrusted)
  }

  @Test func `a stamp's certificate is for nothing else, and says so critically`() throws {
    let root = try MadeCertificate.root()
    func fault(_ usages: [ExtendedKeyUsage.Usage], critical: Bool) throws -> ChainFault? {
      let usage = try ExtendedKeyUsage(usages)
      let leaf = try MadeCertificate.make("stamp", by: root) {
        Critical(KeyUsage(digitalSignature: true))
        try Certificate.Extension(usage, critical: critical)
      }
      return Self.fault(leaf, by: [root], purpose: .timeStamping)
    }
    #expect(try fault([.timeStamping], critical: true) == nil)
    #expect(try fault([.timeStamping], critical: false) == .untrusted)
    #expect(try fault([.timeStamping, .codeSigning], critical: true) == .untrusted)
    #expect(try fault([.codeSigning], critical: true) == .untrusted)
  }
}
