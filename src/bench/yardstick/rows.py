# SPDX-License-Identifier: Apache-2.0
"""The rows of the yardstick: which worker answers which request of how many clients."""

from . import Failed

SCRIPTS = {"c": "c.fcgi", "perl": "p.fcgi", "php": "hello.php"}


class Row:
    """One kind of work. workers is a number that the row fixes, or 0: the set-up decides then."""

    def __init__(self, name, text, goal, kind="c", query="", body=0, clients=16, workers=0, answer=None):
        self.name, self.text, self.goal, self.kind, self.query = name, text, goal, kind, query
        self.body, self.clients, self.workers, self.answer = body, clients, workers, answer

    def path(self):
        return f"/{SCRIPTS[self.kind]}" + (f"?{self.query}" if self.query else "")

    def check(self, server, status, body):
        """Raises Failed unless this is the right answer."""
        right = len(body) == self.answer if isinstance(self.answer, int) else body == self.answer
        if status != 200 or not right:
            raise Failed(f"{server} answers {self.name} wrongly: {status}, {len(body)} bytes {body[:60]}")


# The goals are multiples of Apache with mod_fcgid in the same run.
ROWS = [
    Row("c100-16", "100 bytes, 16 clients", 3.0, query="n=100", answer=100),
    Row("c100-64", "100 bytes, 64 clients", 3.4, query="n=100", clients=64, answer=100),
    Row("c100-1", "100 bytes, 1 client", 1.5, query="n=100", clients=1, answer=100),
    Row("c100-w8-64", "100 bytes, 8 workers, 64 clients", 2.6, query="n=100", clients=64, workers=8, answer=100),
    Row("64k-16", "64 KiB responses, 16 clients", 1.7, query="n=65536", answer=65536),
    Row("1m", "1 MiB responses, 16 clients", 1.3, query="n=1048576", answer=1048576),
    Row("up64k", "64 KiB uploads, 16 clients", 1.8, query="read", body=65536, answer=b"65536"),
    Row("up1m", "1 MiB uploads, 16 clients", 5.0, query="read", body=1048576, answer=b"1048576"),
    Row("php", "PHP hello, 16 clients", 2.3, kind="php", answer=b"Hello from PHP"),
    Row("perl", "Perl FCGI.pm hello, 16 clients", 2.5, kind="perl", answer=b"Hello from Perl"),
]
# These rows run only with --only. They have no goal.
MORE_ROWS = [
    Row("up64k-ignored", "64 KiB uploads that the worker never reads", None, query="ignore", body=65536,
        answer=b"ignored"),
    Row("c100-4", "100 bytes, 4 clients", None, query="n=100", clients=4, answer=100),
    Row("c100-256", "100 bytes, 256 clients", None, query="n=100", clients=256, answer=100),
    Row("c100-1000", "100 bytes, 1000 clients", None, query="n=100", clients=1000, answer=100),
]
# The rows that two builds of fcgid4j are compared on.
COMPARISON = ["c100-16", "64k-16", "up64k", "php"]
