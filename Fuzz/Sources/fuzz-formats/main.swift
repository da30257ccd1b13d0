import FormatsChecks
import Glibc
import Mutation

let words = [
  "\n", "\r", "{", "}", "[", "]", ",", ":", "null", "true", "\"x\"", "NaN", "1e400", "-1",
  "9007199254740993", "\"per_task\":", "\"tasks\":", "\"benchmark\":", "\"evaluations\":",
  "\"schema\":\"worldflux.bridge/1\",", "\"outcome\":\"succeeded\",", "\"success\":true,",
  "\"media\":[],", "\"governance\":{", "\"generated\":{", "INFO:root:", "Task: a\n",
  "Starting episode 1...\n", "Success: True\n", "# episodes completed so far: 1\n",
  "# successes: 1 (", "Current task success rate: 1.0\n", "Caught exception: x\n",
  "results:  ('a/b', [True, False], {})\n", "success rate:  0.5\n", "\u{1B}[A",
  ",success,duration,video_filename\n", "0,0.01,3,v\n", "\u{FEFF}",
]
guard let loop = MutationLoop(arguments: CommandLine.arguments), let checks = FormatsChecks()
else {
  print("usage: fuzz-formats [--seed N] [--seconds N] [--last FILE] [FILE…]")
  exit(2)
}
exit(loop.run(words: words, checks.isSound))
