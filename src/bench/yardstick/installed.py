# SPDX-License-Identifier: Apache-2.0
"""Finds the programs that the yardstick needs, and installs the missing ones."""

import contextlib
import os
import shutil
from pathlib import Path

from . import OUT, Failed, say
from .processes import checked, run


def apache_module(name):
    for pattern in ("usr/lib/apache2/modules", "usr/lib64/httpd/modules", "usr/libexec/apache2",
                    "usr/lib/httpd/modules"):
        path = Path("/", pattern, f"mod_{name}.so")
        if path.exists():
            return path
    return None


def succeeds(*command):
    if not shutil.which(command[0]):
        return False
    return run(command, 30)[0] == 0


def libfcgi():
    return shutil.which("gcc") and any(Path(p).exists() for p in
                                       ("/usr/include/fcgiapp.h", "/usr/local/include/fcgiapp.h"))


def apache():
    return shutil.which("apache2") or shutil.which("httpd")


def needs():
    """Maps a name to (whether it is installed, the Debian package)."""
    return {
        "apache2": (apache(), "apache2"),
        "mod_fcgid": (apache_module("fcgid"), "libapache2-mod-fcgid"),
        "lighttpd": (shutil.which("lighttpd"), "lighttpd"),
        "nginx": (shutil.which("nginx"), "nginx-light"),
        "wrk": (shutil.which("wrk"), "wrk"),
        "php": (shutil.which("php-cgi"), "php-cgi"),
        "perl": (succeeds("perl", "-MFCGI", "-e", "1"), "libfcgi-perl"),
        "gcc": (shutil.which("gcc"), "gcc libc6-dev"),
        "libfcgi": (libfcgi(), "libfcgi-dev"),
        "java": (shutil.which("java"), ""),
    }


@contextlib.contextmanager
def no_services():
    """Packages that are installed inside this context do not start their services."""
    policy, kept = Path("/usr/sbin/policy-rc.d"), Path("/usr/sbin/policy-rc.d.kept-by-fcgid4j-bench")
    if policy.exists() and run([policy, "apache2", "start"], 10)[0] == 101:
        yield
        return
    if policy.exists():
        policy.rename(kept)
    try:
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
        yield
    finally:
        policy.unlink(missing_ok=True)
        if kept.exists():
            kept.rename(policy)


def install():
    packages = " ".join(p for there, p in needs().values() if not there and p).split()
    if not packages:
        say("nothing to install")
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Failed(f"--install needs root and apt-get; missing packages: {' '.join(packages)}")
    say(f"installing: {' '.join(packages)} (log: target/bench/install.log)")
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    with no_services():
        try:
            output = checked(["apt-get", "update"], 300, env=env)
            output += checked(["apt-get", "install", "-y", "--no-install-recommends", *packages], 900, env=env)
        except Failed as e:
            output = str(e)
            raise
        finally:
            (OUT / "install.log").write_text(output)
