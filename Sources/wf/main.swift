import Glibc
import Terminal

// A closed pipe ends the output, not the program in the middle of a commit.
signal(SIGPIPE, SIG_IGN)
// A size limit is an error of the write, told like any full disk.
signal(SIGXFSZ, SIG_IGN)
let arguments = Array(CommandLine.arguments.dropFirst())
// Answered before the command tree is built: scripts ask often, and it costs a millisecond.
if arguments == ["--version"] {
  Console(json: false, quiet: false, style: Style(colour: false, unicode: true, width: 80))
    .result("wf \(Product.version)")
  exit(0)
}
exit(runCommandLine(arguments).rawValue)
