/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.testkit.FakeClock;
import dev.fcgid4j.testkit.FakeFile;
import dev.fcgid4j.testkit.FakeFiles;
import dev.fcgid4j.testkit.FakeLauncher;
import dev.fcgid4j.testkit.FakeProcess;
import dev.fcgid4j.testkit.FakeWatcher;
import dev.fcgid4j.testkit.LeaseRecorder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A listener that throws on each event changes nothing in the pool. */
class FailingListenerTest {

    private static final Path SCRIPT = Path.of("/site/app.fcgi");
    private static final ProcessClass CLASS = new ProcessClass(
            "/app.fcgi",
            new ProcessCommand(List.of(SCRIPT.toString()), Map.of(), SCRIPT.getParent()),
            ChangePolicy.strict(List.of(SCRIPT)));

    private final FakeClock clock = FakeClock.ticking(1_000_000_000L);
    private final FakeFiles files = new FakeFiles(clock);
    private final FakeFile script = files.add(SCRIPT);
    private final FakeWatcher watcher = new FakeWatcher(files);
    private final FakeLauncher launcher = new FakeLauncher();
    private final LeaseRecorder leases = new LeaseRecorder();
    private final WorkerPool pool = new WorkerPool(
            PoolSettings.defaults(),
            new PoolEnvironment(launcher, watcher, watcher, Runnable::run, clock, files, FakeProcess::loads)
                    .withListener(event -> {
                        throw new IllegalStateException("as it happens");
                    }));

    @AfterEach
    void close() {
        pool.close();
    }

    private Lease acquire() throws InterruptedException {
        pool.acquire(CLASS, new AcquireOptions("", false, clock.nowNanos()), leases);
        return leases.take();
    }

    @Test
    void changedFileBeginsAGeneration() throws InterruptedException {
        acquire().release(Outcome.UNUSED);
        script.change();

        acquire().release(Outcome.UNUSED);

        assertThat(launcher.launched()).isEqualTo(2);
    }
}
