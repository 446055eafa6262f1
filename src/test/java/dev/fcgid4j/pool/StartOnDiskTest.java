/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.freshness.LoadedFile;
import dev.fcgid4j.inotify.InotifyWatcher;
import dev.fcgid4j.observe.PoolSnapshot;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.testkit.FakeLauncher;
import dev.fcgid4j.testkit.FakeProcess;
import dev.fcgid4j.testkit.HookedFileSystem;
import dev.fcgid4j.testkit.LeaseRecorder;
import dev.fcgid4j.watch.Glob;
import dev.fcgid4j.watch.WatchSettings;
import dev.fcgid4j.writers.KernelWriterDetector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens between two looks at the disk, on real files. */
class StartOnDiskTest {

    @TempDir
    private Path temp;

    private final Queue<Runnable> blocking = new ConcurrentLinkedQueue<>();
    private final HookedFileSystem facts = new HookedFileSystem();
    private final FakeLauncher launcher = new FakeLauncher();

    @Test
    void aFileThatComesBackWhileAStartLooksForItIsNotWaitedFor() throws Exception {
        Path root = temp.toRealPath();
        Path script = Files.writeString(root.resolve("a"), "");
        Path folder = Files.createDirectory(root.resolve("lib"));
        Path library = Files.writeString(folder.resolve("x.inc"), "");
        ProcessClass processClass = new ProcessClass(
                "/a",
                new ProcessCommand(List.of(script.toString()), Map.of(), root),
                new ChangePolicy(
                        List.of(script), List.of(new Glob(root, "lib/*.inc")), true, false, Optional.empty(), 0));
        try (InotifyWatcher watcher = InotifyWatcher.open(WatchSettings.defaults());
                WorkerPool pool = new WorkerPool(
                        PoolSettings.defaults().toBuilder()
                                .quietTime(Duration.ofSeconds(60))
                                .build(),
                        new PoolEnvironment(
                                launcher,
                                watcher,
                                KernelWriterDetector.open(watcher, WatchSettings.defaults()),
                                blocking::add,
                                System::nanoTime,
                                facts,
                                FakeProcess::loads))) {
            ask(pool, processClass);
            assertThat(launcher.launched()).isOne();

            Path away = root.resolve("away");
            Files.move(folder, away);
            watcher.drain();
            facts.afterLookAt(library, () -> {
                assertThat(library).doesNotExist();
                Files.move(away, folder);
                watcher.drain();
            });
            ask(pool, processClass);
            assertThat(library).exists();
            assertThat(launcher.launched()).isEqualTo(2);
        }
    }

    @Test
    void processWhoseLoadedFilesCannotBeReadIsReplaced() throws Exception {
        Path root = temp.toRealPath();
        Path library = Files.writeString(root.resolve("x.pm"), "");
        ProcessClass processClass = new ProcessClass(
                "/a", new ProcessCommand(List.of("/a"), Map.of(), root), ChangePolicy.strict(List.of()));
        FakeLauncher loading =
                new FakeLauncher().afterLaunch((command, process) -> process.report(LoadedFile.named(library)));
        try (InotifyWatcher watcher = InotifyWatcher.open(WatchSettings.defaults());
                WorkerPool pool = new WorkerPool(
                        PoolSettings.defaults(),
                        new PoolEnvironment(
                                loading,
                                watcher,
                                KernelWriterDetector.open(watcher, WatchSettings.defaults()),
                                blocking::add,
                                System::nanoTime,
                                facts,
                                FakeProcess::loads))) {
            Lease lease = ask(pool, processClass);
            facts.afterLookAt(library, () -> {
                throw new IOException("as it happens");
            });
            lease.release(Outcome.COMPLETED);
            rest();

            PoolSnapshot.WorkerSnapshot worker =
                    pool.snapshot().classes().get(0).workers().get(0);
            assertThat(worker.state()).isEqualTo("retiring");
        }
    }

    /** Asks for a worker, runs what there is to do, and has the worker answer. */
    private Lease ask(WorkerPool pool, ProcessClass processClass) throws InterruptedException {
        LeaseRecorder recorder = new LeaseRecorder();
        pool.acquire(processClass, new AcquireOptions("", false, System.nanoTime()), recorder);
        rest();
        Lease lease = recorder.take();
        lease.proven();
        return lease;
    }

    /** Does what there is to do. */
    private void rest() {
        for (int i = 0; i < 100 && !blocking.isEmpty(); i++) {
            blocking.remove().run();
        }
        assertThat(blocking).as("it comes to rest").isEmpty();
    }
}
