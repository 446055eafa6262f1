/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.testkit.FakeProcess;
import dev.fcgid4j.testkit.LeaseRecorder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A pool of one process shares it when it is swept, never on the thread of a request. */
class PoolPlanTest {

    private final PoolHost host = new PoolHost();
    private final WorkerPool pool =
            new WorkerPool(PoolSettings.defaults().toBuilder().maxProcesses(1).build(), host.environment());
    private final List<Long> alarms = new ArrayList<>();

    @AfterEach
    void close() {
        pool.close();
    }

    private LeaseRecorder ask(String name) {
        LeaseRecorder recorder = new LeaseRecorder();
        pool.acquire(
                PoolHost.processClass(name, ClassLimits.defaults()),
                new AcquireOptions("loop", false, pool.now()),
                recorder);
        host.run();
        return recorder;
    }

    private FakeProcess idle(String name) throws InterruptedException {
        Lease lease = ask(name).take();
        lease.proven();
        lease.release(Outcome.COMPLETED);
        host.run();
        return host.launcher.alive().get(0);
    }

    @Test
    void requestThatLacksAPermitAsksForASweepAtOnce() throws Exception {
        FakeProcess idle = idle("/a");
        pool.onAlarm(alarms::add);

        ask("/b");

        assertThat(idle.isTerminated()).isFalse();
        assertThat(alarms).contains(pool.now());
    }

    @Test
    void sweepMakesRoom() throws Exception {
        FakeProcess idle = idle("/a");
        ask("/b");

        pool.sweep(pool.now());

        assertThat(idle.isTerminated()).isTrue();
    }

    @Test
    void firstProcessOfAClassNeedsNoSweep() {
        assertThat(ask("/a").leases()).hasSize(1);
    }
}
