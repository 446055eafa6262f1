#!/usr/bin/python3
# The test application in Python 3, standard library only.
import hashlib
import os
import signal
import socket
import struct
import time

served = 0


def answer(request, write):
    global served
    served += 1
    env = request["env"]
    words = dict(pair.split("=", 1) for pair in env.get("QUERY_STRING", "").split("&") if "=" in pair)
    op, n = words.get("op", "pid"), int(words.get("n", "0"))
    if op == "sleep":
        time.sleep(n / 1000)
    head = "Content-Type: text/plain\r\n"
    if op == "cookies":
        head += "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
    body = {
        "sum": lambda: hashlib.sha256(request["body"]).hexdigest(),
        "large": lambda: "x" * n,
        "cookies": lambda: env.get("HTTP_COOKIE", ""),
        "path": lambda: env.get("PATH_INFO", ""),
    }.get(op, lambda: f"{os.getpid()} {served}")()
    write((head + "\r\n" + body).encode("latin-1"))


# ---- FastCGI in a few lines: standard library only -------------------------------------------------------------------
# Descriptor 0 is a listening socket. Each connection carries requests made of records: an 8-byte header, then content.


def serve(handler):
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    listening = socket.socket(fileno=os.dup(0))
    while True:
        connection, _ = listening.accept()
        with connection, connection.makefile("rb") as records:
            try:
                while request := read_request(records):
                    handler(request, lambda data: write_stream(connection, 6, data))
                    connection.sendall(
                        struct.pack(">BBHHBx", 1, 6, 1, 0, 0) + struct.pack(">BBHHBxIB3x", 1, 3, 1, 8, 0, 0, 0)
                    )
                    if not request["keep"]:
                        break
            except OSError:
                pass  # the server has closed the connection


def read_request(records):
    params, stdin, keep = b"", [], False
    while len(header := records.read(8)) == 8:
        _, kind, _, length, padding = struct.unpack(">BBHHBx", header)
        content = records.read(length)
        records.read(padding)
        if kind == 1:
            keep = bool(content[2] & 1)
        elif kind == 4:
            params += content
        elif kind == 5:
            if not length:
                return {"env": read_params(params), "body": b"".join(stdin), "keep": keep}
            stdin.append(content)
    return None


def read_params(data):
    env, at = {}, 0

    def length():
        nonlocal at
        size = data[at]
        at += 1
        if size > 127:
            size = struct.unpack(">I", data[at - 1 : at + 3])[0] & 0x7FFFFFFF
            at += 3
        return size

    while at < len(data):
        name, value = length(), length()
        env[data[at : at + name].decode("latin-1")] = data[at + name : at + name + value].decode("latin-1")
        at += name + value
    return env


def write_stream(connection, kind, data):
    for at in range(0, len(data), 65535):
        part = data[at : at + 65535]
        connection.sendall(struct.pack(">BBHHBx", 1, kind, 1, len(part), 0) + part)


serve(answer)
