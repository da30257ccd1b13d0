import Conformance
import Glibc

// usage: wf-conformance KIND PATH
// A development tool: runs a folder of cases against the product's own modules (Docs/Architecture.md).
let arguments = Array(CommandLine.arguments.dropFirst())
exit(runConformance(arguments) { print($0) })
