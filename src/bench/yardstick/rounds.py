# SPDX-License-Identifier: Apache-2.0
"""One row: starts all its servers, warms them up, and loads them in turns."""

from . import Failed, say
from .measuring import measure, numbers
from .server import Work

ERRORS = ("status", "connect", "read", "write", "timeout")


class RowRun:
    """Measures one row. Its servers run at the same time; one of them is loaded, the others are idle."""

    def __init__(self, row, setups, arguments, folder, site, failures):
        self.row, self.arguments, self.failures = row, arguments, failures
        self.work = Work(row, folder, site)
        self.setups = [s for s in setups if not s.repeats_another(row, arguments.workers)]
        self.started, self.alive = [], []

    def run(self):
        try:
            for setup in self.setups:
                self.start(setup)
            self.alive = list(self.started)
            for turn in range(self.arguments.rounds + 1):
                k = turn % len(self.alive) if self.alive else 0
                for server in self.alive[k:] + self.alive[:k]:
                    self.take_turn(server, turn)
            for server in self.alive:
                self.check(server)
            return self.result()
        finally:
            for server in self.started:
                server.stop()

    def start(self, setup):
        server = None
        try:
            server = setup.server(self.work, self.arguments.workers)
            server.start()
            server.check()
            self.started.append(server)
        except Failed as e:
            self.failed(setup, e)
            if server:
                server.stop()

    def take_turn(self, server, turn):
        """Turn 0 is the warm-up."""
        try:
            if turn:
                server.rounds.append(measure(server, self.arguments.seconds))
                self.report_errors(server, server.rounds[-1], "")
                return
            for _ in range(server.warmups):
                r = measure(server, self.arguments.warmup)
                server.warmup_errors += r["errors"]
                self.report_errors(server, r, " (warm-up)")
        except Failed as e:
            self.failed(server, e)
            self.alive.remove(server)

    def check(self, server):
        try:
            server.check()
        except Failed as e:
            self.failed(server, e)

    def report_errors(self, server, r, when):
        if r["errors"]:
            kinds = ", ".join(f"{r[k]} {k}" for k in ERRORS if r[k])
            say(f"!!! ERRORS: {self.row.name}: {server.name}: {kinds} of {r['requests']} requests{when}: "
                f"{server.log()[-600:]}")

    def failed(self, server, e):
        self.failures.append(f"{self.row.name}: {server.name}: {e}")
        say(f"!!! {self.failures[-1]}")

    def result(self):
        row = self.row
        return {"row": row.name, "text": row.text, "goal": row.goal, "clients": row.clients, "body": row.body,
                "query": row.query, "kind": row.kind, "servers": [numbers(s) for s in self.started if s.rounds]}
