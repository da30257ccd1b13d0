"use strict";
// What scripts add to a page that is complete without them: sorting, copying, and verification in
// this browser. Nothing is sent anywhere; files come from the page's own address or from the reader.

const byId = (id) => document.getElementById(id);
const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
const textOf = (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);
const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
const base64 = (bytes) => btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(""));
const unbase64 = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
// Texts among the parts count in UTF-8.
const bytesOf = (...parts) => new Blob(parts).arrayBuffer();
const sha256 = async (...parts) =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", await bytesOf(...parts)));
const digest = async (bytes) => "sha256:" + hex(await sha256(bytes));
const objectID = async (kind, body) => hex(await sha256(`${kind} ${body.length}\0`, body));

const MANIFEST = "artifact_manifest.json";
// Sorted by name.
const SIX = ["audit_input.json", "audit_provenance.json", "claim.json", "evidence.json", "evidence.md",
  "protocol.json"];
const SIGNATURES = ["signature.dsse.json", "signature.sigstore.json"];
const PROOF = ["proof/commit", "proof/tree", "proof/history"];

// -- The page's figures, made again from the members

// Half up, of six digits.
const percent = (text) => text == null ? "–"
  : (Math.floor((Math.round(text * 1e6) + 500) / 1000) / 10).toFixed(1) + " %";
const grouped = (n) => n == null ? "unknown"
  : n > 9999 ? n.toLocaleString("en").replaceAll(",", "\u202F") : String(n);
const counts = (v) => v?.n == null ? "–" : `${grouped(v.k)}/${grouped(v.n)}`;
const range = (v) => v?.lower == null || v.upper == null ? "–"
  : percent(v.lower).replace(" %", "–") + percent(v.upper);
const plain = (word) => String(word ?? "unknown").replace(/_+/g, " ").trim();
const visible = (text) => String(text).replace(/[\n\t]/g, " ")
  .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffe\uffff]/gu, (c) => {
    const at = c.codePointAt(0);
    if ([0x200c, 0x200d, 0xad].includes(at)) return c;
    if (at < 32 || at === 127) return String.fromCodePoint(at < 32 ? 0x2400 + at : 0x2421);
    return `⟨U+${at.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
const forms = {
  word: (v) => `[${v}]`, plain, percent, counts, count: grouped,
  words: (v) => (v.length ? v.map(plain).join(", ") : "not stated"),
};

// Whether an element shows what a member holds; a long text ends with an ellipsis.
function shows(element, value, kind) {
  const [shown, wanted] = [element.textContent, visible(forms[kind]?.(value) ?? value ?? "not stated")]
    .map((text) => text.replace(/\s+/g, " ").trim());
  if (kind === "grade") return shown >= value;
  return shown === wanted || (kind === "subject" && shown === "local model")
    || (kind === "word" && shown === "[other]")
    || (shown.endsWith("…") && wanted.startsWith(shown.slice(0, -1)));
}

function differences(values) {
  const found = [];
  const at = (path) => path.split("/").reduce((v, key) => v?.[key], values);
  const each = (name, check) => document.querySelectorAll(`[data-${name}]`).forEach(
    (element) => check(element, element.dataset[name], element.dataset));
  const { integrity, tasks } = values["evidence.json"];
  const failed = integrity.filter((row) => row.state === "fail");
  each("at", (element, path, { as }) => shows(element, at(path), as) || found.push(path));
  each("failed", (element, i) => shows(element, failed[i]?.id, "word") || found.push("integrity"));
  each("list", (element, path, { limit = Infinity }) => {
    const rows = path.endsWith("/integrity") ? failed : at(path) ?? [];
    const shown = (element.tBodies?.[0] ?? element).children.length;
    if (shown !== Math.min(rows.length, limit)) found.push(`all of ${path}`);
  });
  each("member", ({ cells }, name) => {
    const row = values[MANIFEST].members.find((member) => member.name === name);
    const isShown = row ? shows(cells[2], row.digest.slice(7)) && shows(cells[1], grouped(row.size))
      : name === MANIFEST;
    if (!isShown) found.push(`the digest of ${name}`);
  });
  each("task", ({ cells }, i) => {
    const task = tasks[i] ?? {};
    const named = cells[0].querySelector("code");
    const name = cells[0].querySelector("bdi");
    const isShown = shows(named, task.task) && (!name || shows(name, task.name))
      && shows(cells[1], counts(task)) && shows(cells[2], percent(task.rate))
      && shows(cells[4], range(task.wilson)) && shows(cells[5], task.verdict, "plain");
    if (!isShown) found.push(`task ${named.textContent}`);
  });
  return found;
}

// -- Keys and signatures

// The 32 bytes and the fingerprint of a line `ssh-ed25519 AAAA…`; null for anything else.
async function publicKey(line) {
  const parts = /^ssh-ed25519\s+(AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43})(\s|$)/.exec(line);
  if (!parts) return null;
  const blob = unbase64(parts[1]);
  const fingerprint = "SHA256:" + base64(await sha256(blob)).slice(0, 43);
  return { bytes: blob.slice(19), fingerprint };
}

// true, false, or null where this browser has no Ed25519.
async function isSigned(key, envelope) {
  const imported = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"])
    .catch(() => null);
  if (!imported) return null;
  const { payload, payloadType: type, signatures } = envelope;
  const body = unbase64(payload);
  const message = await bytesOf(`DSSEv1 ${type.length} ${type} ${body.length} `, body);
  for (const { sig } of signatures)
    if (await crypto.subtle.verify("Ed25519", imported, unbase64(sig), message)) return true;
  return false;
}

// -- The steps of verification

class Verification {
  constructor(files, extra, panel) {
    Object.assign(this, { files, extra, panel, wrong: [], isSigned: false });
    byId("steps").replaceChildren();
  }

  step(sign, text) {
    const className = { "✓": "good", "✗": "bad", "–": "neutral" }[sign];
    const item = make("li", { className });
    item.append(make("b", { textContent: sign }), text);
    byId("steps").append(item);
  }
  good(text) { this.step("✓", text); }
  open(text) { this.step("–", text); }
  bad(name, text) {
    if (!this.wrong.includes(name)) this.wrong.push(name);
    this.step("✗", `${name}: ${text}`);
  }

  async run() {
    for (const name of [...SIX, MANIFEST])
      if (!this.files.has(name)) this.bad(name, "is not here");
    for (const name of this.extra) this.bad(name, "may not be in a shared package");
    this.readStatement();
    await this.checkSignature();
    if (await this.checkManifest()) await this.checkMembers();
    await this.checkProof();
    this.checkPage();
    if (this.wrong.length) return ["does NOT match: " + this.wrong.join(", "), "bad"];
    return this.isSigned ? ["bytes match and signature good", "good"]
      : ["bytes match, signature not checked", "caution"];
  }

  json(name) {
    try { return JSON.parse(textOf(this.files.get(name))); } catch { return null; }
  }

  // The signed statement, believed only as far as the signature goes.
  readStatement() {
    this.name = SIGNATURES.find((name) => this.files.has(name));
    if (!this.name) return;
    const file = this.json(this.name);
    this.envelope = this.name === SIGNATURES[0] ? file : file?.dsseEnvelope;
    try {
      const statement = JSON.parse(textOf(unbase64(this.envelope.payload)));
      const isOurs = this.envelope.payloadType === "application/vnd.in-toto+json"
        && statement._type === "https://in-toto.io/Statement/v1" && statement.subject.filter;
      if (isOurs) this.statement = statement;
    } catch {
      // Said below.
    }
    if (!this.statement) this.bad(this.name, "holds no signed statement");
  }

  async checkSignature() {
    if (!this.name) return this.open("No signature file is here.");
    const told = byId("told").value.trim();
    const toldKey = await publicKey(told);
    const shown = /SHA256:[A-Za-z0-9+/]{43}$/.exec(byId("signer").textContent)?.[0];
    if (told && (toldKey?.fingerprint ?? told) !== shown)
      this.bad("fingerprint", "the one you were told is not on this page");
    if (this.name === SIGNATURES[1])
      return this.open("Signature and log entry of a Sigstore bundle are not checked here, use wf verify.");
    if (!this.statement) return;
    const key = [toldKey, await publicKey(this.panel.key)].find((k) => k?.fingerprint === shown);
    if (!key)
      return this.open("Signature not checked here: enter the signer’s public key above, or use wf verify.");
    this.isSigned = await isSigned(key.bytes, this.envelope);
    if (this.isSigned === null)
      return this.open("Signature not checked here, use wf verify: this browser has no Ed25519.");
    if (!this.isSigned) return this.bad(this.name, `no signature in it is by ${shown}`);
    this.good(`${this.name}: Ed25519 signature by ${shown}`);
  }

  // Which of two is wrong when they differ: a good signature decides, else the digest on the page.
  async checkManifest() {
    const bytes = this.files.get(MANIFEST);
    if (!bytes) return;
    const found = await digest(bytes);
    const shown = byId("manifest-digest").textContent.trim();
    if (this.statement) {
      const [subject, second] = this.statement.subject.filter((s) => s.name === MANIFEST);
      if (second || "sha256:" + subject?.digest?.sha256 !== found) {
        const isElsewhere = shown === found && !this.isSigned;
        return this.bad(isElsewhere ? this.name : MANIFEST, "file and signed statement differ");
      }
      this.good(`${MANIFEST}: SHA-256 as in the signed statement`);
    }
    if (shown !== found) return this.bad(MANIFEST, "is not the one of this page");
    this.manifest = this.json(MANIFEST);
    const names = this.manifest?.members?.filter?.((m) => m.privacy === "public").map((m) => m.name);
    if (names?.sort().join() !== SIX.join()) return this.bad(MANIFEST, "does not list the six others");
    return true;
  }

  async checkMembers() {
    for (const { name, size, digest: listed } of this.manifest.members) {
      const bytes = this.files.get(name);
      if (!bytes || !SIX.includes(name)) continue;
      if (bytes.length !== size) this.bad(name, `has ${bytes.length} bytes, not ${size}`);
      else if ((await digest(bytes)) !== listed) this.bad(name, "SHA-256 differs from the manifest");
      else this.good(`${name}: size and SHA-256 as in the manifest`);
    }
    for (const { name, digest: subject } of this.statement?.subject ?? []) {
      const listed = this.manifest.members.find((row) => row.name === name)?.digest;
      if (name !== MANIFEST && listed !== "sha256:" + subject?.sha256)
        this.bad(this.name, `its digest of ${name} is not that of the manifest`);
    }
  }

  async checkProof() {
    const [commit, tree, history = new Uint8Array()] = PROOF.map((name) => this.files.get(name));
    if (!commit && !tree) return this.open("No proof of a signed commit is here.");
    if (!commit || !tree) return this.bad(commit ? PROOF[1] : PROOF[0], "is not here");
    const [commitID, treeID] = [await objectID("commit", commit), await objectID("tree", tree)];
    if (!textOf(commit).startsWith(`tree ${treeID}\n`))
      return this.bad(PROOF[1], "is not the tree of the commit");
    const { commit: signed, tree: signedTree } = this.statement?.predicate ?? {};
    if (signed && (signed !== commitID || signedTree !== treeID))
      return this.bad(PROOF[0], "is not the commit that the statement names");
    const blobs = entries(tree);
    for (const name of [...SIX, MANIFEST]) {
      const bytes = this.files.get(name);
      if (bytes && !this.wrong.includes(name) && blobs.get(name) !== await objectID("blob", bytes))
        return this.bad(PROOF[1], `lists another ${name}`);
    }
    this.good(`proof: commit ${commitID} has these files in its tree`);
    const earlier = await commitsBehind(commit, history);
    if (earlier === null)
      return this.bad(PROOF[2], "does not lead from the commit back to the first one");
    if (earlier) this.good(`${PROOF[2]}: ${earlier} earlier, back to the first commit`);
  }

  checkPage() {
    const sources = ["evidence.json", "claim.json", "protocol.json", MANIFEST];
    const values = Object.fromEntries(sources.map((name) => [name, this.json(name)]));
    if (this.wrong.length) return this.open("The page was not compared with these files.");
    const found = differences(values);
    if (found.length) this.bad("this page", `does not show ${found.join(", ")} as it is`);
    else this.good("The page shows what evidence.json holds.");
  }
}

// Names and object ids of a git tree.
function entries(tree) {
  const found = new Map();
  for (let at = 0; at < tree.length; ) {
    const end = tree.indexOf(0, at);
    if (end < 0) break;
    found.set(textOf(tree.slice(at, end)).replace(/^\d+ /, ""), hex(tree.slice(end + 1, end + 33)));
    at = end + 33;
  }
  return found;
}

// How many commits stand behind one, when `records` are they: from its parent back to the first one,
// each as `commit SIZE\0BODY`; else null. A body is believed once its hash is the parent's.
async function commitsBehind(body, records) {
  for (let count = 0; ; count++) {
    const [, parent] = /^tree \w+\nparent (\w+)/.exec(textOf(body)) ?? [];
    if (!parent) return records.length ? null : count;
    const start = records.indexOf(0) + 1;
    const end = start + parseInt(String.fromCharCode(...records.slice(7, 23)));
    const record = records.slice(0, end);
    if (!start || hex(await sha256(record)) !== parent) return null;
    body = record.slice(start);
    records = records.slice(end);
  }
}

// -- Where the files come from

async function fetched({ signature, proof }) {
  const files = new Map();
  for (const name of [...SIX, MANIFEST, signature, ...proof.split(" ").filter(Boolean)]) {
    const address = location.pathname.replace(/\/$/, "") + "/package/" + name;
    const answer = await fetch(address, { cache: "no-store", redirect: "error" });
    if (answer.ok) files.set(name, new Uint8Array(await answer.arrayBuffer()));
    else if (answer.status !== 404) throw new Error(`${name} was answered with ${answer.status}`);
  }
  return [files, []];
}

async function picked(list) {
  const files = new Map();
  const extra = [];
  for (const file of list) {
    const path = file.webkitRelativePath || file.name;
    const name = [...SIX, MANIFEST, ...SIGNATURES, ...PROOF].find(
      (known) => path === known || path.endsWith("/" + known) || known === "proof/" + path);
    if (name) files.set(name, new Uint8Array(await file.arrayBuffer()));
    else extra.push(file.name);
  }
  return [files, extra];
}

function prepareVerification() {
  const section = byId("verification-panel");
  if (!section) return;
  const say = (textContent, className) => Object.assign(byId("outcome"), { textContent, className });
  byId("verify").hidden = false;
  if (!globalThis.crypto?.subtle) {
    for (const control of section.querySelectorAll("input, button")) control.disabled = true;
    return say("Nothing can be checked here: over an insecure connection a browser offers no "
      + "cryptography. Use wf verify.", "caution");
  }
  const start = async (source) => {
    const told = byId("told");
    const isValid = told.checkValidity();
    told.setAttribute("aria-invalid", String(!isValid));
    byId("told-error").textContent = isValid ? "" : "Neither a fingerprint nor a public key.";
    if (!isValid) return told.focus();
    say("Checking…", "");
    try {
      say(...await new Verification(...await source(), section.dataset).run());
    } catch (error) {
      say("The check could not be finished: " + error.message, "bad");
    }
  };
  byId("picked").addEventListener("change", (event) => start(() => picked(event.target.files)));
  byId("verify-served")?.addEventListener("click", () => start(() => fetched(section.dataset)));
}

// -- The table of tasks

function prepareSorting(table) {
  if (!table) return;
  const body = table.tBodies[0];
  const text = (row, column) => row.cells[column].textContent.replaceAll("\u202F", "");
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    if (head.classList.contains("plot")) return;
    const button = make("button", { type: "button", textContent: head.textContent });
    button.addEventListener("click", () => {
      const isDown = head.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", isDown ? "descending" : "ascending");
      const rows = [...body.rows].sort((a, b) =>
        text(a, column).localeCompare(text(b, column), "en", { numeric: true }));
      body.append(...(isDown ? rows.reverse() : rows));
    });
    head.replaceChildren(button);
  });
  table.classList.add("sortable");
}

prepareVerification();
prepareSorting(byId("task-table"));
