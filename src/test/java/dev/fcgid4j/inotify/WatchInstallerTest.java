/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.inotify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.watch.FileWatcher;
import dev.fcgid4j.watch.WatchSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are watched together, and while another thread alters their paths. */
@Timeout(value = 4 * WatchInstallerTest.DEADLINE_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WatchInstallerTest {

    static final int DEADLINE_SECONDS = 30;

    @TempDir
    private Path temp;

    private Path folder;

    @BeforeEach
    void makeFolder() throws Exception {
        folder = Files.createDirectories(temp.toRealPath().resolve("site/app"));
    }

    private static InotifyWatcher watcher() {
        return InotifyWatcher.create(
                new WatchSettings(true, Duration.ofSeconds(1), Duration.ofSeconds(1)), System::nanoTime);
    }

    @Test
    void pathThatIsAlteredAllTheTimeIsStillWatched() throws Exception {
        Path lib = Files.createDirectories(folder.resolve("lib"));
        Files.writeString(lib.resolve("a.pm"), "one");
        AtomicBoolean running = new AtomicBoolean(true);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        Future<Integer> mover = thread.submit(() -> {
            int moves = 0;
            while (running.get()) {
                Files.move(lib, folder.resolve("gone"));
                Files.move(folder.resolve("gone"), lib);
                LockSupport.parkNanos(++moves % 7 * 20_000L);
            }
            return moves;
        });
        thread.shutdown();
        try (InotifyWatcher watcher = watcher()) {
            for (int i = 0; i < 3000; i++) {
                try (FileWatcher.Watch watch = watcher.watchFiles(List.of(lib.resolve("a.pm")), new Report())) {
                    assertThat(watch.immediate()).as("watch %d", i).isTrue();
                }
                watcher.drain();
            }
        } finally {
            running.set(false);
            assertThat(mover.get(DEADLINE_SECONDS, TimeUnit.SECONDS)).isPositive();
        }
    }

    @Test
    void eachOfSeveralFilesHasItsOwnListener() throws Exception {
        Path lib = Files.createDirectories(folder.resolve("lib"));
        Map<Path, Report> reports = new LinkedHashMap<>();
        for (String name : List.of("app/lib/a.pm", "app/lib/b.pm", "app/c.pm", "missing/d.pm")) {
            reports.put(temp.toRealPath().resolve("site").resolve(name), new Report());
        }
        Files.writeString(lib.resolve("a.pm"), "one");
        try (InotifyWatcher watcher = watcher()) {
            Map<Path, FileWatcher.Watch> watches = watcher.watchFiles(reports);
            assertThat(watches.keySet()).isEqualTo(reports.keySet());
            assertThat(watches.values()).allMatch(FileWatcher.Watch::immediate);

            for (Path file : reports.keySet()) {
                Files.createDirectories(file.getParent());
            }
            watches.values().forEach(FileWatcher.Watch::close);
            watches = watcher.watchFiles(reports);
            for (Path file : reports.keySet()) {
                watcher.drain();
                reports.values().forEach(each -> each.changed = false);

                Files.move(Files.createFile(folder.resolve("new")), file, StandardCopyOption.REPLACE_EXISTING);
                watcher.drain();

                reports.forEach((path, each) -> assertThat(each.changed)
                        .as("%s, after a change of %s", path, file)
                        .isEqualTo(path.equals(file)));
            }
            watches.values().forEach(FileWatcher.Watch::close);
        }
    }

    private static void spin(long nanos) {
        for (long end = System.nanoTime() + nanos; System.nanoTime() - end < 0; ) {
            Thread.onSpinWait();
        }
    }

    /** Whether a change of one file was reported. */
    private static final class Report implements FileWatcher.FileListener {
        private volatile boolean changed;

        @Override
        public void changed(Path file) {
            changed = true;
        }

        @Override
        public void beingWritten(Path file) {
            // not complete yet
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void folderThatIsReplacedMeanwhileIsWatchedOrReported(boolean linkInBetween) throws Exception {
        Path lib = Files.createDirectories(folder.resolve("lib"));
        Path other = Files.createDirectories(folder.resolve("other"));
        Path moved = folder.resolve("moved");
        List<String> names = List.of("a.pm", "b.pm", "c.pm", "d.pm");
        for (String name : names) {
            Files.writeString(lib.resolve(name), "one");
            Files.writeString(other.resolve(name), "two");
        }
        AtomicBoolean running = new AtomicBoolean(true);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        int watchedUnreported = 0;
        try (InotifyWatcher watcher = watcher()) {
            Future<?> drainer = threads.submit(() -> {
                while (running.get()) {
                    watcher.drain();
                }
            });
            for (int i = 0; i < 1500; i++) {
                long pause = i % 40 * 10_000L;
                CyclicBarrier start = new CyclicBarrier(2);
                Future<Path> swap = threads.submit(() -> {
                    start.await(DEADLINE_SECONDS, TimeUnit.SECONDS);
                    if (linkInBetween) {
                        spin(pause / 4);
                        Files.move(lib, moved);
                        Files.createSymbolicLink(lib, moved);
                        spin(pause);
                        Files.delete(lib);
                    } else {
                        spin(pause);
                        Files.move(lib, moved);
                    }
                    Files.move(other, lib);
                    return Files.move(moved, other);
                });
                Map<Path, Report> reports = new LinkedHashMap<>();
                names.forEach(name -> reports.put(lib.resolve(name), new Report()));
                start.await(DEADLINE_SECONDS, TimeUnit.SECONDS);
                Map<Path, FileWatcher.Watch> watches = watcher.watchFiles(reports);
                swap.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
                watcher.drain();
                for (Map.Entry<Path, Report> each : reports.entrySet()) {
                    if (!each.getValue().changed && watches.get(each.getKey()).immediate()) {
                        Files.setLastModifiedTime(each.getKey(), FileTime.fromMillis(i));
                        watcher.drain();
                        assertThat(each.getValue().changed)
                                .as("%s, round %d", each.getKey(), i)
                                .isTrue();
                        watchedUnreported++;
                    }
                }
                watches.values().forEach(FileWatcher.Watch::close);
            }
            running.set(false);
            drainer.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } finally {
            running.set(false);
            threads.shutdownNow(); // a thread may wait for a partner that has failed
        }
        assertThat(watchedUnreported)
                .as("files watched before or after their folder was replaced")
                .isPositive();
    }
}
