import Glibc
import JSONChecks
import Mutation

let words = [
  "{", "}", "[", "]", ",", ":", "\"", "\"\":", "\\u", "\\ud83d", "\\ude00", "true", "false", "null",
  "NaN", "-Infinity", "1e308", "e309", "1.7976931348623158e308", "-0", "\u{FEFF}", "é", "😀", "\\n",
  "\"a\":1,", "[[[[[[[[", "0.000000000000000000000000000001", "12345678901234567890",
]
guard let loop = MutationLoop(arguments: CommandLine.arguments) else {
  print("usage: fuzz-json [--seed N] [--seconds N] [--last FILE] [FILE…]")
  exit(2)
}
exit(loop.run(words: words, isSound))
