# SPDX-License-Identifier: Apache-2.0
"""The set-ups: each server in the ways in which its users run it, with few workers and with a worker for each client."""

from . import JAR
from .fcgid4j import Fcgid4j
from .peers import Lighttpd, ModFcgid, Nginx, NginxKept, NginxKeptOne, Raw


class Setup:
    """One server, one way of running it, one number of workers.

    peer is the name under which the report compares the best set-ups of the servers with each other. each says that
    there is a worker for each client; otherwise --workers or the row says how many there are.
    """

    def __init__(self, peer, way, each, kind, requires, jar=None):
        self.peer, self.way, self.each, self.kind, self.requires, self.jar = peer, way, each, kind, requires, jar
        self.name = way + ("/each" if each else "/few")

    def workers(self, row, few):
        if row.workers:
            return row.workers
        return row.clients if self.each else few

    def repeats_another(self, row, few):
        """Whether the row has the same number of workers without a worker for each client."""
        return self.each and (row.workers > 0 or row.clients == few)

    def server(self, work, few):
        return self.kind(self, work, self.workers(work.row, few))


# Peer, way of running it, class, what must be installed.
WAYS = [
    ("mod_fcgid", "mod_fcgid", ModFcgid, ("apache2", "mod_fcgid")),
    ("lighttpd", "lighttpd", Lighttpd, ("lighttpd",)),
    ("nginx", "nginx-kept", NginxKept, ("nginx",)),
    ("nginx", "nginx-kept-one", NginxKeptOne, ("nginx",)),
    ("nginx", "nginx-connect", Nginx, ("nginx",)),
    ("raw", "raw", Raw, ("gcc",)),
    ("fcgid4j", "fcgid4j", Fcgid4j, ("java",)),
]
PEERS = list(dict.fromkeys(way[0] for way in WAYS))
WORKERS = ("few", "each")


def setups(servers, workers):
    """The set-ups of these servers, named by peer or by way of running it."""
    return [Setup(peer, way, size == "each", kind, requires, JAR if kind is Fcgid4j else None)
            for peer, way, kind, requires in WAYS if peer in servers or way in servers
            for size in workers]


def builds(jars, workers):
    """A set-up for each jar; a jar that is named twice is started twice. One jar alone plays both sides."""
    result = []
    for number, jar in enumerate(jars):
        second = jar != jars[0] if len(set(jars)) > 1 else number % 2
        for size in workers:
            build = "B" if second else "A"
            result.append(Setup(build, f"{build}{number + 1}", size == "each", Fcgid4j, ("java",), jar))
    return result
