import Evidence
import Platform

/// The style sheet of a page and the policy that lets in it alone.
struct StyleSheet: Sendable {
  let bytes: [UInt8]

  /// - Parameter sheetNote: what stands at the foot of each printed sheet; anything but letters,
  ///   digits and `-:` is left out of it, since a style sheet has another syntax than a page.
  init(sheetNote: String) {
    let note = String(
      String.UnicodeScalarView(sheetNote.unicodeScalars.filter(Self.isAllowed)))
    let text = [
      "\n:root{color-scheme:light dark;\(PageColor.properties(\.light))}",
      "@media (prefers-color-scheme:dark){:root{\(PageColor.properties(\.dark))}}",
      Self.screen, Self.tables, Self.drawings, Self.narrow,
      "@media print{:root{\(PageColor.properties(\.light))}\(Self.print)}",
      "@page{margin:16mm 14mm 18mm;@bottom-left{content:\"\(note)\";font:7pt sans-serif}"
        + "@bottom-right{content:counter(page) \" / \" counter(pages);font:7pt sans-serif}}\n",
    ].joined(separator: "\n")
    bytes = Array(text.utf8)
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-", ":", " ": true
    default: false
    }
  }

  /// Nothing is loaded, run, framed or sent; the one style sheet is known by its hash.
  var policy: String {
    let hash = Base64.encode(Digest.raw(of: bytes))
    return "default-src 'none'; style-src 'sha256-\(hash)'; base-uri 'none'; form-action 'none'"
  }
}

extension StyleSheet {
  private static let screen = """
    *{box-sizing:border-box}
    html{background:var(--paper);color:var(--ink);-webkit-text-size-adjust:100%;text-size-adjust:100%}
    body{margin:0 auto;max-width:70rem;padding:1.5rem clamp(1rem,4vw,2.5rem) 3rem;overflow-wrap:anywhere;
    font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Liberation Sans",Arial,sans-serif}
    h1,h2,h3,p,ul,ol,dl,figure,blockquote{margin:0}
    h1{font-size:clamp(1.35rem,1.1rem + 1.2vw,1.9rem);line-height:1.25;font-weight:600;margin-top:.35rem;text-wrap:balance}
    h2{font-size:1.15rem;line-height:1.3;font-weight:600}
    h3{font-size:1rem;font-weight:600;margin-top:1rem}
    p+p,p+ul,ul+p,p+dl,table+p,.legend+details{margin-top:.6rem}
    section{margin-top:2rem}
    section>h2+*,.panel>h2+*{margin-top:.6rem}
    ul,ol{padding-left:1.2rem}
    li+li{margin-top:.35rem}
    code{font:.8125em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
    .word{color:var(--quiet)}
    .quiet,.kicker,small{color:var(--quiet)}
    small{font-size:.875rem}
    .kicker{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1.5rem;font-size:.9375rem}
    .kicker strong{color:var(--ink);font-variant-numeric:tabular-nums}
    .number{font-variant-numeric:tabular-nums;white-space:nowrap}
    .good{color:var(--good)}.bad{color:var(--bad)}.caution{color:var(--caution)}.neutral{color:var(--quiet)}
    .big{font-size:1.75rem;line-height:1.2;font-weight:600}
    .big svg{width:1.1em;height:.9em;margin-right:.35em;vertical-align:-.1em}
    .letter{font-size:2.5rem;line-height:1;font-weight:600;margin-right:.6rem}
    .tag{display:inline-block;min-width:3.6em;font-weight:600;font-size:.875rem}
    .alert{border:2px solid var(--bad);border-radius:.4rem;padding:.8rem 1rem;margin-top:1rem}
    .pair,.decision{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:1rem;margin-top:1.5rem}
    .pair>section,.decision>section{margin-top:0}
    .panel{background:var(--panel);border-radius:.5rem;padding:1rem 1.2rem}
    .panel ul{list-style:none;padding:0}
    .callout{border-left:3px solid var(--ink);padding-left:1rem}
    .callout p:first-of-type{font-size:1.0625rem}
    details{margin-top:.75rem}
    summary{cursor:pointer;min-height:1.5rem;color:var(--good);border-radius:.2rem}
    summary:hover{text-decoration:underline}
    :focus-visible{outline:2px solid var(--good);outline-offset:2px}
    dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.3rem 1.2rem}
    dt{color:var(--quiet)}dd{margin:0}
    footer{margin-top:2.5rem;padding-top:1rem;border-top:1px solid var(--rule);color:var(--quiet);font-size:.875rem}
    .sub{margin-top:.25rem}
    """

  private static let tables = """
    table{border-collapse:collapse;width:100%}
    caption{text-align:left;color:var(--quiet);font-size:.875rem;padding-bottom:.5rem}
    th,td{padding:.35rem .75rem .35rem 0;text-align:left;vertical-align:top;font-weight:400;border-bottom:1px solid var(--rule)}
    th:last-child,td:last-child{padding-right:0}
    thead th{color:var(--quiet);font-size:.875rem;vertical-align:bottom}
    td.number,th.number{text-align:right}
    .counts{margin-top:.9rem;max-width:26rem}
    .counts .sub{padding-left:1.2rem}
    .scroll{overflow-x:auto}
    .forest th,.forest td{vertical-align:middle}
    .forest thead th{vertical-align:bottom}
    .forest tbody th{width:30%}
    .forest .name{display:block;font-size:.875rem;line-height:1.35}
    .forest .plot{position:relative;width:36%;min-width:8rem;padding:0}
    .forest .plot>svg{position:absolute;inset:0 1.15rem;width:calc(100% - 2.3rem);height:100%}
    .forest tbody .plot>svg{background:linear-gradient(to right,var(--rule) 1px,transparent 1px) 0 0/20% 100%;box-shadow:1px 0 0 var(--rule)}
    .differences tbody .plot>svg{background-size:25% 100%}
    .forest tbody td,.forest thead th,.forest tfoot td{height:2.4rem}
    .forest .interval,.forest .state{white-space:nowrap}
    .forest .interval{color:var(--quiet)}
    .forest .overall th,.forest .overall td{border-bottom:2px solid var(--quiet);font-weight:600}
    .forest tfoot td{border-bottom:0}
    .legend{display:flex;flex-wrap:wrap;gap:.3rem 1.4rem;list-style:none;padding:0;margin:.6rem 0 0;font-size:.875rem}
    .legend li{margin:0}
    .legend svg{width:1.4rem;height:1rem;vertical-align:-.2rem;margin-right:.2rem}
    .wrap{word-break:break-all}
    .flips code{display:block;min-width:14rem}
    """

  private static let drawings = """
    .plot text{fill:var(--quiet);font-size:.75rem;font-family:inherit;font-variant-numeric:tabular-nums}
    .plot text.threshold{fill:var(--mark);font-weight:600}
    .tick{stroke:var(--quiet)}
    line.threshold{stroke:var(--mark);stroke-width:1.5;stroke-dasharray:5 3}
    .zero{stroke:var(--mark);stroke-width:1.5}
    .whisker{stroke:currentColor;stroke-width:2}
    .overall .whisker{stroke-width:3}
    rect.band{fill:var(--band);stroke:var(--quiet);stroke-width:1}
    .fill{fill:currentColor}
    .hollow{fill:var(--paper);stroke:currentColor;stroke-width:2}
    .panel .hollow{fill:var(--panel)}
    """

  /// On a phone a row is a small block: name, then plot, then numbers.
  private static let narrow = """
    @media screen and (max-width:50rem){
    .forest,.forest tbody,.forest tfoot{display:block}
    .forest caption{display:block}
    .forest thead tr,.forest tfoot tr,.forest tbody tr{display:grid;grid-template-columns:auto 1fr auto;column-gap:.9rem;border-bottom:1px solid var(--rule);padding:.5rem 0 .35rem}
    .forest thead{display:block}
    .forest thead tr{padding:0}
    .forest thead th:not(.plot){position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
    .forest th,.forest td,.forest .overall th,.forest .overall td{border:0;padding:0;width:auto;min-width:0;height:auto}
    .forest tbody th,.forest .plot{grid-column:1/-1;width:auto}
    .forest .plot,.forest tbody td.plot{order:1;height:1.9rem}
    .forest thead .plot{height:1.4rem}
    .forest tbody td:not(.plot){order:3;height:auto;text-align:left;font-size:.9375rem}
    .forest tbody td.number:not(.interval,.adjusted),.forest tbody td.state{order:2}
    .forest tbody td.state{text-align:right}
    .forest tbody td.interval{grid-column:1/3}
    .forest tbody td.adjusted{text-align:right}
    .forest tbody td.adjusted::before{content:"p "}
    .forest tfoot td:not(.plot){display:none}
    .forest .overall{border-bottom:2px solid var(--quiet)}
    dl{grid-template-columns:1fr;gap:0}
    dd{margin-bottom:.5rem}
    }
    """

  private static let print = """
    html{color-scheme:light;font-size:9.5pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}
    body{max-width:none;padding:0}
    .panel,.decision>section{background:none;border:1px solid var(--rule)}
    .pair,.decision{display:block}
    .pair>section,.decision>section{margin-top:.8rem}
    details::details-content{content-visibility:visible;display:block;height:auto}
    summary{color:var(--ink);list-style:none}
    h2,h3,summary,caption{break-after:avoid}
    tr,li,.panel,.callout{break-inside:avoid}
    thead{display:table-header-group}
    tfoot{display:table-row-group}
    """
}
