#!/usr/bin/env python3
"""A share server as small as its client needs: small-share.py PORT FOLDER

Keeps members by digest in memory, gives fixed ids, and writes one JSON line for each request to
FOLDER/log. A file FOLDER/mode changes what it does: `cut` closes the connection at the second PUT,
`redirect` sends everything elsewhere, `refuse` says no to the commit, `big` answers with 2 MiB,
`hang` never answers, `dead` knows no link any more."""
import base64
import hashlib
import http.server
import json
import pathlib
import sys
import time

folder = pathlib.Path(sys.argv[2])
announced, stored, puts, records = {}, {}, [0], {}
ARTIFACT, RUN = "0a1b2c3d-0000-4000-8000-00000000000a", "0a1b2c3d-0000-4000-8000-00000000000b"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, value=None):
        body = b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        mode = (folder / "mode").read_text().strip() if (folder / "mode").exists() else ""
        with open(folder / "log", "a") as log:
            log.write(json.dumps({"line": f"{self.command} {self.path}", "bytes": len(body), "key": self.headers.get("Authorization"), "body": body.decode() if self.command == "POST" else None}) + "\n")
        if mode == "redirect":
            return self.answer(302)
        if mode == "big":
            return self.answer(200, {"x": "x" * (2 << 20)})
        if mode == "hang":
            time.sleep(60)
        path = self.path.split("?")[0]
        if self.command == "PUT" and "/members/" in path:
            puts[0] += 1
            if mode == "cut" and puts[0] >= 2:
                self.connection.close()
                self.close_connection = True
                return None
            name = path.split("/members/")[1].replace("%2F", "/")
            digest = "sha256:" + hashlib.sha256(body).hexdigest()
            field = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
            if announced.get(name) != digest or self.headers.get("Content-Digest") != field:
                return self.answer(422, {"error": {"reason": "digest_mismatch"}})
            stored[name] = body
            return self.answer(204)
        value = json.loads(body) if body else {}
        if path == "/api/sync/runs":
            return self.answer(201, {"cloud_run_id": RUN})
        if path.endswith("/artifacts"):
            announced.update({m["name"]: m["digest"] for m in value["members"]})
            return self.answer(201, {"artifact_id": ARTIFACT, "missing": [n for n in announced if n not in stored]})
        if path.endswith("/commit"):
            if mode == "refuse":
                return self.answer(422, {"error": {"reason": "signer_not_listed", "request_id": "req_1"}})
            whole = set(announced) == set(stored)
            return self.answer(200 if whole else 409, {"state": "verified"} if whole else {"error": {"reason": "member_missing"}})
        if path == "/api/shares" and self.command == "POST":
            token = "wfs_" + hashlib.sha256(self.headers["Idempotency-Key"].encode()).hexdigest()[:43]
            return self.answer(201, {"share_id": "shr_1", "token": token, "expires_at": "2026-12-08T12:00:00Z", "password_protected": "password" in value})
        if path == "/api/shares":
            rows = [{"share_id": "shr_1", "state": "active", "display_id": "WF-6ZQBYP9S", "expires_at": "2026-12-08T12:00:00Z", "views": 3, "reviewer_label": "Customer \x1b[31mreview"}]
            return self.answer(200, {"shares": rows, "next": None})
        if path.startswith("/api/public/shares/"):
            return self.answer(404 if mode == "dead" else 200, {})
        if path == "/api/reliability":
            if self.command == "PUT" and "record" in value:
                records[value["record"]["record_id"]] = value["record"]
            if self.command == "GET":
                return self.answer(200, {"records": list(records.values())})
            if self.command == "DELETE":
                count = len(records)
                records.clear()
                return self.answer(200, {"deleted": count})
            return self.answer(204)
        if path.endswith("/rotate"):
            return self.answer(200, {"share_id": "shr_1", "token": "wfs_" + "r" * 43, "expires_at": "2026-12-08T12:00:00Z"})
        if path.endswith("/revoke"):
            return self.answer(204)
        return self.answer(404, {"error": {"reason": "not_found"}})

    do_GET = do_POST = do_PUT = do_DELETE = handle_any

    def log_message(self, *arguments):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
