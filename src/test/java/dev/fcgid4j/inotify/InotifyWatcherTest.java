/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.inotify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fcgid4j.testkit.KernelWatches;
import dev.fcgid4j.watch.FileWatcher;
import dev.fcgid4j.watch.WatchSettings;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each kind of edit is reported by the first drain after it, or by the first comparison where a stepped clock polls. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InotifyWatcherTest {

    @TempDir
    private Path temp;

    private Path folder;
    private final AtomicLong clock = new AtomicLong(1);
    private final AtomicInteger changes = new AtomicInteger();
    private final AtomicInteger writing = new AtomicInteger();
    private final FileWatcher.FileListener listener = new FileWatcher.FileListener() {
        @Override
        public void changed(Path file) {
            changes.incrementAndGet();
        }

        @Override
        public void beingWritten(Path file) {
            writing.incrementAndGet();
        }
    };

    /** An edit of files. */
    private interface Edit {
        void run() throws Exception;
    }

    @BeforeEach
    void makeFolder() throws Exception {
        folder = Files.createDirectories(temp.toRealPath().resolve("site/app"));
    }

    private InotifyWatcher watcher(boolean inotify) {
        return InotifyWatcher.create(
                new WatchSettings(inotify, Duration.ofSeconds(1), Duration.ofSeconds(1)), clock::get);
    }

    private long kernelWatches() throws Exception {
        return KernelWatches.on(folder) + KernelWatches.on(folder.getParent()) + KernelWatches.on(temp.toRealPath());
    }

    private void look(InotifyWatcher watcher) {
        watcher.drain();
        watcher.tick(clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(1001)));
    }

    private void assertSeen(boolean inotify, Path watched, Edit edit) throws Exception {
        try (InotifyWatcher watcher = watcher(inotify);
                FileWatcher.Watch watch = watcher.watchFiles(List.of(watched), listener)) {
            assertThat(watch.immediate()).isEqualTo(inotify);
            look(watcher);
            assertThat(changes).as("nothing changed yet").hasValue(0);
            edit.run();
            if (inotify) {
                watcher.drain();
            } else {
                look(watcher);
            }
            assertThat(changes).as("reported at once").hasPositiveValue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void editInPlaceIsReported(boolean inotify) throws Exception {
        Path file = Files.writeString(folder.resolve("a.fcgi"), "one");
        assertSeen(inotify, file, () -> Files.writeString(file, "two"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void editThatKeepsSizeAndTimeIsReported(boolean inotify) throws Exception {
        Path file = Files.writeString(folder.resolve("a.fcgi"), "one");
        FileTime time = Files.getLastModifiedTime(file);
        assertSeen(inotify, file, () -> {
            Files.writeString(file, "two");
            Files.setLastModifiedTime(file, time);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void renameIntoPlaceIsReported(boolean inotify) throws Exception {
        Path file = Files.writeString(folder.resolve("a.fcgi"), "one");
        Path fresh = Files.writeString(folder.resolve("fresh"), "two");
        assertSeen(inotify, file, () -> Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void newTimeIsReported(boolean inotify) throws Exception {
        Path file = Files.writeString(folder.resolve("a.fcgi"), "one");
        assertSeen(inotify, file, () -> Files.setLastModifiedTime(file, FileTime.fromMillis(1)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void fileThatIsWrittenAgainIsReported(boolean inotify) throws Exception {
        Path file = Files.writeString(folder.resolve("a.fcgi"), "one");
        assertSeen(inotify, file, () -> {
            Files.delete(file);
            Files.writeString(file, "one");
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void newFileIsReported(boolean inotify) throws Exception {
        Path file = folder.resolve("a.fcgi");
        assertSeen(inotify, file, () -> Files.writeString(file, "one"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void switchedLinkIsReported(boolean inotify) throws Exception {
        Path one = Files.writeString(folder.resolve("one"), "one");
        Path two = Files.writeString(folder.resolve("two"), "two");
        Path link = Files.createSymbolicLink(folder.resolve("a.fcgi"), one);
        Path fresh = Files.createSymbolicLink(folder.resolve("fresh"), two);
        assertSeen(inotify, link, () -> Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void switchedLinkToADirectoryIsReported(boolean inotify) throws Exception {
        Path one = Files.createDirectories(folder.resolve("releases/1"));
        Path two = Files.createDirectories(folder.resolve("releases/2"));
        Files.writeString(one.resolve("a.fcgi"), "one");
        Files.writeString(two.resolve("a.fcgi"), "two");
        Path current = Files.createSymbolicLink(folder.resolve("current"), one);
        Path fresh = Files.createSymbolicLink(folder.resolve("fresh"), two);
        assertSeen(
                inotify, current.resolve("a.fcgi"), () -> Files.move(fresh, current, StandardCopyOption.ATOMIC_MOVE));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void editOfALinksTargetIsReported(boolean inotify) throws Exception {
        Path target = Files.writeString(folder.resolve("one"), "one");
        Path link = Files.createSymbolicLink(folder.resolve("a.fcgi"), target);
        assertSeen(inotify, link, () -> Files.writeString(target, "two"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void replacedDirectoryOnThePathIsReported(boolean inotify) throws Exception {
        Path file = Files.writeString(folder.resolve("a.fcgi"), "one");
        assertSeen(inotify, file, () -> {
            Files.move(folder.getParent(), folder.getParent().resolveSibling("old"));
            Files.createDirectories(folder);
            Files.writeString(file, "two");
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {500})
    void eachOfManyEditsIsReportedByTheNextDrain(int edits) throws Exception {
        Path file = Files.writeString(folder.resolve("a.fcgi"), "0");
        try (InotifyWatcher watcher = watcher(true);
                FileWatcher.Watch watch = watcher.watchFiles(List.of(file), listener)) {
            for (int i = 1; i <= edits; i++) {
                changes.set(0);
                Files.writeString(file, Integer.toString(i));
                watcher.drain();
                assertThat(changes).as("edit %d", i).hasPositiveValue();
            }
            assertThat(watch.immediate()).isTrue();
        }
    }

    @Test
    void writerThatDoesNotCloseCountsAfterItsQuietTime() throws Exception {
        Path file = Files.writeString(folder.resolve("a.fcgi"), "one");
        try (InotifyWatcher watcher = watcher(true);
                FileWatcher.Watch watch = watcher.watchFiles(List.of(file), listener);
                OutputStream open = Files.newOutputStream(file)) {
            open.write(1);
            watcher.drain();
            assertThat(writing).hasPositiveValue();
            assertThat(changes).hasValue(0);

            watcher.tick(clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(1001)));

            assertThat(changes).hasValue(1);
            assertThat(watch.immediate()).isTrue();
        }
    }

    @Test
    void readingAndExecutingIsNoChangeAndClosedWatchesAreRemoved() throws Exception {
        Path file = Files.writeString(folder.resolve("a.fcgi"), "#!/bin/sh\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        try (InotifyWatcher watcher = watcher(true)) {
            FileWatcher.Watch first = watcher.watchFiles(List.of(file), listener);
            long watches = kernelWatches();
            assertThat(watches).isPositive();
            FileWatcher.Watch second = watcher.watchFiles(List.of(folder.resolve("b.fcgi")), listener);
            assertThat(kernelWatches()).as("directories are shared").isEqualTo(watches);
            assertThat(Files.readString(file)).isNotEmpty();
            assertThat(new ProcessBuilder(file.toString()).start().waitFor()).isZero();
            watcher.drain();
            assertThat(changes).hasValue(0);

            first.close();
            second.close();

            look(watcher);
            assertThat(kernelWatches()).isZero();
        }
    }

    @Test
    void writerThatNeverPausesCountsAfterFiveQuietTimes() throws Exception {
        Path file = Files.writeString(folder.resolve("a.fcgi"), "one");
        try (InotifyWatcher watcher = watcher(true);
                FileWatcher.Watch watch = watcher.watchFiles(List.of(file), listener);
                OutputStream open = Files.newOutputStream(file)) {
            for (int tenths = 0; tenths <= 49; tenths += 7) {
                open.write(1);
                watcher.drain();
                watcher.tick(clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(700)));
                assertThat(changes).as("after %d tenths", tenths + 7).hasValue(tenths + 7 < 50 ? 0 : 1);
            }
            assertThat(watch.immediate()).isTrue();
        }
    }

    @Test
    void writerFromBeforeTheWatchIsKnown() throws Exception {
        Path file = Files.writeString(folder.resolve("a.fcgi"), "one");
        try (InotifyWatcher watcher = watcher(true)) {
            FileWatcher.Watch watch;
            try (OutputStream out = Files.newOutputStream(file)) {
                watch = watcher.watchFiles(List.of(file), listener);
                watcher.drain();
                out.flush();
                assertThat(writing).hasValue(1);
                assertThat(changes).hasValue(0);
            }
            watcher.drain();
            assertThat(changes).as("the writer has closed the file").hasValue(1);
            watch.close();
        }
    }

    @Test
    void writerFromBeforeTheWatchIsDoneAfterTheQuietTime() throws Exception {
        Path file = Files.writeString(folder.resolve("a.fcgi"), "one");
        try (InotifyWatcher watcher = watcher(true);
                OutputStream out = Files.newOutputStream(file);
                FileWatcher.Watch watch = watcher.watchFiles(List.of(file), listener)) {
            assertThat(writing).hasValue(1);
            look(watcher);
            assertThat(changes).hasValue(1);
            out.write(1);
            assertThat(watch.immediate()).isTrue();
        }
    }

    @Test
    void writerThatNeverStopsIsWaitedForOnce() throws Exception {
        Path file = Files.writeString(folder.resolve("a.fcgi"), "one");
        try (InotifyWatcher watcher = watcher(true)) {
            FileWatcher.Watch watch = watcher.watchFiles(List.of(file), listener);
            try (OutputStream open = Files.newOutputStream(file)) {
                while (changes.get() == 0) {
                    writeFor(700, open, watcher);
                }
                writing.set(0);
                FileWatcher.Watch again = watcher.watchFiles(List.of(file), listener);
                watch.close();
                watch = again;
                writeFor(700, open, watcher);
                assertThat(writing).as("nothing waits for this writer again").hasValue(0);
                for (int tenths = 7; tenths < 50; tenths += 7) {
                    writeFor(700, open, watcher);
                }
                assertThat(changes)
                        .as("but the file counts as changed now and then")
                        .hasValue(2);
                assertThat(writing).hasValue(0);
            }
            watcher.drain();
            assertThat(changes).hasValue(3);
            try (OutputStream open = Files.newOutputStream(file)) {
                writeFor(700, open, watcher);
                assertThat(writing).as("the next writer is waited for").hasPositiveValue();
            }
            watch.close();
        }
    }

    private void writeFor(long millis, OutputStream open, InotifyWatcher watcher) throws Exception {
        open.write(1);
        watcher.drain();
        watcher.tick(clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis)));
    }

    @Test
    void readerOfAYoungFileIsNoWriter() throws Exception {
        Path file = Files.writeString(folder.resolve("a.fcgi"), "one");
        try (InotifyWatcher watcher = watcher(true);
                InputStream in = Files.newInputStream(file);
                FileWatcher.Watch watch = watcher.watchFiles(List.of(file), listener)) {
            assertThat(in.read()).isPositive();
            look(watcher);
            assertThat(writing).hasValue(0);
            assertThat(changes).hasValue(0);
            assertThat(watch.immediate()).isTrue();
        }
    }

    /** The writer uses another name. A close that was reported just before the watch began is the same case. */
    @Test
    void writerWhoseCloseIsNotReportedIsNotWaitedFor() throws Exception {
        Path file = Files.writeString(folder.resolve("a.fcgi"), "one");
        Path elsewhere = Files.createDirectory(folder.resolve("other")).resolve("b");
        Files.createLink(elsewhere, file);
        try (InotifyWatcher watcher = watcher(true)) {
            FileWatcher.Watch watch;
            try (OutputStream open = Files.newOutputStream(elsewhere)) {
                watch = watcher.watchFiles(List.of(file), listener);
                assertThat(writing).hasValue(1);
                open.write(1);
                watcher.tick(clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(250)));
                assertThat(changes).as("still being written").hasValue(0);
            }

            watcher.tick(clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(250)));

            assertThat(changes).hasValue(1);
            watcher.tick(clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(5000)));
            assertThat(changes).hasValue(1);
            watch.close();
        }
    }

    @Test
    void openWriterIsNotForgottenWhenItsFileIsWatchedAgain() throws Exception {
        Path file = Files.writeString(folder.resolve("a.fcgi"), "one");
        try (InotifyWatcher watcher = watcher(true);
                OutputStream open = Files.newOutputStream(file)) {
            FileWatcher.Watch first = watcher.watchFiles(List.of(file), listener);
            open.write(1);
            watcher.drain();
            try (FileWatcher.Watch second = watcher.watchFiles(List.of(file), listener)) {
                first.close();

                watcher.tick(clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(1001)));

                assertThat(changes).hasValue(1);
                assertThat(second.immediate()).isTrue();
            }
        }
    }

    @Test
    void everythingCountsAsChangedWhenTheKernelsQueueOverflows() throws Exception {
        int room;
        // In one read: a second one returns nothing.
        try (var limit = Files.newBufferedReader(Path.of("/proc/sys/fs/inotify/max_queued_events"))) {
            room = Integer.parseInt(limit.readLine());
        }
        assumeTrue(room <= 100_000, "the kernel's queue is too long for a test");
        Path file = Files.writeString(folder.resolve("a.fcgi"), "one");
        try (InotifyWatcher watcher = watcher(true);
                FileWatcher.Watch watch = watcher.watchFiles(List.of(file), listener)) {
            for (int i = 0; i <= room / 2; i++) {
                Files.writeString(folder.resolve(i % 2 == 0 ? "x" : "y"), "another file");
            }
            watcher.drain();
            assertThat(changes).as("although it was not changed").hasValue(1);

            Files.writeString(file, "two");
            watcher.drain();
            assertThat(changes).as("and it is still watched").hasValue(2);
            assertThat(watch.immediate()).isTrue();
        }
    }
}
