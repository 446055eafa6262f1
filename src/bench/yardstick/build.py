# SPDX-License-Identifier: Apache-2.0
"""Builds what the chosen set-ups need: the C worker, the bare client, the server jar."""

from . import HERE, JAR, OUT, ROOT, Failed, say
from .installed import libfcgi
from .processes import checked


def newer(target, source):
    return target.exists() and target.stat().st_mtime >= source.stat().st_mtime


def compile_c(name, *libraries):
    target = OUT / name
    if not newer(target, HERE / f"{name}.c"):
        say(f"building {name}")
        checked(["gcc", "-O2", "-Wall", "-o", target, HERE / f"{name}.c", *libraries], 120)


def build(setups):
    if libfcgi():
        compile_c("worker", "-lfcgi")
    if any(s.peer == "raw" for s in setups):
        compile_c("rawclient")
    for jar in {s.jar for s in setups if s.jar and not s.jar.exists()}:
        if jar != JAR:
            raise Failed(f"no such file: {jar}")
        say("building fcgid4j-server.jar")
        checked(["mvn", "-q", "-o", "package", "-DskipTests"], 900, cwd=ROOT)
