internal import Pages

/// The files of the folder Files/, which are compiled in.
enum PageFiles {
  static let templates: [String: [UInt8]] = [
    "page": PackageResources.page_mustache,
    "head": PackageResources.head_mustache,
    "verdict": PackageResources.verdict_mustache,
    "claim": PackageResources.claim_mustache,
    "result": PackageResources.result_mustache,
    "plot": PackageResources.plot_mustache,
    "grade": PackageResources.grade_mustache,
    "tasks": PackageResources.tasks_mustache,
    "scope": PackageResources.scope_mustache,
    "advice": PackageResources.advice_mustache,
    "artifacts": PackageResources.artifacts_mustache,
    "verification": PackageResources.verification_mustache,
    "approval": PackageResources.approval_mustache,
    "offline": PackageResources.offline_mustache,
    "password": PackageResources.password_mustache,
    "missing": PackageResources.missing_mustache,
  ]

  static let assets = [style, script, icon]

  /// Where the head of every page finds them.
  static let addresses = ["style": style.path, "script": script.path, "icon": icon.path]

  /// The colours of all pages of the project, before the rules that use them.
  private static let style = Asset(
    name: "reviewer", extension: "css", contentType: "text/css; charset=utf-8",
    bytes: Array(
      """
      :root{color-scheme:light dark;\(PageColor.properties(\.light))}
      @media screen and (prefers-color-scheme:dark){:root{\(PageColor.properties(\.dark))}}

      """.utf8) + SqueezedCode.style(PackageResources.reviewer_css))

  private static let script = Asset(
    name: "reviewer", extension: "js", contentType: "text/javascript; charset=utf-8",
    bytes: SqueezedCode.script(PackageResources.reviewer_js))

  private static let icon = Asset(
    name: "icon", extension: "svg", contentType: "image/svg+xml",
    bytes: PackageResources.icon_svg)
}
