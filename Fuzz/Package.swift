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

let package = Package(
  name: "fuzz",
  dependencies: [
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2")
  ],
  targets: [
    .target(name: "Platform"),
    .target(name: "JSON", dependencies: ["Platform"]),
    .target(
      name: "Evidence", dependencies: ["JSON", "Platform", crypto], swiftSettings: settings),
    .target(
      name: "Adapters", dependencies: ["Evidence", "JSON", "Platform", crypto],
      swiftSettings: settings),
    .target(name: "Mutation"),
    .target(name: "JSONChecks", dependencies: ["JSON"]),
    .target(name: "FormatsChecks", dependencies: ["Adapters", "Evidence", "Platform"]),
    .executableTarget(name: "fuzz-json", dependencies: ["JSONChecks", "Mutation"]),
    .executableTarget(name: "fuzz-formats", dependencies: ["FormatsChecks", "Mutation"]),
  ]
)

// LIBFUZZER=1 swift build -c release --sanitize=fuzzer --product libfuzzer-json
// Only then, since without that option such a program has no `main`.
if Context.environment["LIBFUZZER"] != nil {
  package.targets.append(
    .executableTarget(
      name: "libfuzzer-json", dependencies: ["JSONChecks"],
      swiftSettings: [.unsafeFlags(["-parse-as-library"])]))
}
