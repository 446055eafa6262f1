#!/usr/bin/env python3
import os
import signal
import socket
import struct
import time

GREETING = "Hello from Python"  # edit me, save, and reload the page

started, served = time.time(), 0

PAGE = """Content-Type: text/html; charset=utf-8\r
Cache-Control: no-store\r
\r
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Counter in Python</title></head>
<body style="font:17px/1.6 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem">
<h1>{greeting}</h1>
<p>Process <strong id="pid">{pid}</strong> has served <strong id="served">{served}</strong> requests
and is <strong>{age:.1f}</strong> seconds old.</p>
<p>Reload: the count goes up. Edit <code>counter-python.fcgi</code> and reload: another process answers.</p>
<p><a href="/">Back to the example site</a></p></body></html>
"""


def page(request, write):
    global served
    served += 1
    age = time.time() - started
    write(PAGE.format(greeting=GREETING, pid=os.getpid(), served=served, age=age).encode())


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


serve(page)
