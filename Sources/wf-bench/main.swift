import Statistics

// usage: wf-bench [NAME…]
// A development tool: time and allocations of each statistical procedure beside its budget, as rows
// of a Markdown table. Nothing of it is a test (Docs/Benchmarks.md).
let wanted = CommandLine.arguments.dropFirst()
print("| procedure | input | processor time per call | allocations | budget | |")
print("|---|---|---|---|---|---|")
for measure in procedures() where wanted.isEmpty || wanted.contains(measure.name) {
  // By now the program has taken much from the heap, if it is counted at all.
  print(measure.row(isCounting: Heap.allocations > 0))
}
