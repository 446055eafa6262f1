# SPDX-License-Identifier: Apache-2.0
"""What all measured servers have in common: the site, the workers, start, load and stop."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from . import HERE, OUT, Failed, say
from .processes import Process, descendants, free_port, processes, reap, start, tree
from .rows import SCRIPTS

PHP_ENV = {"PHP_FCGI_MAX_REQUESTS": "0", "PHP_FCGI_CHILDREN": "0"}
temporary_folders = []  # outside of target/; removed at the end


def make_site(folder):
    """Makes the document root that all servers share."""
    site = folder / "site"
    site.mkdir()
    if (OUT / "worker").exists():
        shutil.copy(OUT / "worker", site / SCRIPTS["c"])
    shutil.copy(HERE / "hello.pl", site / SCRIPTS["perl"])
    shutil.copy(HERE / "hello.php", site / SCRIPTS["php"])
    for path in site.iterdir():
        path.chmod(0o755)
    return site


class Work:
    """One row in one folder: what all servers of the row serve."""

    def __init__(self, row, folder, site):
        self.row, self.folder, self.site = row, folder, site
        self.script = site / SCRIPTS[row.kind]
        self.php = shutil.which("php-cgi")

    def worker_command(self):
        return [self.php] if self.row.kind == "php" else [str(self.script)]

    def worker_environment(self):
        return PHP_ENV if self.row.kind == "php" else {}

    def is_worker(self, p):
        try:
            if self.row.kind == "c":
                return os.readlink(f"/proc/{p.pid}/exe") == str(self.script)
            if self.row.kind == "php":
                return os.readlink(f"/proc/{p.pid}/exe") == os.path.realpath(self.php)
            words = Path(f"/proc/{p.pid}/cmdline").read_bytes().split(b"\0")
            return os.fsencode(str(self.script)) in words[:3]
        except OSError:
            return False


class Server:
    """A server in one set-up. Subclasses say how it is launched."""

    warmups = 1  # loads of --warmup seconds before the first round

    def __init__(self, setup, work, workers):
        self.setup, self.name, self.work, self.workers = setup, setup.name, work, workers
        self.folder = work.folder / self.name.replace("/", "-")
        self.folder.mkdir()
        self.roots, self.port = [], free_port()
        self.rounds, self.warmup_errors, self.rss, self.worker_count = [], 0, 0, 0

    def launch(self):
        raise NotImplementedError

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return self.folder / name

    def socket_folder(self):
        """The address of a Unix socket has at most 107 characters, and servers add up to 60 of their own."""
        folder = self.folder
        if len(os.fsencode(folder)) > 45:
            folder = Path(tempfile.mkdtemp(prefix="fcgid4j-bench-"))
            temporary_folders.append(folder)
        return folder

    def spawn_workers(self, shared):
        """Starts workers without a manager. Descriptor 0 is the listening socket: one for all workers, or one each."""
        work, sockets, paths = self.work, [], []
        folder = self.socket_folder()
        for i in range(1 if shared else self.workers):
            path = folder / f"w{i}"
            s = socket.socket(socket.AF_UNIX)
            s.bind(str(path))
            s.listen(1024)
            sockets.append(s)
            paths.append(path)
        env = {"PATH": "/usr/local/bin:/usr/bin:/bin", **work.worker_environment()}
        try:
            for i in range(self.workers):
                self.roots.append(start(work.worker_command(), self.folder, "workers", env, sockets[i % len(sockets)]))
        finally:
            for s in sockets:
                s.close()
        return paths

    def start(self):
        self.launch()
        until = time.monotonic() + 30
        while True:
            for p in self.roots:
                if p.poll() is not None:
                    raise Failed(f"{self.name} ended with {p.returncode}: {self.log()}")
            if self.ready():
                return
            if time.monotonic() > until:
                raise Failed(f"{self.name} does not listen: {self.log()}")
            time.sleep(0.05)

    def ready(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def log(self):
        text = ""
        for path in sorted(self.folder.glob("*.log")):
            with contextlib.suppress(OSError):
                text += path.read_text(errors="replace")[-1500:]
        return text.strip() or "no log"

    def check(self):
        """Sends one request and checks the answer."""
        row = self.work.row
        data = b"x" * row.body if row.body else None
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{row.path()}", data)
        if data:
            request.add_header("Content-Type", "application/octet-stream")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=30) as response:
                row.check(self.name, response.status, response.read())
        except (OSError, urllib.error.URLError) as e:
            raise Failed(f"{self.name} answers {row.name} with {e}: {self.log()}") from e

    def load(self, seconds):
        """The command that loads the server and prints one RESULT line."""
        row = self.work.row
        return (["wrk", "-t1", f"-c{row.clients}", f"-d{seconds}s", "--timeout", "30s", "-s", HERE / "wrk.lua",
                 f"http://127.0.0.1:{self.port}{row.path()}"])

    def stop(self):
        everything = []
        found = processes()
        for root in self.roots:
            everything += tree([root.pid], found)
        descendants()
        for root in self.roots:
            with contextlib.suppress(ProcessLookupError):
                root.terminate()
        until = time.monotonic() + 15
        for root in self.roots:
            try:
                root.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                say(f"{self.name} ignores SIGTERM and is killed")
        for p in everything:
            with contextlib.suppress(OSError, ValueError):
                if Process(p.pid).key() == p.key():
                    os.kill(p.pid, signal.SIGKILL)
        for root in self.roots:
            root.wait(10)
        reap()
