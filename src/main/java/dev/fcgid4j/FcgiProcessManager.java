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
import dev.fcgid4j.mapping.SiteResolver;
import dev.fcgid4j.observe.FcgiListener;
import dev.fcgid4j.observe.FcgiListeners;
import dev.fcgid4j.observe.PoolSnapshot;
import dev.fcgid4j.pool.PoolEnvironment;
import dev.fcgid4j.pool.Reaper;
import dev.fcgid4j.pool.WorkerPool;
import dev.fcgid4j.process.PosixLauncher;
import dev.fcgid4j.status.EventLog;
import dev.fcgid4j.writers.KernelWriterDetector;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the FastCGI applications of one site: builder, life cycle, and the parts that adapters need.
 *
 * <p>Lifecycle: {@link Builder#start()} opens a run directory, a watcher and a few daemon threads; no process is
 * started before the first request. {@link #close()} ends all of it, and so does the end of the JVM, however it
 * comes.
 *
 * <p>Threading: everything handed out may be used from any thread. Building, {@link
 * Builder#start()}, {@link #shutDown}, {@link #snapshot()} and {@link #close()} block: don't call them on an event loop.
 */
public final class FcgiProcessManager implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FcgiProcessManager.class);
    private static final int BLOCKING_THREADS = 16;
    private static final Duration LAST_GRACE = Duration.ofSeconds(2);

    private final FcgiSettings settings;
    private final PosixLauncher launcher;
    private final InotifyWatcher watcher;
    private final ThreadPoolExecutor blocking;
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
            watcher.close(); // a mistake in the configuration leaves nothing behind
            throw e;
        }
        this.blocking = new ThreadPoolExecutor(
                BLOCKING_THREADS,
                BLOCKING_THREADS,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new DefaultThreadFactory("fcgid4j-blocking", true));
        blocking.allowCoreThreadTimeOut(true);
        KernelWriterDetector writers = KernelWriterDetector.open(watcher, settings.watch());
        LoadReports loads = LoadReports.onDisk(settings.process().reportLoads());
        this.pool = new WorkerPool(
                settings.pool(),
                new PoolEnvironment(launcher, watcher, writers, blocking, System::nanoTime, loads)
                        .withListener(listener));
        this.reaper = Reaper.start(pool);
        this.gateway = new FastCgiGateway(
                new FastCgiGateway.Parts(resolver, pool, watcher, new CgiEnvironment(settings.cgi()), blocking),
                settings.gateway());
        resolver.onSuperseded(this::retire);
    }

    /** No path leads to this class any more, because its configuration changed. */
    private void retire(ProcessClass superseded) {
        if (pool.retire(superseded)) {
            LOG.info("{}: its configuration changed", superseded);
        }
    }

    /** A builder; name at least a document root. */
    public static Builder builder() {
        return new Builder();
    }

    /** The settings in force. */
    public FcgiSettings settings() {
        return settings;
    }

    /** What adapters hand requests to. */
    public FastCgiGateway gateway() {
        return gateway;
    }

    /** For what may block: reading files, asking for a snapshot. Rejects nothing until {@link #close()}. */
    public Executor blocking() {
        return blocking;
    }

    /** What the workers do now. Reads a file per worker: not for event loops. */
    public PoolSnapshot snapshot() {
        return pool.snapshot();
    }

    /**
     * Replaces the workers of one process class, busy ones after their request: what a change of its files does.
     *
     * @param name as the snapshot calls the class, such as {@code /app.fcgi}
     * @return whether there is such a class
     */
    public boolean recycle(String name) {
        return pool.recycle(name);
    }

    /**
     * Takes no more requests, lets running ones finish within {@code limit}, and stops every worker. Then {@link
     * #close()}.
     */
    public void shutDown(Duration limit) {
        pool.shutDown();
        awaitEmpty(limit);
        close();
    }

    /** Stops every worker at once: SIGTERM, two seconds, SIGKILL. Blocks until all are reaped. Twice is harmless. */
    @Override
    public void close() {
        pool.close();
        awaitEmpty(LAST_GRACE);
        launcher.close();
        reaper.close();
        resolver.close();
        watcher.close();
        blocking.shutdown();
    }

    private void awaitEmpty(Duration limit) {
        try {
            pool.awaitEmpty(limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // what is left is killed
        }
    }

    /** Collects the settings of a manager and starts it; not thread-safe. */
    public static final class Builder extends SettingsBuilder<Builder> {

        private final List<FcgiListener> listeners = new ArrayList<>(List.of(new EventLog()));

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /**
         * Adds a listener for what happens in the pool. The pool's log lines have a listener of their own, which is always
         * there.
         */
        public Builder listener(FcgiListener listener) {
            listeners.add(requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * The settings that all calls so far come to.
         *
         * @throws ConfigurationException when there is no document root
         */
        public FcgiSettings settings() {
            return finish();
        }

        /**
         * Starts a manager.
         *
         * @throws ConfigurationException when there is no document root, or for a mistake in a directive about mapping:
         *     file, line, what was expected and what was found
         */
        public FcgiProcessManager start() {
            return new FcgiProcessManager(finish(), new FcgiListeners(listeners));
        }
    }
}
