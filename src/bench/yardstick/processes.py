# SPDX-License-Identifier: Apache-2.0
"""Starts processes, reads them from /proc, and ends every one of them."""

import contextlib
import ctypes
import os
import shlex
import signal
import socket
import subprocess
import time
from pathlib import Path

from . import Failed

TICKS = os.sysconf("SC_CLK_TCK")


def own_every_descendant():
    """Makes orphans of the servers children of this process, so that it finds and ends them."""
    ctypes.CDLL(None, use_errno=True).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


one_session = False  # if False, each server and each load is a session of its own


def begin():
    """Runs in the child: makes a process group that ends when this program ends."""
    if one_session:
        os.setpgid(0, 0)
    else:
        os.setsid()
    ctypes.CDLL(None).prctl(1, signal.SIGTERM, 0, 0, 0)  # PR_SET_PDEATHSIG


class Process:
    """The state of one process, read from /proc."""

    def __init__(self, pid):
        text = Path(f"/proc/{pid}/stat").read_text()
        fields = text[text.rindex(")") + 2:].split()
        self.pid, self.state, self.parent, self.group = pid, fields[0], int(fields[1]), int(fields[2])
        self.cpu = (int(fields[11]) + int(fields[12])) / TICKS
        self.start = fields[19]

    def key(self):
        return self.pid, self.start


def processes():
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError, ValueError):
                found[int(name)] = Process(int(name))
    return found


def tree(roots, found=None):
    """These processes and all their descendants that are alive."""
    found = found or processes()
    children = {}
    for p in found.values():
        children.setdefault(p.parent, []).append(p)
    result, queue = [], [found[r] for r in roots if r in found]
    while queue:
        p = queue.pop()
        if p.state not in "ZX":
            result.append(p)
        queue += children.get(p.pid, [])
    return result


groups_seen = set()


def descendants():
    me = os.getpid()
    result = [p for p in tree([me]) if p.pid != me]
    groups_seen.update(p.group for p in result if p.group != os.getpgid(0))
    return result


def reap():
    """Reaps the orphans that this process adopted. Popen accepts that a child is already reaped."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def end_all():
    """Ends every descendant by its pid: SIGTERM first, SIGKILL after ten seconds."""
    for sig, patience in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
        until = time.monotonic() + patience
        signalled = set()
        while True:
            reap()
            alive = descendants()
            if not alive:
                return
            for p in alive:
                if p.key() not in signalled:
                    signalled.add(p.key())
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(p.pid, sig)
            if time.monotonic() > until:
                break
            time.sleep(0.02)


def left_behind():
    reap()
    me = os.getpid()
    return [p for p in processes().values()
            if p.pid != me and p.state not in "ZX" and (p.group in groups_seen or p.parent == me)]


def start(command, folder, name, env=None, stdin=subprocess.DEVNULL, **more):
    log = open(folder / f"{name}.log", "ab")
    with log:
        p = subprocess.Popen([str(c) for c in command], cwd=folder, env=env, stdin=stdin, stdout=log, stderr=log,
                             preexec_fn=begin, **more)
    groups_seen.add(p.pid)
    return p


def run(command, timeout, **more):
    """Runs a short command. Kills its process group when the timeout is over."""
    p = subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True, errors="replace", preexec_fn=begin, **more)
    groups_seen.add(p.pid)
    try:
        output, _ = p.communicate(timeout=timeout)
    except BaseException as e:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(p.pid, signal.SIGKILL)
        p.wait()
        if isinstance(e, subprocess.TimeoutExpired):
            raise Failed(f"not done after {timeout} s: {shlex.join(map(str, command))}") from e
        raise
    return p.returncode, output


def checked(command, timeout, **more):
    code, output = run(command, timeout, **more)
    if code:
        raise Failed(f"exit code {code}: {shlex.join(map(str, command))}\n{output[-3000:]}")
    return output


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]
