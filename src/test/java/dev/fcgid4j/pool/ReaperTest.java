/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.FakeClock;
import dev.fcgid4j.testkit.FakeFiles;
import dev.fcgid4j.testkit.FakeLauncher;
import dev.fcgid4j.testkit.FakeProcess;
import dev.fcgid4j.testkit.FakeWatcher;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReaperTest {

    private static final int FAULTS = 3;

    @Test
    void reaperSurvivesErrorsOfSweeps() throws Exception {
        AtomicInteger faults = new AtomicInteger(FAULTS);
        CountDownLatch after = new CountDownLatch(2);
        LongSupplier failing = () -> {
            if (Thread.currentThread().getName().equals("fcgid4j-reaper")) {
                if (faults.getAndDecrement() > 0) {
                    throw new OutOfMemoryError("injected");
                }
                after.countDown();
            }
            return System.nanoTime();
        };
        FakeClock clock = FakeClock.standing(0);
        FakeWatcher watcher = new FakeWatcher(new FakeFiles(clock));
        try (WorkerPool pool = new WorkerPool(
                        PoolSettings.defaults(),
                        new PoolEnvironment(
                                new FakeLauncher(), watcher, watcher, Runnable::run, failing, FakeProcess::loads));
                Reaper reaper = Reaper.start(pool)) {
            assertThat(after.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(faults).hasNonPositiveValue();
            assertThat(reaper.isDead()).isFalse();
        }
    }
}
