/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.observe.PoolSnapshot;
import dev.fcgid4j.observe.RequestMeter;
import dev.fcgid4j.observe.RequestTotals;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class StatusPageTest {

    private static final Instant NOON = Instant.parse("2026-11-02T12:00:00Z");

    private static RequestTotals requestTotals(int served, int refused) {
        RequestMeter meter = new RequestMeter();
        for (int i = 0; i < served; i++) {
            meter.requestServed(1_000_000, 200);
        }
        for (int i = 0; i < refused; i++) {
            meter.requestRefused();
        }
        return meter.read();
    }

    private static PoolSnapshot snapshot(Duration backoff) {
        PoolSnapshot.WorkerSnapshot idle = new PoolSnapshot.WorkerSnapshot(
                4711,
                "idle",
                3,
                Duration.ofSeconds(700),
                Duration.ofMillis(4560),
                42,
                OptionalLong.of(20_480_000),
                Optional.empty());
        PoolSnapshot.WorkerSnapshot busy = new PoolSnapshot.WorkerSnapshot(
                4712,
                "busy",
                3,
                Duration.ofSeconds(75),
                Duration.ofMillis(250),
                7,
                OptionalLong.empty(),
                Optional.of("its file changed"));
        PoolSnapshot.ClassSnapshot each = new PoolSnapshot.ClassSnapshot(
                "/a<b>.fcgi",
                List.of("/srv/a&b.fcgi"),
                3,
                8,
                5,
                requestTotals(49, 2),
                12,
                backoff,
                1,
                List.of("/srv/a&b.fcgi"),
                Optional.of(new PoolSnapshot.Change(NOON, Path.of("/srv/a&b.fcgi"))),
                "",
                List.of(idle, busy),
                List.of(new PoolSnapshot.Death(NOON, 4700, "idle timeout", "signal 15", 31)));
        return new PoolSnapshot(NOON, 2, 10, 57, List.of(each));
    }

    /** What a reader sees, cell by cell. */
    private static String text(String html) {
        return html.replaceAll("(?s)<style>.*?</style>", "").replaceAll("<[^>]*>", "|");
    }

    @Test
    void workersAreShownWithStateTimesRequestsAndMemory() {
        String page = text(StatusPage.html(snapshot(Duration.ZERO)));

        assertThat(page)
                .contains("2 of 10 processes, 1 classes, files compared 57 times")
                .contains("generation 3");
        assertThat(page)
                .contains("|4711||idle||4.5 s||11 min||42||20000 KiB||3|||")
                .contains("|4712||busy||0.2 s||75 s||7||||3||its file changed|");
    }

    @Test
    void lineAndDeathsAreShown() {
        String page = text(StatusPage.html(snapshot(Duration.ZERO)));

        assertThat(page).contains("5 requests waiting", "2 refused", "12 processes started, at most 8 at once");
        assertThat(page).contains("|4700||idle timeout||signal 15||31|");
        assertThat(page).doesNotContain("backing off");
    }

    @Test
    void backOffIsShownWhileItLasts() {
        assertThat(text(StatusPage.html(snapshot(Duration.ofMillis(1500))))).contains("backing off for 1.5 s");
    }

    @Test
    void namesAreNoMarkup() {
        assertThat(StatusPage.html(snapshot(Duration.ZERO)))
                .contains("/a&lt;b&gt;.fcgi", "/srv/a&amp;b.fcgi", "recycle=%2Fa%3Cb%3E.fcgi")
                .doesNotContain("<b>");
    }
}
