"""Serves a folder as the share server would serve one share: same addresses, same headers, nothing
of its work. usage: share-page.py PORT FOLDER; FOLDER has page.html, missing.html, assets/, package/."""
import http.server
import pathlib
import sys

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none';"
    " require-trusted-types-for 'script'; trusted-types 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), clipboard-read=()",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
}
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
         ".html": "text/html; charset=utf-8", ".json": "application/json", ".md": "text/markdown; charset=utf-8"}
folder = pathlib.Path(sys.argv[2])


class Share(http.server.BaseHTTPRequestHandler):
    def find(self):
        parts = self.path.split("?")[0].strip("/").split("/")
        if ".." in parts:
            return None
        if parts[0] == "assets":
            return folder.joinpath(*parts)
        if parts[0] == "r" and len(parts) == 2:
            # other tokens are other pages: /r/NAME is NAME.html
            own = folder / (parts[1] + ".html")
            return own if own.is_file() else folder / "page.html"
        if parts[0] == "r" and len(parts) > 2:
            return folder.joinpath(*parts[2:])
        return None

    def do_GET(self):
        file = self.find()
        found = file is not None and file.is_file()
        body = (file if found else folder / "missing.html").read_bytes()
        self.send_response(200 if found else 404)
        kind = TYPES.get(file.suffix, "application/octet-stream") if found else TYPES[".html"]
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Share).serve_forever()
