/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.failure.PoolClosedException;
import dev.fcgid4j.observe.PoolSnapshot;
import dev.fcgid4j.testkit.LeaseRecorder;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class WorkerPoolTest {

    private final PoolHost host = new PoolHost();
    private final LeaseRecorder recorder = new LeaseRecorder();
    private final AtomicReference<Runnable> whenTheClockIsRead = new AtomicReference<>(() -> {});
    private final WorkerPool pool = new WorkerPool(PoolSettings.defaults(), environment());

    private PoolEnvironment environment() {
        PoolEnvironment fakes = host.environment();
        LongSupplier hooked = () -> {
            long read = host.clock.getAsLong();
            whenTheClockIsRead.getAndSet(() -> {}).run();
            return read;
        };
        return new PoolEnvironment(
                fakes.launcher(),
                fakes.watcher(),
                fakes.writers(),
                fakes.blocking(),
                hooked,
                fakes.files(),
                fakes.loads(),
                fakes.listener());
    }

    private WorkerPool.Ticket ask(String name) {
        ProcessClass processClass = PoolHost.processClass(name, ClassLimits.defaults());
        WorkerPool.Ticket ticket = pool.acquire(processClass, new AcquireOptions("loop", false, pool.now()), recorder);
        host.run();
        return ticket;
    }

    @Test
    void requestOfANewClassAfterTheShutdownIsRefusedAndStartsNothing() {
        pool.shutDown();

        ask("/a").cancel();

        assertThat(recorder.refusals()).singleElement().isInstanceOf(PoolClosedException.class);
        assertThat(host.launcher.launched()).isZero();
    }

    @Test
    void filesOfAClassAreNotWholeWhileOneIsBeingWritten() {
        ProcessClass known = PoolHost.processClass("/a", ClassLimits.defaults());
        assertThat(pool.filesAreWhole(known)).isTrue(); // as far as the pool knows
        ask("/a");
        assertThat(pool.filesAreWhole(known)).isTrue();

        host.script.beginToWrite();

        assertThat(pool.filesAreWhole(known)).isFalse();
    }

    @Test
    void ticketTakesItsRequestOutOfTheLine() {
        pool.acquire(
                        PoolHost.processClass("/a", ClassLimits.defaults()),
                        new AcquireOptions("loop", false, pool.now()),
                        recorder)
                .cancel();
        host.run();

        assertThat(recorder.leases()).isEmpty();
        assertThat(pool.snapshot().classes().get(0).workers().get(0).state()).isEqualTo("idle");
    }

    @Test
    void timeInAStateIsNotNegativeWhenTheStateChangesDuringTheSnapshot() throws Exception {
        ask("/a");
        Lease lease = recorder.take();
        lease.proven();
        Thread releasing = new Thread(() -> lease.release(Outcome.UNUSED));
        whenTheClockIsRead.set(() -> {
            host.clock.advance(Duration.ofSeconds(1).toNanos());
            releasing.start();
            while (releasing.getState() != Thread.State.WAITING && releasing.isAlive()) {
                Thread.onSpinWait(); // until it has released the worker, or waits for the lock of the snapshot
            }
        });

        PoolSnapshot.WorkerSnapshot worker =
                pool.snapshot().classes().get(0).workers().get(0);

        assertThat(worker.inState()).isGreaterThanOrEqualTo(Duration.ZERO);
        assertThat(worker.age()).isGreaterThanOrEqualTo(Duration.ZERO);
        releasing.join();
    }
}
