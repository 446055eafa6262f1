/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.status;

import dev.fcgid4j.observe.Health;
import dev.fcgid4j.observe.PoolSnapshot;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalLong;

/** Renders a {@link PoolSnapshot} as an HTML page. A pure function; shows no environment and no request. */
public final class StatusPage {

    private static final String STYLE = """
            body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}
            h1{font-size:1.5rem}h2{font-size:1.1rem;margin:2rem 0 .25rem}
            table{border-collapse:collapse;width:100%}caption{text-align:left;color:#57606a}
            th,td{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #d0d7de}
            td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}code{font-size:.9em}
            """;

    private StatusPage() {}

    /** The page of a healthy server. */
    public static String html(PoolSnapshot snapshot) {
        return html(snapshot, new Health(List.of()));
    }

    /** The page. */
    public static String html(PoolSnapshot snapshot, Health health) {
        StringBuilder page = new StringBuilder(4096)
                .append(
                        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>fcgid4j status</title>")
                .append("<meta name=\"viewport\" content=\"width=device-width\"><style>")
                .append(STYLE)
                .append("</style></head>\n<body><h1>fcgid4j status</h1>\n");
        health.problems()
                .forEach(each -> page.append("<p><strong>").append(escape(each)).append("</strong></p>\n"));
        page.append("<p>")
                .append(snapshot.processes())
                .append(" of ")
                .append(snapshot.maxProcesses())
                .append(" processes, ")
                .append(snapshot.classes().size())
                .append(" classes, ")
                .append(snapshot.comparisons() > 0 ? "files compared " + snapshot.comparisons() + " times, " : "")
                .append(snapshot.taken())
                .append("</p>\n");
        if (snapshot.classes().isEmpty()) {
            page.append("<p>No application was asked for yet.</p>\n");
        }
        snapshot.classes().forEach(each -> renderClass(each, page));
        return page.append("</body></html>\n").toString();
    }

    private static void renderClass(PoolSnapshot.ClassSnapshot each, StringBuilder page) {
        page.append("<h2>").append(escape(each.name())).append("</h2>\n<p><code>");
        page.append(escape(String.join(" ", each.command()))).append("</code><br>");
        page.append("generation ").append(each.generation());
        page.append(" · ").append(each.requests()).append(" requests");
        page.append(" · ").append(each.started()).append(" processes started, at most ");
        page.append(each.maxProcesses()).append(" at once");
        page.append(" · ").append(each.watchedFiles()).append(" files watched");
        each.lastChange().ifPresent(change -> page.append(" · last change ")
                .append(change.at().truncatedTo(ChronoUnit.MILLIS))
                .append(" <code>")
                .append(escape(change.file().toString()))
                .append("</code>"));
        page.append(" · ").append(each.waiting()).append(" requests waiting");
        page.append(" · ").append(each.refused()).append(" refused");
        if (!each.rollout().isEmpty()) {
            page.append("<br><strong>").append(escape(each.rollout())).append("</strong>");
        }
        if (!each.backoff().isZero()) {
            page.append(" · <strong>backing off for ")
                    .append(time(each.backoff()))
                    .append("</strong>");
        }
        page.append("</p>\n<form method=\"post\" action=\"?recycle=")
                .append(URLEncoder.encode(each.name(), StandardCharsets.UTF_8))
                .append("\"><button>Replace its workers</button></form>\n");
        page.append("<details><summary>Watched files</summary><p>");
        each.watched()
                .forEach(path -> page.append("<code>").append(escape(path)).append("</code><br>"));
        page.append("</p></details>\n");
        workers(each, page);
        deaths(each, page);
    }

    private static void workers(PoolSnapshot.ClassSnapshot each, StringBuilder page) {
        page.append("<table><caption>Workers</caption><thead><tr><th class=\"n\">Pid</th><th>State</th>")
                .append("<th class=\"n\">In state</th><th class=\"n\">Age</th><th class=\"n\">Requests</th>")
                .append(
                        "<th class=\"n\">Memory</th><th class=\"n\">Generation</th><th>Going because</th></tr></thead><tbody>");
        for (PoolSnapshot.WorkerSnapshot worker : each.workers()) {
            page.append("<tr>");
            number(page, Long.toString(worker.pid()));
            page.append("<td>").append(escape(worker.state())).append("</td>");
            number(page, time(worker.inState()));
            number(page, time(worker.age()));
            number(page, Long.toString(worker.requests()));
            number(page, memory(worker.residentBytes()));
            number(page, Integer.toString(worker.generation()));
            page.append("<td>").append(escape(worker.retiring().orElse(""))).append("</td></tr>\n");
        }
        page.append("</tbody></table>\n");
    }

    private static void deaths(PoolSnapshot.ClassSnapshot each, StringBuilder page) {
        if (each.lastDeaths().isEmpty()) {
            return;
        }
        page.append("<table><caption>Last deaths</caption><thead><tr><th>When</th><th class=\"n\">Pid</th><th>Why</th>")
                .append("<th>How</th><th class=\"n\">Requests</th></tr></thead><tbody>");
        for (PoolSnapshot.Death death : each.lastDeaths()) {
            page.append("<tr><td>").append(death.at()).append("</td>");
            number(page, Long.toString(death.pid()));
            page.append("<td>").append(escape(death.reason())).append("</td><td>");
            page.append(escape(death.status())).append("</td>");
            number(page, Long.toString(death.requests()));
            page.append("</tr>\n");
        }
        page.append("</tbody></table>\n");
    }

    private static void number(StringBuilder page, String text) {
        page.append("<td class=\"n\">").append(text).append("</td>");
    }

    private static String memory(OptionalLong bytes) {
        return bytes.isPresent() ? bytes.getAsLong() / 1024 + " KiB" : "";
    }

    private static String time(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 10_000) {
            return millis / 1000 + "." + millis % 1000 / 100 + " s";
        }
        long seconds = duration.toSeconds();
        return seconds < 600 ? seconds + " s" : seconds / 60 + " min";
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
