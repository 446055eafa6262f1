/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.limits;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks that may block, each with a deadline.
 *
 * <h2>Contract</h2>
 *
 * <p>A task that has not ended when its deadline is over, in the queue or on a thread, is expired: {@link BlockingCall}
 * then reports the failure to its event loop. A task that throws, whatever it throws, costs neither its thread nor
 * another task.
 *
 * <h2>Threads</h2>
 *
 * <p>A thread whose task is past its deadline counts as stuck, for example in a file system that does not answer. Up to
 * {@value #MAX_STUCK} stuck threads are replaced, so that the other tasks go on.
 *
 * <p>Threading: any thread. {@link DeadlineMonitor} calls {@link #check}.
 *
 * <p>Bound: the queue has as many entries as there are event loops' requests that wait.
 */
public final class BlockingExecutor implements Executor, AutoCloseable {

    /** The time that a task may take. */
    public static final Duration LIMIT = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(BlockingExecutor.class);
    private static final int MAX_STUCK = 48;
    private static final int KEPT_SECONDS = 10;

    private final String name;
    private final int threads;
    private final LongSupplier nanoTime;
    private final ThreadPoolExecutor pool;
    private final LogLimiter limiter;
    private final Set<Task> unfinished = ConcurrentHashMap.newKeySet();

    /**
     * Starts no thread yet.
     *
     * @param name of its threads, before their number
     * @param threads that work at the same time, at most, beside stuck ones
     */
    public BlockingExecutor(String name, int threads) {
        this(name, threads, System::nanoTime);
    }

    BlockingExecutor(String name, int threads, LongSupplier nanoTime) {
        this.name = name;
        this.threads = threads;
        this.nanoTime = nanoTime;
        this.limiter = new LogLimiter(nanoTime);
        AtomicInteger number = new AtomicInteger();
        this.pool = new ThreadPoolExecutor(
                threads, threads, KEPT_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
    }

    /**
     * {@inheritDoc}
     *
     * @throws RejectedExecutionException after {@link #close}
     */
    @Override
    public void execute(Runnable task) {
        Task entry = new Task(task, nanoTime.getAsLong() + LIMIT.toNanos());
        unfinished.add(entry);
        try {
            pool.execute(entry);
        } catch (RejectedExecutionException | Error e) { // an Error: no thread can be started
            if (!pool.getQueue().contains(entry)) {
                unfinished.remove(entry);
                throw e instanceof RejectedExecutionException rejected
                        ? rejected
                        : new RejectedExecutionException("no thread for a task", e);
            }
        }
    }

    /** Expires what is overdue, and replaces stuck threads. Called several times a second. */
    void check() {
        long now = nanoTime.getAsLong();
        int stuck = 0;
        for (Task task : unfinished) {
            if (now - task.deadlineNanos >= 0) {
                stuck += task.running ? 1 : 0;
                task.expire();
            }
        }
        resize(threads + Math.min(stuck, MAX_STUCK), stuck);
    }

    private void resize(int wanted, int stuck) {
        if (wanted > pool.getCorePoolSize()) {
            if (limiter.permits("stuck")) {
                LOG.warn(
                        "{} threads {}-… are stuck for more than {} s, in a file system or a program that does not"
                                + " answer; they are replaced, up to {}",
                        stuck,
                        name,
                        LIMIT.toSeconds(),
                        MAX_STUCK);
            }
            pool.setMaximumPoolSize(wanted);
            pool.setCorePoolSize(wanted);
        } else if (wanted < pool.getCorePoolSize()) {
            pool.setCorePoolSize(wanted);
            pool.setMaximumPoolSize(wanted);
        }
    }

    /** Takes no more tasks; those in the queue still run. */
    @Override
    public void close() {
        pool.shutdown();
    }

    /** One task and its deadline. */
    private final class Task implements Runnable {
        private final Runnable work;
        private final long deadlineNanos;
        private volatile boolean running;
        private boolean expired; // guarded by this

        Task(Runnable work, long deadlineNanos) {
            this.work = work;
            this.deadlineNanos = deadlineNanos;
        }

        @Override
        public void run() {
            try {
                running = true;
                work.run();
            } catch (Throwable e) {
                failed("a task", e);
            } finally {
                unfinished.remove(this);
            }
        }

        void expire() {
            if (!(work instanceof Expiring waited)) {
                return;
            }
            synchronized (this) {
                if (expired) {
                    return;
                }
                expired = true;
            }
            try {
                waited.expire();
            } catch (Throwable e) {
                failed("the deadline of a task", e);
            }
        }
    }

    /** The thread lives on, whatever was thrown, and even if the log can't be written. */
    private void failed(String what, Throwable why) {
        try {
            if (limiter.permits(what + why.getClass())) {
                LOG.error("{} failed on a thread {}-…; the thread continues", what, name, why);
            }
        } catch (Throwable again) {
            // no memory for a line
        }
    }
}
