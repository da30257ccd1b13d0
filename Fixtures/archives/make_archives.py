#!/usr/bin/env python3
"""make_archives.py OUT: writes archives into OUT, and OUT/cases.tsv with `file TAB reason` rows.

The reason is `good` where the archive is an honest one that holds a.txt = "hello" and d/b.txt = "",
`good-one` where it holds the first of them only, `good-two` for a.txt = "hello" and b.txt = "world"."""
import gzip
import io
import pathlib
import struct
import sys
import tarfile
import zipfile
import zlib

out = pathlib.Path(sys.argv[1])
rows = []
FILES = [("a.txt", b"hello"), ("d/b.txt", b"")]


def case(name, reason, data):
    (out / name).write_bytes(bytes(data))
    rows.append(f"{name}\t{reason}\n")


# --- tar ---------------------------------------------------------------------------------------
def tar(entries=FILES, form=tarfile.USTAR_FORMAT, change=None, pax=None):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, data in entries:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            member.pax_headers = dict(pax or {})
            if change:
                change(member)
            archive.addfile(member, io.BytesIO(data))
    return bytearray(buffer.getvalue())


def kind(letter, **fields):
    def change(member):
        member.type = letter
        for key, value in fields.items():
            setattr(member, key, value)
        if letter != tarfile.REGTYPE:
            member.size = 0
    return change


def resum(data, at=0):
    """Puts the right checksum into the header block at `at`."""
    data[at + 148 : at + 156] = b" " * 8
    data[at + 148 : at + 156] = b"%06o\0 " % sum(data[at : at + 512])
    return data


def field(data, at, text, header=0):
    data[header + at : header + at + len(text)] = text
    return resum(data, header)


plain = tar()
case("tar-ustar", "good", plain)
case("tar-gnu", "good", tar(form=tarfile.GNU_FORMAT))
case("tar-pax", "good", tar(form=tarfile.PAX_FORMAT))
case("tar-pax-times", "good", tar(form=tarfile.PAX_FORMAT, pax={"mtime": "1.5", "comment": "x"}))
with_folder = io.BytesIO()
with tarfile.open(fileobj=with_folder, mode="w", format=tarfile.USTAR_FORMAT) as archive:
    folder = tarfile.TarInfo("d")
    folder.type = tarfile.DIRTYPE
    archive.addfile(folder)
    for name, data in FILES:
        member = tarfile.TarInfo(name)
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
case("tar-with-folder", "good", with_folder.getvalue())
case("tar-no-padding", "good", plain[: 512 + 512 + 512 + 1024])
for name, bad in [
    ("dotdot", "../a.txt"), ("dotdot-inside", "d/../../a.txt"), ("absolute", "/a.txt"),
    ("dot", "./a.txt"), ("empty-part", "d//a.txt"), ("backslash", "d\\a.txt"),
    ("drive", "C:a.txt"), ("control", "a\n.txt"), ("escape", "a\x1b[2J.txt"),
]:
    case(f"tar-name-{name}", "archive_name_forbidden", tar([(bad, b"x")]))
case("tar-name-not-utf8", "archive_name_forbidden", field(tar([("axtxt", b"x")]), 0, b"a\xfftxt"))
case("tar-duplicate", "archive_name_duplicate", tar([("a.txt", b"1"), ("a.txt", b"2")]))
case("tar-case-clash", "archive_name_clash", tar([("a.txt", b"1"), ("A.txt", b"2")]))
case("tar-unicode-clash", "archive_name_clash",
     tar([("\u00e9.txt", b"1"), ("e\u0301.txt", b"2")], change=None))
case("tar-folder-case-clash", "archive_name_clash", tar([("d/a", b"1"), ("D/b", b"2")]))
case("tar-file-as-folder", "archive_name_clash", tar([("a", b"1"), ("a/b", b"2")]))
case("tar-symlink", "archive_entry_type", tar([("a.txt", b"")], change=kind(tarfile.SYMTYPE, linkname="/etc/passwd")))
case("tar-hardlink", "archive_entry_type", tar([("a.txt", b"")], change=kind(tarfile.LNKTYPE, linkname="b")))
case("tar-character-device", "archive_entry_type", tar([("a.txt", b"")], change=kind(tarfile.CHRTYPE)))
case("tar-block-device", "archive_entry_type", tar([("a.txt", b"")], change=kind(tarfile.BLKTYPE)))
case("tar-fifo", "archive_entry_type", tar([("a.txt", b"")], change=kind(tarfile.FIFOTYPE)))
long_name = "d" * 90 + "/" + "f" * 200
case("tar-gnu-long-name", "archive_extension_refused", tar([(long_name, b"x")], tarfile.GNU_FORMAT))
case("tar-gnu-long-link", "archive_extension_refused", field(tar(), 156, b"K"))
case("tar-gnu-sparse", "archive_extension_refused", field(tar(), 156, b"S"))
case("tar-gnu-volume", "archive_extension_refused", field(tar(), 156, b"M"))
case("tar-pax-long-name", "archive_extension_refused", tar([(long_name, b"x")], tarfile.PAX_FORMAT))
case("tar-pax-path", "archive_extension_refused", tar(form=tarfile.PAX_FORMAT, pax={"path": "../evil"}))
case("tar-pax-size", "archive_extension_refused", tar(form=tarfile.PAX_FORMAT, pax={"size": "999999"}))
case("tar-pax-sparse", "archive_extension_refused",
     tar(form=tarfile.PAX_FORMAT, pax={"GNU.sparse.realsize": "999999999"}))
pax = tar(form=tarfile.PAX_FORMAT, pax={"comment": "x"})
record = pax.index(b"comment=x") - 3
pax[record : record + 2] = b"99"
case("tar-pax-record-length", "archive_malformed", pax)
huge = field(tar(form=tarfile.PAX_FORMAT, pax={"comment": "x"}), 124, b"00001000000")
case("tar-pax-header-huge", "archive_extension_refused", huge)
case("tar-checksum", "archive_checksum_mismatch", plain[:3] + b"!" + plain[4:])
case("tar-size-not-octal", "archive_malformed", field(tar(), 124, b"99999999999"))
case("tar-size-base256", "archive_malformed", field(tar(), 124, b"\x80" + b"\0" * 10 + b"\x05"))
case("tar-size-lies", "archive_expansion", field(tar(), 124, b"00700000000"))
case("tar-size-past-end", "archive_truncated", field(tar(), 124, b"00000100000"))
case("tar-cut-in-header", "archive_truncated", plain[:300])
case("tar-cut-in-file", "archive_truncated", plain[:514])
case("tar-no-end", "archive_truncated", plain[:1536])
case("tar-data-behind-end", "archive_trailing_data", plain + b"x")
case("tar-second-archive", "archive_trailing_data", plain + plain)
hidden = tar()
hidden[512 + 100] = 7
case("tar-data-in-padding", "archive_trailing_data", hidden)
folder_content = field(tar([("d/", b"hello")]), 156, b"5")
case("tar-folder-with-content", "archive_malformed", folder_content)

# --- gzip --------------------------------------------------------------------------------------
packed = gzip.compress(bytes(plain), mtime=0)
case("gz-plain", "good", packed)
named = io.BytesIO()
with gzip.GzipFile(filename="evidence.tar", fileobj=named, mode="wb") as file:
    file.write(plain)
case("gz-with-name", "good", named.getvalue())
case("gz-two-members", "archive_trailing_data", packed + gzip.compress(b"", mtime=0))
case("gz-trailing", "archive_trailing_data", packed + b"\0")
case("gz-crc", "archive_checksum_mismatch", packed[:-8] + b"\1\2\3\4" + packed[-4:])
case("gz-length", "archive_checksum_mismatch", packed[:-4] + b"\1\2\3\4")
case("gz-cut", "archive_truncated", packed[:-9])
case("gz-cut-trailer", "archive_truncated", packed[:-3])
case("gz-cut-header", "archive_truncated", packed[:7])
case("gz-method", "archive_method_unknown", packed[:2] + b"\7" + packed[3:])
case("gz-reserved-flags", "archive_malformed", packed[:3] + b"\x80" + packed[4:])
case("gz-name-without-end", "archive_truncated", packed[:3] + b"\x08" + packed[4:10] + b"n" * 70000)
case("gz-broken-data", "archive_malformed", packed[:10] + b"\xff" * 20 + packed[30:])
zeros = gzip.compress(bytes(resum(field(tar([("a", b"")]), 124, b"01000000000"))[:512]) + b"\0" * (1 << 27) + b"\0" * 1024, mtime=0)
case("gz-bomb", "archive_expansion", zeros)
case("gz-bomb-padding", "archive_trailing_data", gzip.compress(bytes(plain) + b"\0" * (1 << 23), mtime=0))
case("gz-no-tar", "archive_checksum_mismatch", gzip.compress(b"x" * 2000, mtime=0))

# --- zip ---------------------------------------------------------------------------------------
def zipped(entries=FILES, method=zipfile.ZIP_DEFLATED, stream=False, force=False, change=None):
    buffer = io.BytesIO()

    class Pipe(io.RawIOBase):
        def writable(self):
            return True

        def write(self, data):
            return buffer.write(data)

    with zipfile.ZipFile(Pipe() if stream else buffer, "w", method) as archive:
        for name, data in entries:
            info = zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6))
            info.compress_type = method
            info.external_attr = 0o100644 << 16
            if change:
                change(info)
            with archive.open(info, "w", force_zip64=force) as file:
                file.write(data)
    return bytearray(buffer.getvalue())


def patch(data, signature, offset, form, value, nth=0):
    at = -1
    for _ in range(nth + 1):
        at = data.index(signature, at + 1)
    data = bytearray(data)
    struct.pack_into("<" + form, data, at + offset, value)
    return data


LOCAL, ROW, END = b"PK\3\4", b"PK\1\2", b"PK\5\6"
good = zipped()
case("zip-deflated", "good", good)
case("zip-stored", "good", zipped(method=zipfile.ZIP_STORED))
case("zip-streamed", "good", zipped(stream=True))
case("zip-forced-zip64", "good", zipped(force=True))
folders = io.BytesIO()
with zipfile.ZipFile(folders, "w") as archive:
    archive.mkdir("d")
    for name, data in FILES:
        archive.writestr(name, data)
case("zip-with-folder", "good", folders.getvalue())
for name, bad in [
    ("dotdot", "../a.txt"), ("absolute", "/a.txt"), ("empty-part", "d//a.txt"), ("control", "a\n.txt"),
    ("dot", "d/./a.txt"),
]:
    case(f"zip-name-{name}", "archive_name_forbidden", zipped([(bad, b"x")]))
for name, good_name, bad in [("backslash", b"d_a.txt", b"d\\a.txt"), ("drive", b"C_a.txt", b"C:a.txt"),
                             ("nul", b"a_.txt!", b"a\0.txt!")]:
    case(f"zip-name-{name}", "archive_name_forbidden",
         zipped([(good_name.decode(), b"x")]).replace(good_name, bad))
case("zip-name-encoding", "archive_name_forbidden", zipped([("a_.txt", b"x")]).replace(b"a_.txt", b"a\xe9.txt"))
case("zip-duplicate", "archive_name_duplicate", zipped([("aa.txt", b"1"), ("ab.txt", b"2")]).replace(b"ab.txt", b"aa.txt"))
case("zip-case-clash", "archive_name_clash", zipped([("a.txt", b"1"), ("A.TXT", b"2")]))
case("zip-unicode-clash", "archive_name_clash", zipped([("\u00e9", b"1"), ("e\u0301", b"2")]))


def link(info):
    info.external_attr = 0o120777 << 16


case("zip-symlink", "archive_entry_type", zipped([("a.txt", b"/etc/passwd")], change=link))
case("zip-crc", "archive_checksum_mismatch", patch(patch(good, LOCAL, 14, "I", 1), ROW, 16, "I", 1))
case("zip-crc-differs", "archive_headers_differ", patch(good, LOCAL, 14, "I", 1))
case("zip-size-differs", "archive_headers_differ", patch(good, LOCAL, 22, "I", 9))
case("zip-name-differs", "archive_headers_differ", good.replace(b"a.txt", b"b.txt", 1))
case("zip-method-differs", "archive_headers_differ", patch(good, LOCAL, 8, "H", 0))
case("zip-flags-differ", "archive_headers_differ", patch(good, LOCAL, 6, "H", 2))
case("zip-encrypted", "archive_encrypted", patch(patch(good, LOCAL, 6, "H", 1), ROW, 8, "H", 1))
case("zip-strongly-encrypted", "archive_encrypted", patch(good, ROW, 8, "H", 65))
case("zip-masked", "archive_encrypted", patch(good, ROW, 8, "H", 1 << 13))
case("zip-method", "archive_method_unknown", patch(patch(good, LOCAL, 8, "H", 12), ROW, 10, "H", 12))
case("zip-bzip2", "archive_method_unknown", zipped(method=zipfile.ZIP_BZIP2))
case("zip-patch-flag", "archive_method_unknown", patch(good, ROW, 8, "H", 32))
case("zip-more-than-declared", "archive_headers_differ",
     patch(patch(good, LOCAL, 22, "I", 4), ROW, 24, "I", 4))
case("zip-less-than-declared", "archive_checksum_mismatch",
     patch(patch(good, LOCAL, 22, "I", 6), ROW, 24, "I", 6))
stored = zipped([("a.txt", b"hello"), ("b.txt", b"world")], zipfile.ZIP_STORED)
case("zip-overlap", "archive_overlap", patch(stored, ROW, 42, "I", 0, nth=1))
case("zip-overlap-quoted", "archive_overlap", patch(stored, ROW, 42, "I", 10, nth=1))
case("zip-stored-two-sizes", "archive_headers_differ",
     patch(patch(stored, LOCAL, 22, "I", 4), ROW, 24, "I", 4))
gap = bytearray(stored)
second = gap.index(LOCAL, 1)
gap[second:second] = b"hide"
gap = patch(gap, ROW, 42, "I", second + 4, nth=1)
gap = patch(gap, END, 16, "I", struct.unpack_from("<I", gap, gap.index(END) + 16)[0] + 4)
case("zip-gap", "archive_trailing_data", gap)
case("zip-prefix", "archive_malformed", b"PK\3\4#!/bin/sh\n" + stored)
case("zip-trailing", "archive_trailing_data", stored + b"x")
commented = io.BytesIO(stored)
with zipfile.ZipFile(commented, "a") as archive:
    archive.comment = b"a comment"
case("zip-comment", "archive_trailing_data", commented.getvalue())
case("zip-cut", "archive_truncated", stored[:-30])
case("zip-cut-comment", "archive_truncated", patch(stored, END, 20, "H", 5))
case("zip-several-disks", "archive_malformed", patch(stored, END, 4, "H", 1))
case("zip-count-lies", "archive_malformed", patch(patch(stored, END, 8, "H", 9999), END, 10, "H", 9999))
case("zip-count-short", "archive_malformed", patch(patch(stored, END, 8, "H", 1), END, 10, "H", 1))
case("zip-directory-moved", "archive_malformed", patch(stored, END, 16, "I", 5))
case("zip-offset-past-end", "archive_trailing_data", patch(stored, ROW, 42, "I", 1 << 30, nth=1))
case("zip-size-huge", "archive_expansion",
     patch(patch(good, LOCAL, 22, "I", 0x7FFFFFFF), ROW, 24, "I", 0x7FFFFFFF))
case("zip-bomb", "archive_expansion", zipped([("a", b"\0" * (1 << 27))]))
case("zip-zip64-promised", "archive_malformed", patch(stored, END, 16, "I", 0xFFFFFFFF))
case("zip-zip64-field-missing", "archive_malformed", patch(stored, ROW, 24, "I", 0xFFFFFFFF))
forced = zipped([("a.txt", b"hello")], zipfile.ZIP_STORED, force=True)
case("zip-zip64-size-lies", "archive_headers_differ", patch(forced, LOCAL, 30 + 5 + 4, "Q", 1 << 40))
case("zip-zip64-unused", "archive_malformed", patch(forced, LOCAL, 22, "I", 5))


def with_extra(data):
    def change(info):
        info.extra = data
    return zipped([("a.txt", b"hello")], zipfile.ZIP_STORED, change=change)


case("zip-unicode-path", "archive_extension_refused", with_extra(struct.pack("<HHBI", 0x7075, 9, 1, 0) + b"evil"))
case("zip-aes", "archive_encrypted", with_extra(struct.pack("<HH7s", 0x9901, 7, b"\2\0AE\3\0\0")))
case("zip-extra-cut", "archive_malformed", patch(with_extra(struct.pack("<HHI", 0x5455, 4, 0)), ROW, 46 + 5 + 2, "H", 99))
case("zip-timestamp-extra", "good-one", with_extra(struct.pack("<HHBI", 0x5455, 5, 1, 0)))
streamed = zipped(stream=True)
at = streamed.index(b"PK\7\x08")
case("zip-descriptor-differs", "archive_headers_differ",
     streamed[: at + 4] + b"\0\0\0\0" + streamed[at + 8 :])
directory = stored.index(ROW)
end = stored.index(END)
size = end - directory
record = b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 2, 2, size, directory)
locator = b"PK\6\7" + struct.pack("<IQI", 0, end, 1)
two = bytes(stored[:end]) + record + locator
case("zip-zip64-end-agrees", "good-two", two + bytes(stored[end:]))
case("zip-zip64-end-differs", "archive_headers_differ",
     bytes(stored[:end]) + b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 1, 1, size, directory)
     + locator + bytes(stored[end:]))
case("zip-zip64-locator-lies", "archive_malformed",
     bytes(stored[:end]) + record + b"PK\6\7" + struct.pack("<IQI", 0, 5, 1) + bytes(stored[end:]))
inner = zlib.compressobj(6, zlib.DEFLATED, -15)
content = inner.compress(b"hello") + inner.flush() + b"hidden"
head = struct.pack("<HHHIIIIHH", 20, 0, 8, 0, zlib.crc32(b"hello"), len(content), 5, 5, 0)
local = LOCAL + head + b"a.txt" + content
row = ROW + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, 0) + b"a.txt"
case("zip-bytes-behind-content", "archive_trailing_data",
     local + row + END + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(row), len(local), 0))
case("zip-deflate-broken", "archive_malformed", bytes(good).replace(good[35:42], b"\xff" * 7, 1))

# --- neither -----------------------------------------------------------------------------------
case("none-empty", "archive_unknown", b"")
case("none-text", "archive_unknown", b"this is no archive\n" * 40)
case("none-7z", "archive_unknown", b"7z\xbc\xaf\x27\x1c" + b"\0" * 600)
case("none-xz", "archive_unknown", b"\xfd7zXZ\0" + b"\1" * 600)
case("none-zstd", "archive_unknown", b"\x28\xb5\x2f\xfd" + b"\1" * 600)
(out / "cases.tsv").write_text("".join(rows))
