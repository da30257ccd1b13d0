"""Forwards connections on loopback until so many bytes have passed, then cuts or stands still.

usage: cut-proxy.py PORT TARGET up|down BYTES cut|stall|slow|connect

With connect it is a web proxy: a client first asks with CONNECT for localhost:TARGET, and nothing is cut.
"""
import socket
import sys
import threading
import time

port, target, way, limit, mode = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), sys.argv[5]


def pump(source, sink, counted, both):
    passed = 0
    try:
        while True:
            data = source.recv(4096)
            if not data:
                break
            if counted and mode != "connect":
                if mode == "slow":
                    time.sleep(0.01)
                elif passed + len(data) > limit:
                    sink.sendall(data[: limit - passed])
                    if mode == "stall":
                        time.sleep(3600)
                    for end in both:
                        # A close alone does not wake the other thread.
                        end.shutdown(socket.SHUT_RDWR)
                        end.close()
                    return
            passed += len(data)
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def accepted(client):
    head = b""
    while b"\r\n\r\n" not in head:
        data = client.recv(4096)
        if not data:
            return False
        head += data
    fits = head.startswith(b"CONNECT localhost:%d HTTP/1.1\r\n" % target)
    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n" if fits else b"HTTP/1.1 403 No\r\n\r\n")
    return fits


listener = socket.create_server(("127.0.0.1", port))
while True:
    client, _ = listener.accept()
    if mode == "connect" and not accepted(client):
        client.close()
        continue
    server = socket.create_connection(("127.0.0.1", target))
    both = (client, server)
    threading.Thread(target=pump, args=(client, server, way == "up", both), daemon=True).start()
    threading.Thread(target=pump, args=(server, client, way == "down", both), daemon=True).start()
