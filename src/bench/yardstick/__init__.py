# SPDX-License-Identifier: Apache-2.0
"""Compares FastCGI servers in front of the same worker programs. ../README.md says what is measured and how."""

from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
ROOT = HERE.parent.parent
OUT = ROOT / "target" / "bench"
JAR = ROOT / "target" / "fcgid4j-server.jar"
UPLOAD_LIMIT = 1 << 30


class Failed(Exception):
    """A measurement or a server that did not work; the text says which and why."""


def say(text=""):
    print(text, flush=True)
