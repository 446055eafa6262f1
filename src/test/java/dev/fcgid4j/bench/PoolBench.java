/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.bench;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.inotify.InotifyWatcher;
import dev.fcgid4j.pool.AcquireOptions;
import dev.fcgid4j.pool.Lease;
import dev.fcgid4j.pool.LeaseListener;
import dev.fcgid4j.pool.Outcome;
import dev.fcgid4j.pool.PoolEnvironment;
import dev.fcgid4j.pool.PoolSettings;
import dev.fcgid4j.pool.WorkerPool;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.testkit.FakeLauncher;
import dev.fcgid4j.testkit.FakeProcess;
import dev.fcgid4j.watch.WatchSettings;
import dev.fcgid4j.writers.KernelWriterDetector;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** One worker taken from the pool and given back, by 1 to 64 threads that share one class of 64 processes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class PoolBench {

    private static final int PROCESSES = 64;

    private final InotifyWatcher watcher = InotifyWatcher.open(WatchSettings.defaults());
    private final WorkerPool pool = new WorkerPool(
            PoolSettings.defaults(),
            new PoolEnvironment(
                    new FakeLauncher(),
                    watcher,
                    KernelWriterDetector.open(watcher, WatchSettings.defaults()),
                    Runnable::run,
                    System::nanoTime,
                    FakeProcess::loads));
    private final ProcessClass processClass = new ProcessClass(
            "/bench",
            new ProcessCommand(List.of("/bin/true"), Map.of(), Path.of("/")),
            new ChangePolicy(List.of(Path.of("/bin/true")), List.of(), false, false, Optional.empty(), 0),
            ClassLimits.defaults().toBuilder().maxProcesses(PROCESSES).build());

    /** Starts all processes, so that none is started while it is measured. */
    @Setup
    public void start() throws InterruptedException {
        Lease[] leases = new Lease[PROCESSES];
        for (int i = 0; i < PROCESSES; i++) {
            leases[i] = new Taker().take(pool, processClass);
        }
        for (Lease lease : leases) {
            lease.proven();
            lease.release(Outcome.COMPLETED);
        }
    }

    /** Ends everything. */
    @TearDown
    public void end() {
        pool.close();
        watcher.close();
    }

    /** By one thread. */
    @Benchmark
    @Threads(1)
    public void by01() throws InterruptedException {
        takeAndGiveBack();
    }

    /** By four. */
    @Benchmark
    @Threads(4)
    public void by04() throws InterruptedException {
        takeAndGiveBack();
    }

    /** By sixteen. */
    @Benchmark
    @Threads(16)
    public void by16() throws InterruptedException {
        takeAndGiveBack();
    }

    /** By sixty-four. */
    @Benchmark
    @Threads(64)
    public void by64() throws InterruptedException {
        takeAndGiveBack();
    }

    private void takeAndGiveBack() throws InterruptedException {
        new Taker().take(pool, processClass).release(Outcome.COMPLETED);
    }

    /** Waits for its lease. */
    private static final class Taker implements LeaseListener {
        private final CountDownLatch decided = new CountDownLatch(1);
        private volatile Optional<Lease> lease = Optional.empty();

        Lease take(WorkerPool pool, ProcessClass processClass) throws InterruptedException {
            pool.acquire(processClass, new AcquireOptions(Thread.currentThread(), false, System.nanoTime()), this);
            decided.await();
            return lease.orElseThrow();
        }

        @Override
        public void granted(Lease given) {
            lease = Optional.of(given);
            decided.countDown();
        }

        @Override
        public void refused(FcgiException why) {
            decided.countDown();
        }
    }
}
