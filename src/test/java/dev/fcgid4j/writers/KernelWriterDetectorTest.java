/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.writers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.inotify.InotifyWatcher;
import dev.fcgid4j.posix.Inotify;
import dev.fcgid4j.testkit.FileReports;
import dev.fcgid4j.testkit.KernelWatches;
import dev.fcgid4j.watch.WatchSettings;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelWriterDetectorTest {

    private static final String KERNEL = "6.5.0";

    @TempDir
    private Path temp;

    private Path folder;
    private long now = 1;
    private InotifyWatcher watcher;
    private WriterDetector detector;
    private final FileReports reports = new FileReports();

    @BeforeEach
    void open() throws Exception {
        folder = temp.toRealPath();
        open(true);
    }

    private void open(boolean inotify) {
        close();
        WatchSettings settings = new WatchSettings(inotify, Duration.ofSeconds(1), Duration.ofSeconds(1));
        watcher = InotifyWatcher.create(settings, () -> now);
        detector = KernelWriterDetector.create(watcher, settings, () -> now, KERNEL);
    }

    @AfterEach
    void close() {
        if (watcher != null) {
            watcher.close();
        }
    }

    private Path atRest(String name) throws Exception {
        Path file = Files.writeString(folder.resolve(name), "one");
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
        return file;
    }

    @Test
    void eachFileHasAWatchAndAListenerOfItsOwn() throws Exception {
        Path one = atRest("one");
        Path two = atRest("two");
        FileReports others = new FileReports();
        Map<Path, FileReports> listeners = new LinkedHashMap<>();
        listeners.put(two, reports);
        listeners.put(one, others);
        Map<Path, WriterWatch> watches = detector.watchEach(listeners);
        assertThat(watches.keySet()).containsExactly(two, one);

        try (OutputStream out = Files.newOutputStream(two)) {
            assertThat(watches.get(two).isBeingChanged()).isTrue();
            assertThat(watches.get(one).isBeingChanged()).isFalse();
            out.write(1);
        }
        watcher.drain();

        assertThat(reports.take()).contains("changed two");
        assertThat(others.take()).isEmpty();
        watches.values().forEach(WriterWatch::close);
    }

    @Test
    void removedFileIsFoundByTheFirstCheck() throws Exception {
        Path file = atRest("file");
        try (WriterWatch watch = detector.watchFew(List.of(file), reports)) {
            Files.delete(file);

            assertThat(watch.isBeingChanged()).isTrue();
        }
    }

    @Test
    void joinedWatchFindsAWriterOfEitherFile() throws Exception {
        Path one = atRest("one");
        Path two = atRest("two");
        try (WriterWatch watch = detector.watchFew(List.of(one, two), reports)) {
            assertThat(watch.immediate()).isTrue();
            assertThat(watch.isBeingChanged()).isFalse();
            try (OutputStream out = Files.newOutputStream(two)) {
                assertThat(watch.isBeingChanged()).isTrue();
                out.write(1);
            }
        }
    }

    @Test
    void watchOfNoFilesFindsNothing() {
        try (WriterWatch watch = detector.watchFew(List.of(), reports)) {
            assertThat(watch.immediate()).isTrue();
            assertThat(watch.isBeingChanged()).isFalse();
            watch.compare();
        }
        try (WriterWatch watch = detector.watchMany(List.of(), reports)) {
            assertThat(watch.immediate()).isTrue();
            assertThat(watch.isBeingChanged()).isFalse();
        }
    }

    @Test
    void comparedFileIsNeverBeingChanged() throws Exception {
        open(false);
        Path file = atRest("file");
        for (WriterWatch watch :
                List.of(detector.watchFew(List.of(file), reports), detector.watchMany(List.of(file), reports))) {
            try (watch;
                    OutputStream out = Files.newOutputStream(file)) {
                assertThat(watch.immediate()).isFalse();
                assertThat(watch.isBeingChanged()).isFalse();
                out.write(1);
                out.flush();
                watch.compare();
                assertThat(reports.take()).containsExactly("path changed file");
            }
        }
    }

    /** The second watch begins before the first one ends, as when a class's files are watched anew. */
    @Test
    void watchThatReplacesAnotherReportsTheEndOfItsWrite() throws Exception {
        Path file = atRest("file");
        WriterWatch first = detector.watchFew(List.of(file), reports);
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(1);
            watcher.drain();
            WriterWatch second = detector.watchFew(List.of(file), reports);
            first.close();
            reports.take();

            now += TimeUnit.MILLISECONDS.toNanos(1001);
            watcher.tick(now);

            assertThat(reports.take()).containsExactly("changed file");
            second.close();
        }
    }

    @Test
    void reportedWriterIsFoundUntilTheQuietTimeIsOver() throws Exception {
        Path file = atRest("file");
        try (WriterWatch watch = detector.watchFew(List.of(file), reports);
                OutputStream out = Files.newOutputStream(file)) {
            out.write(1);
            watcher.drain();
            assertThat(watch.isBeingChanged()).isTrue();

            now += TimeUnit.SECONDS.toNanos(1);

            assertThat(watch.isBeingChanged()).isFalse();
        }
    }

    @Test
    void openingsAreTrackedUntilTheWatcherCloses() throws Exception {
        Path file = atRest("file");
        WriterWatch watch = detector.watchMany(List.of(file), reports);
        long inode = KernelWatches.inode(folder);
        assertThat(KernelWatches.on(inode, Inotify.OPEN)).isEqualTo(1);

        watcher.close();

        assertThat(KernelWatches.on(inode, -1)).isZero();
        watch.close();
    }
}
