#!/usr/bin/env python3
"""check_oci_layout.py LAYOUT: checks an OCI image layout, a folder or a tar, against image-spec 1.1.

Written from the specification, apart from the code that writes layouts: every descriptor's digest,
size and media type, the index, one manifest, its config and layers, no file that nothing names.
Prints the layers as `TITLE MEDIA_TYPE SIZE`, or says what is wrong and exits with 1."""
import hashlib
import json
import pathlib
import re
import sys
import tarfile


def load(path):
    if path.is_dir():
        return {str(p.relative_to(path)): p.read_bytes() for p in path.rglob("*") if p.is_file()}
    with tarfile.open(path) as archive:
        return {m.name: archive.extractfile(m).read() for m in archive if m.isfile()}


def need(condition, message):
    if not condition:
        sys.exit(message)


MEDIA_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}")
files = load(pathlib.Path(sys.argv[1]))
used = {"oci-layout", "index.json"}
need(json.loads(files["oci-layout"]) == {"imageLayoutVersion": "1.0.0"}, "oci-layout")


def blob(descriptor, where):
    need(MEDIA_TYPE.fullmatch(descriptor.get("mediaType", "")), f"{where}: mediaType")
    algorithm, _, digest = descriptor["digest"].partition(":")
    need(algorithm == "sha256" and re.fullmatch("[0-9a-f]{64}", digest), f"{where}: digest")
    need(type(descriptor["size"]) is int, f"{where}: size")
    name = f"blobs/sha256/{digest}"
    need(name in files, f"{where}: {name} is missing")
    used.add(name)
    need(len(files[name]) == descriptor["size"], f"{where}: size of {name}")
    need(hashlib.sha256(files[name]).hexdigest() == digest, f"{where}: digest of {name}")
    if "data" in descriptor:
        import base64
        need(base64.b64decode(descriptor["data"]) == files[name], f"{where}: data")
    for key, value in descriptor.get("annotations", {}).items():
        need(key and type(value) is str, f"{where}: annotation {key}")
    return files[name]


index = json.loads(files["index.json"])
need(index["schemaVersion"] == 2, "index: schemaVersion")
need(index["mediaType"] == "application/vnd.oci.image.index.v1+json", "index: mediaType")
need(len(index["manifests"]) == 1, "index: one manifest")
entry = index["manifests"][0]
need(entry["mediaType"] == "application/vnd.oci.image.manifest.v1+json", "manifest: mediaType")
reference = entry["annotations"]["org.opencontainers.image.ref.name"]
need(re.fullmatch(r"[A-Za-z0-9]+([-._:@+/][A-Za-z0-9]+)*|[A-Za-z0-9-]+", reference), "manifest: ref.name")
manifest = json.loads(blob(entry, "manifest"))
need(manifest["schemaVersion"] == 2, "manifest: schemaVersion")
need(manifest["mediaType"] == entry["mediaType"], "manifest: its own mediaType")
need(manifest["artifactType"] == entry["artifactType"], "manifest: artifactType")
need(MEDIA_TYPE.fullmatch(manifest["artifactType"]), "manifest: artifactType")
config = blob(manifest["config"], "config")
need(manifest["config"]["mediaType"] == "application/vnd.oci.empty.v1+json" and config == b"{}", "config")
created = manifest["annotations"]["org.opencontainers.image.created"]
need(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", created), "manifest: created")
need(manifest["layers"], "manifest: layers")
for layer in manifest["layers"]:
    title = layer["annotations"]["org.opencontainers.image.title"]
    data = blob(layer, title)
    print(title, layer["mediaType"], len(data))
extra = set(files) - used
need(not extra, f"nothing names {sorted(extra)}")
