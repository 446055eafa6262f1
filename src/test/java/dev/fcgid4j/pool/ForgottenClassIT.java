/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.freshness.LoadReports;
import dev.fcgid4j.freshness.ReporterScripts;
import dev.fcgid4j.inotify.InotifyWatcher;
import dev.fcgid4j.process.PosixLauncher;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.process.ProcessSettings;
import dev.fcgid4j.testkit.KernelWatches;
import dev.fcgid4j.testkit.LeaseRecorder;
import dev.fcgid4j.testkit.TestSite;
import dev.fcgid4j.watch.Glob;
import dev.fcgid4j.watch.WatchSettings;
import dev.fcgid4j.writers.KernelWriterDetector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The watches of a class without requests are removed while the server runs on. */
class ForgottenClassIT {

    private static final int CLASSES = 20;

    @TempDir
    private Path temp;

    private static void await(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.call()) {
            assertThat(System.nanoTime() - deadline).as("%s in time", what).isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    /** A class in a folder of its own, which watches a pattern and a file that its process has named. */
    private ProcessClass processClass(int number) throws IOException {
        Path folder = Files.createDirectories(temp.toRealPath().resolve("site" + number));
        Files.createDirectories(folder.resolve("views/a/b"));
        Path script = folder.resolve("app");
        TestSite.script(script, "#!/bin/sh\nsleep 60\n");
        ChangePolicy policy = new ChangePolicy(
                List.of(script), List.of(new Glob(folder, "views/**/*.tmpl")), true, false, Optional.empty(), 0);
        return new ProcessClass(
                "/app" + number, new ProcessCommand(List.of(script.toString()), Map.of(), folder), policy);
    }

    @Test
    void watchesGoWhenTheirClassGoes() throws Exception {
        PoolSettings settings = PoolSettings.defaults();
        ExecutorService blocking = Executors.newFixedThreadPool(2);
        try (InotifyWatcher watcher = InotifyWatcher.open(WatchSettings.defaults());
                PosixLauncher launcher = PosixLauncher.open(
                        new ProcessSettings(temp.toRealPath(), 100, 50, true), ReporterScripts::unpack);
                WorkerPool pool = new WorkerPool(
                        settings,
                        new PoolEnvironment(
                                launcher,
                                watcher,
                                KernelWriterDetector.open(watcher, WatchSettings.defaults()),
                                blocking,
                                System::nanoTime,
                                LoadReports.onDisk(true)))) {
            long before = KernelWatches.all();
            List<ProcessClass> classes = new ArrayList<>();
            for (int i = 0; i < CLASSES; i++) {
                classes.add(processClass(i));
                LeaseRecorder granted = new LeaseRecorder();
                pool.acquire(classes.get(i), new AcquireOptions("any", false, System.nanoTime()), granted);
                Lease lease = granted.take();
                lease.dependsOn(Files.createDirectories(temp.resolve("data" + i))
                        .resolve("x")
                        .toString());
                lease.release(Outcome.UNUSED);
            }
            await("what was named is watched", () -> pool.snapshot().classes().stream()
                    .allMatch(each -> each.watchedFiles() > 1));
            assertThat(KernelWatches.all()).isGreaterThan(before + 4 * CLASSES);

            classes.forEach(pool::retire);
            await("all processes gone", () -> {
                pool.sweep(System.nanoTime());
                return pool.processes() == 0;
            });
            pool.sweep(System.nanoTime() + Duration.ofMinutes(6).toNanos());

            assertThat(pool.snapshot().classes()).isEmpty();
            await("watches given back", () -> KernelWatches.all() == before);
        } finally {
            blocking.shutdown();
        }
    }
}
