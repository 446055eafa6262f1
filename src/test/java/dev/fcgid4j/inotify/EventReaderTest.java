/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.inotify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.inotify.DirectoryInterest.Kind;
import dev.fcgid4j.testkit.FileReports;
import dev.fcgid4j.watch.FileWatcher;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each kind of interest makes of the kernel's events. */
class EventReaderTest {

    @TempDir
    private Path temp;

    private Path folder;
    private Path file;
    private final ReentrantLock lock = new ReentrantLock();
    private final WatchTable table = new WatchTable();
    private final WritesInProgress writes = new WritesInProgress(Duration.ofSeconds(1), () -> 1);
    private final FileReports reports = new FileReports();
    private InotifyQueue queue;
    private EventReader events;

    @BeforeEach
    void open() throws Exception {
        folder = Files.createDirectory(temp.toRealPath().resolve("site"));
        file = folder.resolve("app");
        queue = InotifyQueue.open(lock);
        events = new EventReader(lock, queue, table, writes);
    }

    @AfterEach
    void close() {
        queue.close(table::clear);
    }

    private void watch(Kind kind, String name, ReportTarget target) throws Exception {
        Subscription subscription = new Subscription(file, target, ended -> {});
        table.register(subscription);
        queue.add(folder, kind.events(), watch -> table.add(watch, new DirectoryInterest(subscription, kind, name)));
    }

    private void watchFile(Kind kind, String name) throws Exception {
        watch(kind, name, new ReportTarget.ToFile(reports));
    }

    @Test
    void fileIsBeingWrittenUntilItIsClosed() throws Exception {
        Files.writeString(file, "one");
        watchFile(Kind.FILE, "app");

        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
            out.write(1);
            events.drain();
            assertThat(reports.take()).containsExactly("being written app");
        }
        events.drain();

        assertThat(reports.take()).containsExactly("changed app");
    }

    @Test
    void newFileIsBeingWritten() throws Exception {
        watchFile(Kind.FILE, "app");

        try (OutputStream out = Files.newOutputStream(file)) {
            events.drain();
            assertThat(reports.take()).containsExactly("being written app");
            out.flush();
        }
        events.drain();

        assertThat(reports.take()).containsExactly("changed app");
    }

    @Test
    void newLinkToAnOldFileIsComplete() throws Exception {
        Path other = Files.writeString(temp.resolve("other"), "one");
        watchFile(Kind.FILE, "app");

        Files.createLink(file, other);
        events.drain();

        assertThat(reports.take()).containsExactly("changed app");
    }

    @Test
    void otherNamesAreNotReported() throws Exception {
        watchFile(Kind.FILE, "app");

        Files.writeString(folder.resolve("other"), "one");
        events.drain();

        assertThat(reports.take()).isEmpty();
    }

    @Test
    void writeToANameOnThePathIsNoChangeOfThePath() throws Exception {
        Path other = Files.writeString(folder.resolve("current"), "one");
        watchFile(Kind.NAME, "current");

        try (OutputStream out = Files.newOutputStream(other, StandardOpenOption.APPEND)) {
            out.write(1);
            events.drain();
            assertThat(reports.take()).isEmpty();
        }
        Files.delete(other);
        events.drain();

        assertThat(reports.take()).contains("path changed app");
    }

    @Test
    void directoryThatIsMovedChangesThePath() throws Exception {
        watchFile(Kind.SELF, "");

        Files.move(folder, folder.resolveSibling("old"));
        events.drain();

        assertThat(reports.take()).containsExactly("path changed app");
    }

    @Test
    void directoryThatIsRemovedEndsItsWatch() throws Exception {
        watchFile(Kind.SELF, "");

        Files.delete(folder);
        events.drain();
        assertThat(reports.take()).containsExactly("path changed app");
        List.copyOf(table.all()).forEach(table::remove);

        assertThat(table.takeUnused()).as("the kernel has removed it").isEmpty();
    }

    @Test
    void namesAreReportedWhenTheirWriterIsDone() throws Exception {
        watch(Kind.NAMES, "", new ReportTarget.ToNames(reports));

        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
            events.drain();
            assertThat(reports.take()).containsExactly("name changed app");
            out.write(1);
            events.drain();
            assertThat(reports.take()).as("being written").isEmpty();
        }
        events.drain();

        assertThat(reports.take()).containsExactly("name changed app");
    }

    @Test
    void appendsAreReportedAtEachWrite() throws Exception {
        Files.writeString(file, "one");
        watch(Kind.APPENDS, "", new ReportTarget.ToAppends(reports));

        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
            out.write(1);
            events.drain();
            assertThat(reports.take()).containsExactly("name changed app");
        }
        events.drain();

        assertThat(reports.take()).as("closed").isEmpty();
    }

    /** The kernel queues the events of both interests. */
    @Test
    void appendsAreWritesAloneWhereNamesAreWatchedToo() throws Exception {
        watch(Kind.APPENDS, "", new ReportTarget.ToAppends(reports));
        watch(Kind.NAMES, "", new ReportTarget.ToNames(new FileReports()));

        Files.createFile(file);
        Files.delete(file);
        events.drain();

        assertThat(reports.take()).isEmpty();
    }

    @Test
    void nothingIsReportedAfterTheQueueIsClosed() throws Exception {
        watchFile(Kind.FILE, "app");
        Files.writeString(file, "one");

        queue.close(() -> {});
        events.drain();

        assertThat(reports.take()).isEmpty();
    }

    @Test
    void taskAfterDrainingRunsUnderTheLock() throws Exception {
        watchFile(Kind.FILE, "app");
        Files.writeString(file, "one");

        events.afterDraining(() -> {
            assertThat(lock.isHeldByCurrentThread()).isTrue();
            assertThat(reports.take()).as("reported before").isNotEmpty();
        });

        assertThat(lock.isLocked()).isFalse();
    }

    @Test
    void eventsThatAreLostWithAFailingListenerCountAsChangesOfEverything() throws Exception {
        List<Path> changed = new ArrayList<>();
        FileWatcher.FileListener failing = new FileWatcher.FileListener() {
            @Override
            public void changed(Path path) {
                changed.add(path);
                if (changed.size() == 1) {
                    throw new OutOfMemoryError("injected");
                }
            }

            @Override
            public void beingWritten(Path path) {
                changed(path);
            }

            @Override
            public void pathChanged(Path path) {
                changed(path);
            }
        };
        watch(Kind.FILE, "first", new ReportTarget.ToFile(failing));
        watchFile(Kind.FILE, "second");
        Files.createLink(folder.resolve("first"), Files.writeString(temp.resolve("other"), "one"));
        Files.createLink(folder.resolve("second"), temp.resolve("other"));

        assertThatThrownBy(events::drain).isInstanceOf(OutOfMemoryError.class);
        assertThat(reports.take()).isEmpty();
        events.drain();

        assertThat(changed).hasSizeGreaterThan(1);
        assertThat(reports.take()).isNotEmpty();
    }
}
