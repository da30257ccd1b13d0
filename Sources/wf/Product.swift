/// What the program calls itself; the version stands here and nowhere else.
enum Product {
  static let name = "wf"
  static let version = "0.1.0"
}
