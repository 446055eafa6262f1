# SPDX-License-Identifier: Apache-2.0
"""What the results depend on: the machine, and the versions of all programs."""

import contextlib
import datetime
import os
import platform
import re
import zipfile
from pathlib import Path

from . import JAR, ROOT, Failed
from .installed import apache, apache_module
from .processes import run


def first(pattern, *command):
    with contextlib.suppress(Failed, OSError):
        m = re.search(pattern, run(command, 30)[1])
        if m:
            return m.group(1)
    return "?"


def build_of(jar):
    with zipfile.ZipFile(jar) as z:
        manifest = z.read("META-INF/MANIFEST.MF").decode()
    version = (re.findall(r"^Implementation-Version: (\S+)", manifest, re.M) or ["?"])[0]
    if jar != JAR:
        return f"{version} ({jar.name})"
    commit = first(r"^([0-9a-f]{7,})", "git", "-C", ROOT, "rev-parse", "--short", "HEAD")
    return f"{version} (working tree at {commit})"


def versions(setups, kinds):
    peers, jars = {s.peer for s in setups}, list(dict.fromkeys(s.jar for s in setups if s.jar))
    result = {}
    if "mod_fcgid" in peers:
        result["Apache"] = first(r"Apache/([\d.]+)", apache(), "-v")
        fcgid = re.search(rb"mod_fcgid/([\d.]+)", apache_module("fcgid").read_bytes())
        result["mod_fcgid"] = fcgid.group(1).decode() if fcgid else "?"
    for peer in ("lighttpd", "nginx"):
        if peer in peers:
            result[peer] = first(peer + r"/([\d.]+)", peer, "-v")
    for jar, letter in zip(jars, (" A", " B") if len(jars) > 1 else ("",)):
        result[f"fcgid4j{letter}"] = build_of(jar)
    if jars:
        result["Java"] = first(r'version "([^"]+)"', "java", "-version")
    result["wrk"] = first(r"wrk (?:debian/)?([\d.]+)", "wrk", "-v")
    if "php" in kinds:
        result["PHP"] = first(r"PHP ([\d.]+)", "php-cgi", "-v")
    if "perl" in kinds:
        result["Perl"] = first(r"\(v([\d.]+)\)", "perl", "-v")
    return result


def cpu_model():
    with contextlib.suppress(OSError):
        m = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.M)
        if m:
            return m.group(1)
    return platform.machine()


def about(arguments, setups, rows):
    return {"date": datetime.date.today().isoformat(), "cpu": cpu_model(), "cores": os.cpu_count(),
            "kernel": platform.release(), "load": os.getloadavg()[0], "rounds": arguments.rounds,
            "seconds": arguments.seconds, "warmup": arguments.warmup, "workers": arguments.workers,
            "one_session": arguments.one_session, "java_opts": os.environ.get("BENCH_JAVA_OPTS", ""),
            "versions": versions(setups, {r.kind for r in rows})}
