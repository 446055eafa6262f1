# SPDX-License-Identifier: Apache-2.0
"""One load on one server: requests per second, latency, errors, CPU and memory."""

import contextlib
import json
import os
import re
import resource
import statistics
import time
from pathlib import Path

from . import Failed
from .processes import TICKS, processes, run, tree


def machine_cpu():
    """CPU seconds that all processes of the machine used, and those that the host gave to other guests."""
    f = [int(x) for x in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    return (f[0] + f[1] + f[2] + f[7]) / TICKS


def high_water(pid):
    with contextlib.suppress(OSError):
        m = re.search(r"^VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.M)
        if m:
            return int(m.group(1))
    return 0


def snapshot(server):
    found = processes()
    members = {}
    for root in server.roots:
        for p in tree([root.pid], found):
            members[p.key()] = p
    return members


def measure(server, seconds):
    before, all_before, load_before = snapshot(server), machine_cpu(), resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    env = dict(os.environ, BENCH_BODY=str(server.work.row.body))
    code, output = run(server.load(seconds), seconds + 90, env=env)
    took = time.monotonic() - began
    load_after, all_after, after = resource.getrusage(resource.RUSAGE_CHILDREN), machine_cpu(), snapshot(server)
    m = re.search(r"^RESULT (\{.*\})$", output, re.M)
    if code or not m:
        raise Failed(f"load of {server.name} ended with {code}: {output[-1500:]}\n{server.log()}")
    r = json.loads(m.group(1))
    r["errors"] = r["status"] + r["connect"] + r["read"] + r["write"] + r["timeout"]
    r["rate"] = (r["requests"] - r["status"]) / r["seconds"]
    own = workers = 0.0
    rss = count = 0
    for key, p in after.items():
        used = p.cpu - (before[key].cpu if key in before else 0)
        if server.work.is_worker(p):
            workers += used
            count += 1
        else:
            own += used
            rss += high_water(p.pid)
    load = load_after.ru_utime + load_after.ru_stime - load_before.ru_utime - load_before.ru_stime
    others = max(0.0, all_after - all_before - own - workers - load) / took / os.cpu_count()
    if "cpu" in r:  # the raw client is the server and its load at once
        own, rss = r["cpu"], r["rss_kib"]
    r.update(server_cpu=own, worker_cpu=workers, load_cpu=load, others=others)
    server.rss, server.worker_count = max(server.rss, rss), count
    return r


def numbers(server):
    rounds = server.rounds
    requests = max(1, sum(r["requests"] for r in rounds))
    median = {k: statistics.median(r[k] for r in rounds) for k in ("rate", "p50", "p99", "others")}
    return {"server": server.name, "peer": server.setup.peer, "each": server.setup.each, **median,
            "low": min(r["rate"] for r in rounds), "high": max(r["rate"] for r in rounds),
            "errors": sum(r["errors"] for r in rounds), "warmup_errors": server.warmup_errors,
            "server_us": sum(r["server_cpu"] for r in rounds) / requests * 1e6,
            "worker_us": sum(r["worker_cpu"] for r in rounds) / requests * 1e6,
            "rss_mib": server.rss / 1024, "workers": server.worker_count, "wanted": server.workers, "rounds": rounds}
