/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.inotify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.inotify.DirectoryInterest.Kind;
import dev.fcgid4j.testkit.FileReports;
import dev.fcgid4j.testkit.KernelWatches;
import dev.fcgid4j.watch.Poller;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaintenanceTest {

    @TempDir
    private Path temp;

    private long now = 1;
    private final ReentrantLock lock = new ReentrantLock();
    private final WatchTable table = new WatchTable();
    private final WritesInProgress writes = new WritesInProgress(Duration.ofSeconds(1), () -> now, this::isUnwritten);
    private final Poller poller = new Poller(() -> now);
    private final List<String> done = new ArrayList<>();
    private InotifyQueue queue;
    private Maintenance maintenance;

    @BeforeEach
    void open() throws Exception {
        queue = InotifyQueue.open(lock);
        EventReader events = new EventReader(lock, queue, table, writes);
        maintenance = new Maintenance(
                queue, new Maintenance.Watched(table, writes, events), poller, Duration.ofSeconds(2), () -> now);
    }

    @AfterEach
    void close() {
        queue.close(table::clear);
    }

    private boolean isUnwritten(Path file) {
        done.add(lock.isHeldByCurrentThread() ? "asked under the lock" : "asked");
        return true;
    }

    private void tickAfterMillis(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
        maintenance.tick(now);
    }

    @Test
    void filesAreComparedAtEachInterval() throws Exception {
        Path file = Files.writeString(temp.resolve("file"), "one");
        poller.addFile(file, name -> done.add("compared"));

        Files.writeString(file, "two");
        tickAfterMillis(1999);
        assertThat(done).isEmpty();
        tickAfterMillis(1);
        assertThat(done).containsExactly("compared");
        tickAfterMillis(1999);
        assertThat(poller.rounds()).isEqualTo(1);
        tickAfterMillis(1);

        assertThat(poller.rounds()).isEqualTo(2);
    }

    @Test
    void attachedTasksRunAtEachTickBeforeFilesAreCompared() throws Exception {
        Path file = Files.writeString(temp.resolve("file"), "one");
        poller.addFile(file, name -> done.add("compared"));
        maintenance.attach(() -> done.add("attached"));
        Files.writeString(file, "two");

        tickAfterMillis(1);
        tickAfterMillis(2000);

        assertThat(done).containsExactly("attached", "attached", "compared");
    }

    @Test
    void quietTimesEnd() {
        FileReports reports = new FileReports();
        Subscription owner = new Subscription(temp.resolve("app"), new ReportTarget.ToFile(reports), ended -> {});
        writes.written(new DirectoryInterest(owner, Kind.FILE, "app"));

        tickAfterMillis(1000);

        assertThat(reports.take()).containsExactly("being written app", "changed app");
    }

    @Test
    void kernelIsAskedForWritersWithoutTheLock() {
        FileReports reports = new FileReports();
        Subscription owner = new Subscription(temp.resolve("app"), new ReportTarget.ToFile(reports), ended -> {});
        writes.foundOpen(new DirectoryInterest(owner, Kind.FILE, "app"));

        tickAfterMillis(1);

        assertThat(done).containsExactly("asked");
        assertThat(reports.take()).containsExactly("being written app", "changed app");
    }

    @Test
    void unusedWatchesAreRemoved() throws Exception {
        queue.add(temp, Kind.SELF.events(), table::addUnused);
        assertThat(KernelWatches.on(temp)).isEqualTo(1);

        tickAfterMillis(1);

        assertThat(KernelWatches.on(temp)).isZero();
    }

    @Test
    void nothingIsComparedAfterTheQueueIsClosed() throws Exception {
        poller.addFile(temp.resolve("file"), name -> done.add("compared"));
        Files.writeString(temp.resolve("file"), "one");

        queue.close(() -> {});
        tickAfterMillis(2000);
        maintenance.pass();

        assertThat(done).isEmpty();
    }
}
