/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.cgi.CgiEnvironment;
import dev.fcgid4j.failure.ConfigurationException;
import dev.fcgid4j.freshness.LoadReports;
import dev.fcgid4j.freshness.ReporterScripts;
import dev.fcgid4j.gateway.FastCgiGateway;
import dev.fcgid4j.inotify.InotifyWatcher;
import dev.fcgid4j.limits.BlockingExecutor;
import dev.fcgid4j.limits.DeadlineMonitor;
import dev.fcgid4j.mapping.SiteResolver;
import dev.fcgid4j.observe.FcgiListener;
import dev.fcgid4j.observe.FcgiListeners;
import dev.fcgid4j.observe.Health;
import dev.fcgid4j.observe.PoolSnapshot;
import dev.fcgid4j.pool.PoolEnvironment;
import dev.fcgid4j.pool.Reaper;
import dev.fcgid4j.pool.WorkerPool;
import dev.fcgid4j.process.PosixLauncher;
import dev.fcgid4j.status.EventLog;
import dev.fcgid4j.writers.KernelWriterDetector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the FastCGI applications of one site. This class is the entry point for embedders: it has a builder, a life cycle,
 * and the parts that adapters need.
 *
 * <p>Life cycle: {@link Builder#start()} opens a run directory, a watcher and a few daemon threads. The first process of an
 * application starts with its first request. {@link #close()} ends all of it. If the JVM ends without {@code close}, even by
 * SIGKILL, a guardian process stops the applications and removes the run directory.
 *
 * <p>Threading: any thread may use a manager and all objects that it returns. Building, {@link
 * Builder#start()}, {@link #shutDown}, {@link #snapshot()} and {@link #close()} block: don't call them on an event loop.
 *
 * <p>Ownership: the caller of {@code start} closes the manager. The manager owns all that its methods return.
 */
public final class FcgiProcessManager implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FcgiProcessManager.class);
    private static final int BLOCKING_THREADS = 16;
    private static final int START_THREADS = 8;
    private static final int SPOOL_THREADS = 4;
    private static final Duration LAST_GRACE = Duration.ofSeconds(2);

    private final FcgiSettings settings;
    private final PosixLauncher launcher;
    private final InotifyWatcher watcher;
    private final BlockingExecutor blocking;
    private final BlockingExecutor starts;
    private final BlockingExecutor spooling;
    private final DeadlineMonitor deadlines;
    private final WorkerPool pool;
    private final Reaper reaper;
    private final SiteResolver resolver;
    private final FastCgiGateway gateway;

    private FcgiProcessManager(FcgiSettings settings, FcgiListener listener) {
        this.settings = settings;
        this.watcher = InotifyWatcher.open(settings.watch());
        try {
            this.resolver = new SiteResolver(settings.mapping(), watcher);
            this.launcher = PosixLauncher.open(settings.process(), ReporterScripts::unpack);
        } catch (RuntimeException e) {
            watcher.close(); // a mistake in the configuration leaves no thread or descriptor behind
            throw e;
        }
        this.blocking = new BlockingExecutor("fcgid4j-blocking", BLOCKING_THREADS);
        this.starts = new BlockingExecutor("fcgid4j-start", START_THREADS);
        this.spooling = new BlockingExecutor("fcgid4j-spool", SPOOL_THREADS);
        this.deadlines = DeadlineMonitor.start(List.of(blocking, starts, spooling));
        KernelWriterDetector writers = KernelWriterDetector.open(watcher, settings.watch());
        LoadReports loads = LoadReports.onDisk(settings.process().reportLoads());
        this.pool = new WorkerPool(
                settings.pool(),
                new PoolEnvironment(launcher, watcher, writers, blocking, System::nanoTime, loads)
                        .withStarts(starts)
                        .withListener(listener));
        this.reaper = Reaper.start(pool);
        this.gateway = new FastCgiGateway(
                new FastCgiGateway.Parts(
                        resolver, pool, watcher, new CgiEnvironment(settings.cgi()), blocking, spooling),
                settings.gateway());
        resolver.onSuperseded(this::retire);
    }

    /** Retires a class that no URL resolves to any more, because its configuration changed. */
    private void retire(ProcessClass superseded) {
        if (pool.retire(superseded)) {
            LOG.info("{}: its configuration changed", superseded);
        }
    }

    /** Returns a builder. It needs at least a document root. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the settings of this manager. */
    public FcgiSettings settings() {
        return settings;
    }

    /** Returns the gateway, to which adapters pass requests. */
    public FastCgiGateway gateway() {
        return gateway;
    }

    /**
     * Returns the executor for tasks that may block, such as reading files or taking a snapshot. It has at most 16 threads and
     * an unbounded queue, and rejects no task until {@link #close()}. A task that takes more than ten seconds counts as stuck:
     * its thread is replaced.
     */
    public Executor blocking() {
        return blocking;
    }

    /** Returns what the workers do now. Reads a file for each worker, so call it on no event loop. */
    public PoolSnapshot snapshot() {
        return pool.snapshot();
    }

    /**
     * Returns whether everything that serves requests is alive. A problem stays until the program is restarted. Never
     * blocks.
     */
    public Health health() {
        List<String> problems = new ArrayList<>();
        int loops = gateway.deadEventLoops();
        if (loops > 0) {
            problems.add(loops + " event loops have died, and their clients get no answer; restart the program");
        }
        if (reaper.isDead()) {
            problems.add("the thread fcgid4j-reaper has died, so no time limit holds; restart the program");
        }
        if (launcher.isDead()) {
            problems.add("the thread fcgid4j-process has died, so no process is reaped; restart the program");
        }
        if (watcher.isDead()) {
            problems.add("the thread fcgid4j-watch has died, so edits are noticed late; restart the program");
        }
        if (deadlines.isDead()) {
            problems.add("the thread fcgid4j-deadlines has died, so a disk may stop requests; restart the program");
        }
        return new Health(problems);
    }

    /**
     * Replaces the workers of one process class, as a change of its files does: idle workers at once, busy ones after their
     * request.
     *
     * @param name the name of the class in the snapshot, such as {@code /app.fcgi}
     * @return false if the pool has no class of this name
     */
    public boolean recycle(String name) {
        return pool.recycle(name);
    }

    /**
     * Refuses new requests, waits until running ones have finished, stops every worker, and closes the manager. Blocks.
     *
     * @param limit longest wait for running requests; workers that are still busy then are stopped
     */
    public void shutDown(Duration limit) {
        pool.shutDown();
        awaitEmpty(limit);
        close();
    }

    /**
     * Stops every worker at once: with SIGTERM, and after two seconds with SIGKILL. Blocks until all are reaped. A second
     * call does nothing.
     */
    @Override
    public void close() {
        pool.close();
        awaitEmpty(LAST_GRACE);
        launcher.close();
        reaper.close();
        resolver.close();
        watcher.close();
        blocking.close();
        starts.close();
        spooling.close();
        deadlines.close();
    }

    private void awaitEmpty(Duration limit) {
        try {
            pool.awaitEmpty(limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the launcher kills the processes that are left
        }
    }

    /** Collects the settings of a manager and starts it. Not thread-safe. */
    public static final class Builder extends SettingsBuilder<Builder> {

        private final List<FcgiListener> listeners = new ArrayList<>(List.of(new EventLog()));

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /**
         * Adds a listener for the events of the pool. The manager calls the listeners in the order in which they were added,
         * after the one that writes the log lines.
         */
        public Builder listener(FcgiListener listener) {
            listeners.add(requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * Returns the settings that all calls so far result in.
         *
         * @throws ConfigurationException if there is no document root
         */
        public FcgiSettings settings() {
            return finish();
        }

        /**
         * Starts a manager.
         *
         * @throws ConfigurationException if there is no document root, or a directive about mapping has a mistake; the message
         *     names file, line, what was expected and what was found
         */
        public FcgiProcessManager start() {
            return new FcgiProcessManager(finish(), new FcgiListeners(listeners));
        }
    }
}
