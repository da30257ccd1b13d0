// swift-tools-version: 6.2
import PackageDescription

// Apart from the product's package, so that its build never pays for fuzzing. The parsers' sources
// come in by links, since the product exports no libraries.
let package = Package(
  name: "fuzz",
  targets: [
    .target(name: "Platform"),
    .target(name: "JSON", dependencies: ["Platform"]),
    .target(name: "Mutation"),
    .target(name: "JSONChecks", dependencies: ["JSON"]),
    .executableTarget(name: "fuzz-json", dependencies: ["JSONChecks", "Mutation"]),
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
