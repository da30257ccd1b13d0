// swift-tools-version: 6.2
import PackageDescription

// Apart from the product's package, so that its build never pays for fuzzing. The parsers' sources
// come in by links, since the product exports no libraries.
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
// As the product's own targets have it: members of other modules need their import.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]
// The parsers of single formats are no public API; the checks reach them as tests do.
let reachable = settings + [.unsafeFlags(["-enable-testing"])]

let package = Package(
  name: "fuzz",
  dependencies: [
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
  ],
  targets: [
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "Platform", swiftSettings: reachable),
    .target(name: "JSON", dependencies: ["Platform"], swiftSettings: settings),
    .target(
      name: "ObjectStore", dependencies: ["Platform", "CZlib", crypto], swiftSettings: reachable),
    .target(
      name: "Signing",
      dependencies: [
        "JSON", "Platform", "CSodium", crypto,
        .product(name: "_CryptoExtras", package: "swift-crypto"),
      ],
      swiftSettings: reachable),
    .target(
      name: "TransparencyLog", dependencies: ["Signing", "JSON", "Platform", crypto],
      swiftSettings: reachable),
    .target(
      name: "Attestation", dependencies: ["Signing", "JSON", "Platform"], swiftSettings: reachable),
    .target(
      name: "Sigstore",
      dependencies: [
        "Attestation", "TransparencyLog", "JSON", "Platform", crypto,
        .product(name: "_CryptoExtras", package: "swift-crypto"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "X509", package: "swift-certificates"),
      ], swiftSettings: reachable),
    .target(name: "Archives", dependencies: ["Platform", "CZlib"], swiftSettings: settings),
    .target(
      name: "Evidence", dependencies: ["Archives", "JSON", "Platform", crypto],
      swiftSettings: settings),
    .target(
      name: "Adapters", dependencies: ["Evidence", "JSON", "Platform", crypto],
      swiftSettings: settings),
    .target(name: "Statistics", swiftSettings: settings),
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
      ], swiftSettings: settings),
    .target(name: "WebExchange", dependencies: ["JSON", "Platform"], swiftSettings: settings),
    .target(
      name: "Sharing",
      dependencies: [
        "WebExchange", "History", "Audit", "Evidence", "Signing", "Attestation", "Sigstore",
        "ObjectStore", "JSON", "Platform", crypto,
      ], swiftSettings: settings),
    .target(
      name: "GitRemotes",
      dependencies: ["History", "WebExchange", "ObjectStore", "Platform", crypto],
      swiftSettings: reachable),
    // All that a share server reads of requests; its library for HTTP stays out.
    .target(
      name: "ShareRequests",
      dependencies: ["Sharing", "Evidence", "Archives", "JSON", "Platform"],
      swiftSettings: settings),
    .target(
      name: "ParserChecks",
      dependencies: [
        "Adapters", "Evidence", "Archives", "ObjectStore", "Signing", "Attestation", "Sigstore",
        "TransparencyLog", "Sharing", "ShareRequests", "GitRemotes", "WebExchange", "JSON",
        "Platform",
      ]),
    // LLVM libFuzzer brings its own `main`: swift build -c release --sanitize=fuzzer
    .executableTarget(
      name: "libfuzzer", dependencies: ["ParserChecks"],
      swiftSettings: [.unsafeFlags(["-parse-as-library"])]),
  ]
)
