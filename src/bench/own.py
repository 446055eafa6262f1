# SPDX-License-Identifier: Apache-2.0
"""fcgid4j's own server with small C workers, under a load of wrk: for the programs beside this file."""

import json
import os
import re
import subprocess
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TICKS = os.sysconf("SC_CLK_TCK")


def resident(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text()).group(1)) / 1024


def cpu(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def get(address, path):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{address}{path}", timeout=60) as response:
        return response.status, response.read()


class Server:
    def __init__(self, jar, site, directives, options):
        command = ["java", *options, "-jar", jar, "serve", site, "--listen", "127.0.0.1:0"]
        for each in directives:
            command += ["--set", each]
        self.log = open(site.parent / "server.log", "wb")
        self.process = subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            self.stop()
            raise SystemExit(f"the server did not start: {(site.parent / 'server.log').read_text()[-2000:]}")
        self.address = line.split()[-1]
        self.pid = self.process.pid

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


def load(server, path, seconds, clients=16):
    before = cpu(server.pid)
    output = subprocess.run(
        ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "30s", "-s", HERE / "wrk.lua",
         f"{server.address}{path}?n=100"], capture_output=True, text=True, check=True, timeout=seconds + 60).stdout
    r = json.loads(re.search(r"RESULT (\{.*\})", output).group(1))
    failed = r["status"] + r["connect"] + r["read"] + r["write"] + r["timeout"]
    if failed:
        raise SystemExit(f"{failed} of {r['requests']} requests failed")
    return (cpu(server.pid) - before) / r["requests"] * 1e6, r["requests"] / r["seconds"]


def compile_worker():
    worker = ROOT / "target" / "bench" / "worker"
    worker.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["gcc", "-O2", "-o", worker, HERE / "worker.c", "-lfcgi"], check=True)
    return worker
