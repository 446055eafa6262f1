# SPDX-License-Identifier: Apache-2.0
"""The tables: the best set-up of each server against the best of the others, and everything that was measured."""

import statistics

from .fcgid4j import Fcgid4j
from .setups import PEERS

TITLES = {"raw": "raw client"}


def best(row, peer):
    """The set-up of a server with the highest median; one that lost requests counts only if all did."""
    entries = [s for s in row["servers"] if s["peer"] == peer]
    faultless = [s for s in entries if not s["errors"]]
    return max(faultless or entries, key=lambda s: s["rate"], default=None)


def few(row, peer):
    """The best set-up of a server that has no worker for each client."""
    return best({"servers": [s for s in row["servers"] if not s["each"]]}, peer)


def ratio(entry, base):
    return f"{entry['rate'] / base['rate']:.2f}" if entry and base and base["rate"] else "-"


def table(lines):
    widths = [max(len(l[i]) for l in lines) for i in range(len(lines[0]))]
    text = []
    for n, l in enumerate(lines):
        text.append("| " + " | ".join(c.ljust(w) if i == 0 else c.rjust(w)
                                      for i, (c, w) in enumerate(zip(l, widths))) + " |")
        if n == 0:
            text.append("| " + " | ".join("-" * w if i == 0 else "-" * (w - 1) + ":"
                                          for i, w in enumerate(widths)) + " |")
    return "\n".join(text)


def milliseconds(us):
    return f"{us / 1000:.2f}"


def setup_name(entry):
    """The way of running the server, if it has several, and the number of workers."""
    way = entry["server"].split("/")[0].removeprefix(entry["peer"]).lstrip("-")
    return f"{way} {entry['wanted']}".strip()


def peers_of(rows):
    found = {s["peer"] for row in rows for s in row["servers"]}
    return [p for p in PEERS if p in found]


def best_table(rows):
    """Each server's best set-up in requests per second, and fcgid4j's best as a multiple of each peer's best."""
    peers = peers_of(rows)
    others = [p for p in peers if p not in ("fcgid4j", "raw")] if "fcgid4j" in peers else []
    lines = [["work", *[TITLES.get(p, p) for p in peers], *[f"fcgid4j : {p}" for p in others], "goal"]]
    for row in rows:
        mine = best(row, "fcgid4j")
        line = [row["text"]]
        for peer in peers:
            entry = best(row, peer)
            line.append(f"{entry['rate']:.0f} ({setup_name(entry)})" if entry else "-")
        line += [ratio(mine, best(row, p)) for p in others]
        lines.append([*line, goal(row, mine, best(row, "mod_fcgid"))])
    return table(lines)


def goal(row, mine, base):
    if row["goal"] is None:
        return "-"
    reached = "" if not (mine and base) else " reached" if mine["rate"] / base["rate"] >= row["goal"] else " missed"
    return f">= {row['goal']}{reached}"


def few_table(rows):
    """Multiples of mod_fcgid with few workers, the number that is the same for all."""
    peers = [p for p in peers_of(rows) if p != "mod_fcgid"]
    lines = [["work", "mod_fcgid", *[TITLES.get(p, p) for p in peers]]]
    for row in rows:
        base = few(row, "mod_fcgid")
        lines.append([row["text"], f"{base['rate']:.0f}/s" if base else "-",
                      *[ratio(few(row, p), base) for p in peers]])
    return table(lines)


def latency_table(rows):
    """p99 of the set-ups of the first table."""
    peers = peers_of(rows)
    lines = [["p99 in ms, server's CPU in us/req", *[TITLES.get(p, p) for p in peers]]]
    for row in rows:
        entries = [best(row, p) for p in peers]
        lines.append([row["text"], *[f"{milliseconds(e['p99'])}, {e['server_us']:.1f}" if e else "-"
                                     for e in entries]])
    return table(lines)


def row_table(row):
    lines = [["set-up", "req/s", "range", "p50 ms", "p99 ms", "errors", "server us/req", "worker us/req",
              "peak RSS MiB", "workers", "others' CPU"]]
    for s in row["servers"]:
        errors = s["errors"] + s["warmup_errors"]
        lines.append([s["server"], f"{s['rate']:.0f}", f"{s['low']:.0f}-{s['high']:.0f}",
                      milliseconds(s["p50"]), milliseconds(s["p99"]), f"!!! {errors}" if errors else "0",
                      f"{s['server_us']:.1f}", f"{s['worker_us']:.1f}", f"{s['rss_mib']:.0f}", str(s["workers"]),
                      f"{s['others'] * 100:.0f} %"])
    return f"### {row['row']}: {row['text']}\n\n{table(lines)}\n"


def comparison_table(rows):
    """Build B against build A. The range is that of the rounds, each of which compares loads of the same turn."""
    lines = [["work", "A req/s", "B req/s", "B : A", "range", "A us/req", "B us/req", "A p99 ms", "B p99 ms"]]
    for row in rows:
        sides = [[s for s in row["servers"] if s["peer"] == build] for build in "AB"]
        if not all(sides):
            continue
        rates = [[r["rate"] for s in side for r in s["rounds"]] for side in sides]
        turns = [sum(s["rounds"][i]["rate"] for s in sides[1]) / len(sides[1])
                 / (sum(s["rounds"][i]["rate"] for s in sides[0]) / len(sides[0]))
                 for i in range(min(len(s["rounds"]) for side in sides for s in side))]
        a, b = (statistics.median(each) for each in rates)
        cpu = [f"{statistics.mean(s['server_us'] for s in side):.1f}" for side in sides]
        p99 = [milliseconds(statistics.median(s["p99"] for s in side)) for side in sides]
        lines.append([row["text"], f"{a:.0f}", f"{b:.0f}", f"{b / a:.3f}", f"{min(turns):.3f}-{max(turns):.3f}",
                      *cpu, *p99])
    return table(lines)


def facts(about, failures):
    lines = [f"- {about['date']}, {about['cpu']}, {about['cores']} cores, Linux {about['kernel']}, load average before "
             f"the run {about['load']:.1f}",
             "- " + ", ".join(f"{k} {v}" for k, v in about["versions"].items()),
             f"- {about['rounds']} rounds of {about['seconds']} s for each set-up and row, in rotating order, after a "
             f"warm-up of {about['warmup']} s ({Fcgid4j.warmups} times for the JVM)",
             f"- wrk with 1 thread, on the same machine, over loopback; median of the rounds",
             f"- few: {about['workers']} workers unless the row says otherwise; each: a worker for each client"]
    if about["one_session"]:
        lines.append("- all in one session")
    if about["java_opts"]:
        lines.append(f"- BENCH_JAVA_OPTS: {about['java_opts']}")
    return "\n".join(lines + [f"- FAILED: {f}" for f in failures])


def summary(rows, about, failures):
    if any(s["peer"] == "B" for row in rows for s in row["servers"]):
        text = f"# Build B against build A\n\n{comparison_table(rows)}\n"
    else:
        text = (f"# End to end\n\nThe best set-up of each server: requests per second, with its name and the number of "
                f"its workers.\n\n{best_table(rows)}\n\nThe same set-ups:\n\n{latency_table(rows)}\n\nFew workers, as "
                f"many for each server, as multiples of mod_fcgid:\n\n{few_table(rows)}\n")
    return f"{text}\n{facts(about, failures)}\n"


def document(rows, about, failures):
    return summary(rows, about, failures) + "\n## Rows\n\n" + "\n".join(row_table(r) for r in rows)
