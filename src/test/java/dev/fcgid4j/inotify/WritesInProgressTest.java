/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.inotify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.inotify.DirectoryInterest.Kind;
import dev.fcgid4j.testkit.FileReports;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WritesInProgressTest {

    private static final List<String> WRITTEN = List.of("being written app");
    private static final List<String> CHANGED = List.of("changed app");

    @TempDir
    private Path temp;

    private long now = 1;
    private final FileReports reports = new FileReports();
    private final WritesInProgress writes = new WritesInProgress(Duration.ofSeconds(1), () -> now);

    private DirectoryInterest interest(Path file) {
        Subscription owner = new Subscription(file, new ReportTarget.ToFile(reports), ended -> {});
        return new DirectoryInterest(owner, Kind.FILE, file.getFileName().toString());
    }

    private void passMillis(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
        writes.endDue(now);
    }

    /** Does what the watcher's thread does at each tick. */
    private void endClosed(Runnable drain) {
        writes.openWrites().stream()
                .filter(WritesInProgress.OpenWrites::areClosed)
                .forEach(each -> each.end(drain));
    }

    private DirectoryInterest written() {
        DirectoryInterest app = interest(Path.of("/site/app"));
        writes.written(app);
        assertThat(reports.take()).isEqualTo(WRITTEN);
        return app;
    }

    @Test
    void writeEndsAfterTheQuietTime() {
        written();

        passMillis(999);
        assertThat(reports.take()).isEmpty();
        passMillis(1);

        assertThat(reports.take()).isEqualTo(CHANGED);
        passMillis(10_000);
        assertThat(reports.take()).as("once").isEmpty();
    }

    @Test
    void furtherWritePutsTheEndOff() {
        DirectoryInterest app = written();
        passMillis(700);
        writes.written(app);
        reports.take();

        passMillis(999);
        assertThat(reports.take()).isEmpty();
        passMillis(1);

        assertThat(reports.take()).isEqualTo(CHANGED);
    }

    @Test
    void completedChangeEndsTheWrite() {
        DirectoryInterest app = written();

        writes.completed(app);
        assertThat(reports.take()).isEqualTo(CHANGED);
        passMillis(1000);

        assertThat(reports.take()).isEmpty();
    }

    @Test
    void writerThatNeverPausesIsEndlessAfterFiveQuietTimes() {
        DirectoryInterest app = writeEndlessly();

        writes.written(app);

        assertThat(writes.isEndless(app.owner().path())).isTrue();
        assertThat(reports.take()).as("nothing waits for it").isEmpty();
        passMillis(1000);
        assertThat(reports.take()).as("but it counts as changed").isEqualTo(CHANGED);
        assertThat(writes.isEndless(app.owner().path())).as("it has paused").isFalse();
    }

    private DirectoryInterest writeEndlessly() {
        DirectoryInterest app = written();
        for (int tenths = 9; tenths < 50; tenths += 9) {
            passMillis(900);
            assertThat(reports.take()).as("after %d tenths", tenths).isEmpty();
            writes.written(app);
            assertThat(reports.take()).isEqualTo(WRITTEN);
        }
        passMillis(500);
        assertThat(reports.take()).isEqualTo(CHANGED);
        return app;
    }

    @Test
    void closeOfAnEndlessWriterEndsIt() {
        DirectoryInterest app = writeEndlessly();

        writes.completed(app);

        assertThat(writes.isEndless(app.owner().path())).isFalse();
    }

    @Test
    void subscriptionWithAnEqualListenerReportsTheEndOfAWrite() {
        DirectoryInterest app = written();
        Subscription next = interest(app.owner().path()).owner();

        writes.end(app.owner(), List.of(next));
        passMillis(1000);

        assertThat(reports.take()).isEqualTo(CHANGED);
        assertThat(next.isReported()).isTrue();
        assertThat(app.owner().isReported()).isFalse();
    }

    @Test
    void writeEndsWithTheLastSubscriptionOfItsListener() {
        DirectoryInterest app = written();
        FileReports others = new FileReports();
        Subscription other = new Subscription(app.owner().path(), new ReportTarget.ToFile(others), ended -> {});

        writes.end(app.owner(), List.of(other));
        passMillis(1000);

        assertThat(reports.take()).isEmpty();
        assertThat(others.take()).isEmpty();
    }

    @Test
    void endlessWriterIsForgottenWithTheLastSubscriptionOfItsFile() {
        DirectoryInterest app = writeEndlessly();
        Path file = app.owner().path();
        Subscription next = interest(file).owner();

        writes.end(app.owner(), List.of(next));
        assertThat(writes.isEndless(file)).isTrue();
        writes.end(next, List.of());

        assertThat(writes.isEndless(file)).isFalse();
    }

    @Test
    void lostEventsEndAllWritesUnreported() {
        written();

        writes.clear();
        passMillis(1000);

        assertThat(reports.take()).isEmpty();
    }

    @Test
    void writeOfAFileThatWasFoundOpenEndsWithItsWriter() throws Exception {
        DirectoryInterest app = interest(Files.writeString(temp.resolve("app"), "one"));
        try (OutputStream out = Files.newOutputStream(app.owner().path())) {
            writes.foundOpen(app);
            assertThat(reports.take()).isEqualTo(WRITTEN);
            endClosed(() -> {});
            assertThat(reports.take()).as("still open").isEmpty();
            out.write(1);
        }

        endClosed(() -> {});

        assertThat(reports.take()).isEqualTo(CHANGED);
        passMillis(1000);
        assertThat(reports.take()).isEmpty();
    }

    @Test
    void writeThatBeginsWhileTheWriterIsAskedForGoesOn() throws Exception {
        DirectoryInterest app = interest(Files.writeString(temp.resolve("app"), "one"));
        writes.foundOpen(app);
        reports.take();
        now++;

        endClosed(() -> writes.written(app));

        assertThat(reports.take()).isEqualTo(WRITTEN);
        passMillis(1000);
        assertThat(reports.take()).isEqualTo(CHANGED);
    }
}
