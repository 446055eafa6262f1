/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.inotify.InotifyWatcher;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.testkit.FakeLauncher;
import dev.fcgid4j.testkit.FakeProcess;
import dev.fcgid4j.watch.WatchSettings;
import dev.fcgid4j.writers.KernelWriterDetector;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two classes with different limits in one pool; the clock is stepped by hand. */
class ClassLimitsInPoolTest {

    private static final ClassLimits ONE = ClassLimits.defaults().toBuilder()
            .maxProcesses(1)
            .queueTimeout(Duration.ofSeconds(2))
            .build();

    private long now = 1_000_000_000L;
    private final InotifyWatcher watcher = InotifyWatcher.open(WatchSettings.defaults());
    private final WorkerPool pool = new WorkerPool(
            PoolSettings.defaults(),
            new PoolEnvironment(
                    new FakeLauncher(),
                    watcher,
                    KernelWriterDetector.open(watcher, WatchSettings.defaults()),
                    Runnable::run,
                    () -> now,
                    FakeProcess::loads));
    private final Answers strict = new Answers();
    private final Answers wide = new Answers();

    @AfterEach
    void close() {
        pool.close();
        watcher.close();
    }

    private void askTwice(String name, ClassLimits limits, Answers answers) {
        ProcessClass processClass = new ProcessClass(
                name,
                new ProcessCommand(List.of("/bin/true"), Map.of(), Path.of("/")),
                ChangePolicy.strict(List.of()),
                limits);
        pool.acquire(processClass, new AcquireOptions("", false, now), answers);
        pool.acquire(processClass, new AcquireOptions("", false, now), answers);
    }

    @Test
    void eachClassHasItsOwnNumberOfProcesses() {
        askTwice("/one", ONE, strict);
        askTwice("/two", ClassLimits.defaults(), wide);

        assertThat(strict.granted).hasSize(1);
        assertThat(wide.granted).hasSize(2);
    }

    @Test
    void eachClassHasItsOwnQueueTimeout() {
        askTwice("/one", ONE, strict);
        askTwice("/two", ONE.toBuilder().queueTimeout(Duration.ofSeconds(9)).build(), wide);

        now += Duration.ofSeconds(3).toNanos();
        pool.sweep(now);

        assertThat(strict.refused).singleElement().satisfies(why -> assertThat(why)
                .hasMessageContaining("within 2 s"));
        assertThat(wide.refused).isEmpty();
    }

    @Test
    void alarmFollowsTheShortestLimitOfTheClassesInUse() {
        List<Long> alarms = new ArrayList<>();
        askTwice("/two", ClassLimits.defaults(), wide);
        pool.onAlarm(alarms::add);

        askTwice("/one", ONE.toBuilder().idleTimeout(Duration.ofMillis(10)).build(), strict);

        assertThat(alarms)
                .isNotEmpty()
                .allMatch(when -> when <= now + Duration.ofMillis(10).toNanos());
    }

    /** What two requests got. */
    private static final class Answers implements LeaseListener {
        private final List<Lease> granted = new ArrayList<>();
        private final List<FcgiException> refused = new ArrayList<>();

        @Override
        public void granted(Lease lease) {
            lease.proven();
            granted.add(lease);
        }

        @Override
        public void refused(FcgiException why) {
            refused.add(why);
        }
    }
}
