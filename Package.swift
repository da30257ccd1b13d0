// swift-tools-version: 6.2
import PackageDescription

// Tools version 6 already selects the Swift 6 language mode, and with it complete data-race checking.
let tests: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),  // `any P` is written out, so boxes are seen
  .enableUpcomingFeature("InternalImportsByDefault"),  // an import leaks only when it says so
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]
// Product code marks every unsafe expression `unsafe`.
let settings = tests + [.strictMemorySafety()]

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")

let package = Package(
  name: "wf",
  products: [
    .executable(name: "wf", targets: ["wf"]),
    .executable(name: "wf-mirror", targets: ["wf-mirror"]),
    .executable(name: "wf-serve", targets: ["wf-serve"]),
    .executable(name: "wf-net", targets: ["wf-net"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(
      url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
  ],
  targets: [
    // C libraries: a module map and one shim header each, nothing else.
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(name: "CGit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CMalloc"),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "Platform", swiftSettings: settings),
    .target(name: "JSON", dependencies: ["Platform"], swiftSettings: settings),
    .target(name: "Archives", dependencies: ["Platform", "CZlib"], swiftSettings: settings),
    .target(name: "Statistics", swiftSettings: settings),
    .target(
      name: "ObjectStore", dependencies: ["Platform", "CZlib", crypto], swiftSettings: settings),
    .target(
      name: "Signing",
      dependencies: [
        "JSON", "Platform", "CSodium", crypto,
        .product(name: "_CryptoExtras", package: "swift-crypto"),
      ],
      swiftSettings: settings),
    // Offline verification of Sigstore bundles; the only importer of swift-certificates.
    .target(
      name: "Sigstore",
      dependencies: [
        "Attestation", "TransparencyLog", "JSON", "Platform", crypto,
        .product(name: "_CryptoExtras", package: "swift-crypto"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "X509", package: "swift-certificates"),
      ], swiftSettings: settings),
    .target(
      name: "Attestation", dependencies: ["Signing", "JSON", "Platform"], swiftSettings: settings),
    .target(
      name: "TransparencyLog", dependencies: ["Signing", "JSON", "Platform", crypto],
      swiftSettings: settings),
    .target(
      name: "Evidence", dependencies: ["Archives", "JSON", "Platform", crypto],
      swiftSettings: settings),
    .target(
      name: "Adapters", dependencies: ["Evidence", "JSON", "Platform", crypto],
      swiftSettings: settings),
    .target(
      name: "Audit", dependencies: ["Evidence", "Statistics", "JSON", "Platform", crypto],
      swiftSettings: settings),
    .target(
      name: "Pages", dependencies: ["Audit", "Evidence", "JSON", "Platform"],
      swiftSettings: settings),
    .target(
      name: "History",
      dependencies: [
        "Pages", "Audit", "Evidence", "Archives", "ObjectStore", "Signing", "Attestation",
        "TransparencyLog", "JSON", "Platform", crypto,
      ],
      swiftSettings: settings),
    .target(name: "Terminal", dependencies: ["Platform", "JSON"], swiftSettings: settings),
    .executableTarget(
      name: "wf",
      dependencies: [
        "WebExchange",
        "Sharing", "GitRemotes", "History", "Pages", "Audit", "Adapters", "Evidence", "ObjectStore",
        "Signing",
        "Statistics", "Sigstore", "Attestation", "TransparencyLog", "Terminal", "JSON",
        "Platform", "CMalloc",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    // What a remote tells, and what would move: git's protocol up to the first object, without libgit2.
    .target(
      name: "GitRemotes",
      dependencies: ["History", "WebExchange", "ObjectStore", "Platform", crypto],
      swiftSettings: settings),
    // The only importer of libgit2; `wf` runs `wf-mirror` and never loads it.
    .target(
      name: "Mirror",
      dependencies: [
        "GitRemotes", "History", "ObjectStore", "Signing", "JSON", "Platform", "CGit2", crypto,
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "wf-mirror", dependencies: ["Mirror", "GitRemotes", "History", "JSON", "Platform"],
      swiftSettings: settings),
    // What `wf` and `wf-net` say to each other about requests over http and https.
    .target(name: "WebExchange", dependencies: ["JSON", "Platform"], swiftSettings: settings),
    // What may be shown of a package, and what must hold before: no network, no database.
    .target(
      name: "Sharing",
      dependencies: [
        "WebExchange",
        "History", "Audit", "Evidence", "Signing", "Attestation", "Sigstore", "ObjectStore", "JSON",
        "Platform", crypto,
      ], swiftSettings: settings),
    // What a share server reads of requests before it believes anything: no sockets, no database.
    .target(
      name: "ShareRequests",
      dependencies: ["Sharing", "Evidence", "Archives", "JSON", "Platform"],
      swiftSettings: settings),
    // The share server; the only importer of Hummingbird, swift-mustache and GRDB.
    .target(
      name: "ShareServer",
      dependencies: [
        "ShareRequests", "Sharing", "Pages", "Audit", "Evidence", "Attestation", "Archives",
        "Sigstore", "Signing", "JSON", "Platform", "CSodium", crypto,
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Mustache", package: "swift-mustache"),
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      // Compiled in: the executable stands alone.
      resources: [.embedInCode("Page/Files")],
      swiftSettings: settings),
    .executableTarget(
      name: "wf-serve", dependencies: ["ShareServer", "Terminal", "JSON", "Platform"],
      swiftSettings: settings),
    // Requests over http and https by libcurl, of which this is the only importer; `wf` runs `wf-net` and
    // never loads it.
    .target(
      name: "WebClient", dependencies: ["WebExchange", "Platform", "CCurl"],
      swiftSettings: settings),
    .executableTarget(
      name: "wf-net", dependencies: ["WebClient", "WebExchange", "JSON", "Platform"],
      swiftSettings: settings),
    // Development only: runs folders of cases against the product's own modules; not installed.
    .target(
      name: "Conformance",
      dependencies: [
        "Mirror", "GitRemotes", "History", "Audit", "Adapters", "Evidence", "Archives",
        "ObjectStore",
        "Signing", "Sigstore", "Attestation", "TransparencyLog", "Statistics", "JSON", "Platform",
        crypto,
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "wf-conformance", dependencies: ["Conformance"], swiftSettings: settings),
    // Development only: time and allocations of the statistics; not installed.
    .executableTarget(name: "wf-bench", dependencies: ["Statistics"], swiftSettings: tests),
    // Development only: what must hold for any bytes that a parser is given; Fuzz/ uses it too.
    .target(
      name: "ParserChecks",
      dependencies: [
        "Adapters", "Evidence", "Archives", "ObjectStore", "Signing", "Attestation", "Sigstore",
        "TransparencyLog", "Sharing", "ShareRequests", "GitRemotes", "WebExchange", "JSON",
        "Platform",
      ], path: "Fuzz/Sources/ParserChecks", swiftSettings: tests),
    .target(
      name: "TestSupport", dependencies: ["Audit", "Platform", "JSON"], path: "Tests/TestSupport",
      swiftSettings: tests),
    .testTarget(
      name: "PlatformTests", dependencies: ["Platform", "TestSupport"], swiftSettings: tests),
    .testTarget(
      name: "JSONTests", dependencies: ["JSON", "Platform", "TestSupport"], swiftSettings: tests),
    .testTarget(
      name: "StatisticsTests", dependencies: ["Statistics", "Conformance", "JSON", "TestSupport"],
      swiftSettings: tests),
    .testTarget(
      name: "ObjectStoreTests", dependencies: ["ObjectStore", "Platform", "JSON", "TestSupport"],
      swiftSettings: tests),
    .testTarget(
      name: "SigningTests",
      dependencies: ["Signing", "Conformance", "Platform", "JSON", "TestSupport", crypto],
      swiftSettings: tests),
    .testTarget(
      name: "TransparencyLogTests",
      dependencies: [
        "TransparencyLog", "Signing", "Conformance", "JSON", "Platform", "TestSupport",
      ],
      swiftSettings: tests),
    .testTarget(
      name: "AttestationTests",
      dependencies: [
        "Attestation", "Signing", "Conformance", "Platform", "JSON", "TestSupport", crypto,
      ],
      swiftSettings: tests),
    .testTarget(
      name: "SigstoreTests",
      dependencies: [
        "Sigstore", "Attestation", "Conformance", "JSON", "Platform", "TestSupport", "wf", "wf-net",
        "wf-serve", crypto,
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "X509", package: "swift-certificates"),
      ], swiftSettings: tests),
    .testTarget(
      name: "ArchivesTests", dependencies: ["Archives", "Platform", "TestSupport"],
      swiftSettings: tests),
    .testTarget(
      name: "EvidenceTests",
      dependencies: [
        "Evidence", "Archives", "Conformance", "JSON", "Platform", "TestSupport", crypto,
      ],
      swiftSettings: tests),
    .testTarget(
      name: "AdaptersTests",
      dependencies: ["Adapters", "Evidence", "Conformance", "JSON", "Platform", "TestSupport"],
      swiftSettings: tests),
    .testTarget(
      name: "AuditTests",
      dependencies: [
        "Audit", "Adapters", "Evidence", "Statistics", "JSON", "Platform", "TestSupport",
      ], swiftSettings: tests),
    .testTarget(
      name: "PagesTests",
      dependencies: ["Pages", "Audit", "Evidence", "JSON", "Platform", "TestSupport"],
      swiftSettings: tests),
    .testTarget(
      name: "HistoryTests",
      dependencies: [
        "History", "GitRemotes", "Audit", "Adapters", "Evidence", "Archives", "ObjectStore",
        "Signing",
        "Sigstore", "Attestation", "TransparencyLog", "Sharing", "ShareServer", "WebClient",
        "Conformance", "JSON", "Platform", "TestSupport",
      ], swiftSettings: tests),
    .testTarget(
      name: "MirrorTests",
      dependencies: [
        "Mirror", "GitRemotes", "History", "Evidence", "ObjectStore", "Signing", "Conformance",
        "JSON",
        "Platform", "TestSupport", "wf", "wf-mirror",
      ], swiftSettings: tests),
    .testTarget(
      name: "SharingTests",
      dependencies: [
        "WebExchange",
        "Sharing", "History", "Audit", "Evidence", "Signing", "Attestation", "WebClient", "JSON",
        "Platform", "TestSupport", "wf", "wf-net",
      ], swiftSettings: tests),
    .testTarget(
      name: "ShareServerTests",
      dependencies: [
        "ShareServer", "ShareRequests", "Sharing", "Pages", "History", "Attestation", "Evidence",
        "Archives",
        "Signing", "JSON", "Platform", "TestSupport", "wf", "wf-net", "wf-serve",
      ], swiftSettings: tests),
    .testTarget(
      name: "TerminalTests", dependencies: ["Terminal", "Platform", "JSON", "TestSupport"],
      swiftSettings: tests),
    .testTarget(
      name: "InteropTests",
      dependencies: [
        "History", "Pages", "Audit", "Evidence", "ObjectStore", "Signing", "TransparencyLog",
        "JSON",
        "Platform", "TestSupport", "Terminal", "wf", "wf-conformance",
      ], swiftSettings: tests),
    .testTarget(
      name: "FuzzTests", dependencies: ["ParserChecks", "TestSupport"], swiftSettings: tests),
    .testTarget(
      name: "FaultTests",
      dependencies: [
        "History", "Audit", "Evidence", "ObjectStore", "Signing", "TransparencyLog", "Conformance",
        "JSON", "Platform", "TestSupport", "wf", "wf-conformance",
      ], swiftSettings: tests),
  ]
)
