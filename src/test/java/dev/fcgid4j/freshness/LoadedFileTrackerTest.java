/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.inotify.InotifyWatcher;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.testkit.FakeProcess;
import dev.fcgid4j.testkit.HookedFileSystem;
import dev.fcgid4j.watch.FileStamp;
import dev.fcgid4j.watch.WatchSettings;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.writers.KernelWriterDetector;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which workers get the report that a loaded file may have changed, on real files. */
class LoadedFileTrackerTest {

    @TempDir
    private Path temp;

    private Path root;
    private ProcessClass processClass;
    private InotifyWatcher watcher;
    private LoadedFileTracker loaded;
    private final Queue<Runnable> blocking = new ConcurrentLinkedQueue<>();
    private final AtomicInteger watchedAgain = new AtomicInteger();
    private final Set<Worker> suspect = ConcurrentHashMap.newKeySet();
    private final Set<Path> written = ConcurrentHashMap.newKeySet();
    private final HookedFileSystem facts = new HookedFileSystem();

    @BeforeEach
    void create() throws IOException {
        root = temp.toRealPath();
        processClass = new ProcessClass(
                "/a",
                new ProcessCommand(List.of("/a"), Map.of(), root),
                ChangePolicy.strict(List.of(root.resolve("a"))));
        watcher = InotifyWatcher.open(WatchSettings.defaults());
        loaded = new LoadedFileTracker(
                processClass,
                new FreshnessEnvironment(
                        watcher,
                        KernelWriterDetector.open(watcher, WatchSettings.defaults()),
                        facts,
                        FakeProcess::loads,
                        blocking::add,
                        System::nanoTime),
                TimeUnit.SECONDS.toNanos(60),
                new FileSystemClocks(),
                new LoadedFileTracker.Listener() {
                    @Override
                    public void changed(Path file, Collection<Worker> loadedBy) {
                        suspect.addAll(loadedBy);
                    }

                    @Override
                    public void beingWritten(Path file) {
                        written.add(file);
                    }

                    @Override
                    public void watchedAgain() {
                        if (loaded.anyIsBeingChanged()) { // as a caller asks that needs both
                            watchedAgain.incrementAndGet();
                        }
                    }
                });
    }

    @AfterEach
    void close() {
        loaded.close();
        watcher.close();
    }

    @Test
    void pathChangeIsReportedDuringAVerification() throws Exception {
        Path file = root.resolve("current/lib.pm");
        release("r1", "1");
        switchTo("r1");
        Worker before = workerThatHasLoaded(file);
        assertThat(loaded.verify(before, false)).isEqualTo(VerificationResult.UNCHANGED);

        release("r2", "2");
        switchTo("r2");
        Worker worker = workerThatHasLoaded(file);
        facts.afterLookAt(HookedFileSystem.CLOCK, () -> {
            watcher.drain();
            assertThat(suspect).contains(before);
        });
        assertThat(loaded.verify(worker, false)).isEqualTo(VerificationResult.UNCHANGED);
        watcher.drain();
        suspect.clear();

        Files.writeString(root.resolve("r2/lib.pm"), "3");
        watcher.drain();
        assertThat(suspect).contains(worker);
    }

    @Test
    void pathChangeDuringTheFirstWatchIsReported() throws Exception {
        Path file = root.resolve("current/lib.pm");
        release("r1", "1");
        release("r2", "2");
        switchTo("r1");
        Worker worker = workerThatHasLoaded(file);
        facts.afterLookAt(file, () -> {
            switchTo("r2");
            watcher.drain();
        });

        loaded.verify(worker, false);

        assertThat(suspect).contains(worker);
    }

    @Test
    void writerOfAFileWhosePathHasChangedIsReportedAfterTheNextWatch() throws Exception {
        Path file = loadedFromTheFirstRelease();
        assertThat(loaded.anyIsBeingChanged()).isFalse();

        release("r2", "2");
        switchTo("r2");
        watcher.drain();
        assertThat(loaded.anyIsBeingChanged()).as("no writer would be reported").isTrue();
        blocking.remove().run();
        assertThat(blocking).isEmpty();
        assertThat(watchedAgain).hasValue(1);
        assertThat(loaded.anyIsBeingChanged()).isFalse();

        try (OutputStream writer = Files.newOutputStream(root.resolve("r2/lib.pm"))) {
            watcher.drain();
            assertThat(written).contains(file);
            writer.write('3');
        }
    }

    @Test
    void changeDuringTheInstallationOfAWatchCounts() throws Exception {
        Path file = loadedFromTheFirstRelease();
        switchTo("r1");
        watcher.drain();
        facts.afterLookAt(file, () -> {
            switchTo("r1");
            watcher.drain();
        });
        blocking.remove().run();

        assertThat(loaded.anyIsBeingChanged())
                .as("it may have changed after it was watched again")
                .isTrue();
        blocking.remove().run();
        assertThat(loaded.anyIsBeingChanged()).isFalse();
    }

    @Test
    void missingFileCountsAsBeingChanged() throws Exception {
        Path file = loadedFromTheFirstRelease();
        Files.move(root.resolve("r1"), root.resolve("aside"));
        watcher.drain();
        blocking.remove().run();
        assertThat(blocking).isEmpty();
        assertThat(loaded.anyIsBeingChanged()).as("it is known to be missing").isTrue();

        Files.move(root.resolve("aside"), root.resolve("r1"));
        watcher.drain();
        blocking.remove().run();
        assertThat(file).exists();
        assertThat(loaded.anyIsBeingChanged()).isFalse();
    }

    @Test
    void fileWhoseWatchFailedIsWatchedTheNextTime() throws Exception {
        Path first = loadedFromTheFirstRelease();
        for (String release : List.of("r1", "r2")) {
            Files.createDirectories(root.resolve(release));
            Files.writeString(root.resolve(release).resolve("other.pm"), "1");
        }
        Path second = root.resolve("current/other.pm");
        Worker worker = workerThatHasLoaded(second);
        loaded.verify(worker, false);
        Files.writeString(root.resolve("r2/lib.pm"), "2");
        switchTo("r2");
        watcher.drain();
        facts.afterLookAt(first, () -> {
            throw new IOException("as it happens");
        });
        assertThatThrownBy(loaded::watchAgain).hasRootCauseMessage("as it happens");
        loaded.watchAgain();
        suspect.clear();
        written.clear();

        for (Path file : List.of(first, second)) {
            Files.writeString(file, "3");
            watcher.drain();
            assertThat(written).contains(file);
        }
        assertThat(suspect).contains(worker);
    }

    @Test
    void fileThatStaysTheSameIsWatchedWhereItsPathLeadsNow() throws Exception {
        Path file = root.resolve("current/lib.pm");
        release("r1", "1");
        Files.createLink(Files.createDirectory(root.resolve("r2")).resolve("lib.pm"), root.resolve("r1/lib.pm"));
        switchTo("r1");
        Worker worker = workerThatHasLoaded(file);
        loaded.verify(worker, false);
        switchTo("r2");
        watcher.drain();
        assertThat(loaded.verify(worker, false)).isEqualTo(VerificationResult.UNCHANGED);
        suspect.clear();

        Files.move(
                Files.writeString(root.resolve("new"), "2"),
                root.resolve("r2/lib.pm"),
                StandardCopyOption.REPLACE_EXISTING);
        watcher.drain();

        assertThat(suspect).contains(worker);
    }

    @Test
    void pathThatIsTooLongForAFileIsNotTracked() throws Exception {
        Worker worker = workerThatHasLoaded(Files.writeString(root.resolve("lib.pm"), "1"));
        loaded.name(worker, root.resolve("x/".repeat(2048) + "x"));

        loaded.verify(worker, false);

        assertThat(loaded.size()).as("lib.pm alone").isEqualTo(1);
    }

    private Path loadedFromTheFirstRelease() throws IOException {
        Path file = root.resolve("current/lib.pm");
        release("r1", "1");
        switchTo("r1");
        loaded.verify(workerThatHasLoaded(file), false);
        return file;
    }

    private void release(String name, String text) throws IOException {
        Files.writeString(Files.createDirectory(root.resolve(name)).resolve("lib.pm"), text);
    }

    private void switchTo(String name) throws IOException {
        Path link = Files.createSymbolicLink(root.resolve("next"), Path.of(name));
        Files.move(link, root.resolve("current"), StandardCopyOption.ATOMIC_MOVE);
    }

    private Worker workerThatHasLoaded(Path file) {
        Worker worker = new Worker(processClass, 0, System.nanoTime());
        FileStamp stamp = FileStamp.of(file);
        LoadedFile load = new LoadedFile(
                file,
                stamp.changedNanos() + TimeUnit.SECONDS.toNanos(1), // it was old enough for its stamp to count
                stamp.modifiedNanos(),
                stamp.changedNanos(),
                stamp.size(),
                stamp.inode(),
                "");
        loaded.begin(worker, FakeProcess.reporting(load), System.nanoTime());
        return worker;
    }
}
