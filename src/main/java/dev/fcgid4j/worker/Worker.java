/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.worker;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.process.ApplicationProcess;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One application process as the pool sees it: state, age, counts.
 *
 * <p>Threading: the lock of the worker's group guards its state. Any thread may call {@link #process()}, {@link #pid()},
 * {@link #proven()}, {@link #kill()} and read {@link #retirement()}. The connection belongs to the lease holder; between
 * two leases only the channel itself uses it, on its event loop.
 */
public final class Worker {

    /** The generation of a worker whose process has not been started yet. */
    public static final int NOT_LAUNCHED = -1;

    private final ProcessClass processClass;
    private final long startedNanos;
    private final RetirementMark retirement = new RetirementMark();
    private final ProcessEnd end = new ProcessEnd();

    // Written once, before other threads see the worker.
    private @Nullable Object attachedState;

    // Guarded by the group's lock.
    private WorkerState state = WorkerState.STARTING;
    private long stateSinceNanos;
    private long leasedNanos;
    private int generation;
    private long requests;
    private @Nullable Object affinity;

    // Written once, by the thread that launched the process, before other threads use it.
    private volatile @Nullable ApplicationProcess process;

    // Written by the lease holder's event loop; false to true only.
    private volatile boolean proven;

    // Owned by the lease holder.
    private int lastStatus;
    private @Nullable WorkerConnection connection;

    /**
     * Creates a worker that has no process yet.
     *
     * @param generation the version of the application's files that the worker will run
     * @param nowNanos the present time on the pool's clock
     */
    public Worker(ProcessClass processClass, int generation, long nowNanos) {
        this.processClass = requireNonNull(processClass, "processClass");
        this.generation = generation;
        this.startedNanos = nowNanos;
        this.stateSinceNanos = nowNanos;
    }

    /** Returns the class that the worker belongs to. */
    public ProcessClass processClass() {
        return processClass;
    }

    // ---- state, guarded by the group's lock -----------------------------------------------------------------------

    /** Returns when the start was decided, on the pool's clock. */
    public long startedNanos() {
        return startedNanos;
    }

    /** Returns the state. Guarded by the group's lock. */
    public WorkerState state() {
        return state;
    }

    /** Returns when the present state began, on the pool's clock. Guarded by the group's lock. */
    public long stateSinceNanos() {
        return stateSinceNanos;
    }

    /**
     * Changes the state. Guarded by the group's lock.
     *
     * @throws IllegalStateException if {@link WorkerState} doesn't allow this change; the state stays
     */
    public void become(WorkerState next, long nowNanos) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException(this + " can't become " + next);
        }
        state = next;
        stateSinceNanos = nowNanos;
        if (next == WorkerState.BUSY) {
            leasedNanos = nowNanos;
        }
    }

    /** Returns when the state last became BUSY, on the pool's clock; 0 before. Guarded by the group's lock. */
    public long leasedNanos() {
        return leasedNanos;
    }

    /** Returns the version of the application's files that the process runs. Guarded by the group's lock. */
    public int generation() {
        return generation;
    }

    /** Sets the generation, just before the process is started. Guarded by the group's lock. */
    public void generation(int value) {
        generation = value;
    }

    /** Returns the number of ended requests. Guarded by the group's lock. */
    public long requests() {
        return requests;
    }

    /** Counts an ended request. Guarded by the group's lock. */
    public void countRequest() {
        requests++;
    }

    /** Returns the token of the event loop that had the last connection. Guarded by the group's lock. */
    public Optional<Object> affinity() {
        return Optional.ofNullable(affinity);
    }

    /** Sets the token of {@link #affinity()}, which the pool only compares. Guarded by the group's lock. */
    public void affinity(Object token) {
        affinity = token;
    }

    /** Returns the mark that says whether and why the worker retires. */
    public RetirementMark retirement() {
        return retirement;
    }

    /** Returns why the worker retires; empty if it isn't marked for retirement. Any thread. */
    public Optional<RetireReason> retireReason() {
        return retirement.reason();
    }

    /**
     * Attaches the object in which a higher layer keeps its own state of this worker. Called once, by the creator of the
     * worker, before other threads see it.
     */
    public void attachState(Object attached) {
        attachedState = requireNonNull(attached, "attached");
    }

    /**
     * Returns the attached object. Any thread.
     *
     * @throws IllegalStateException if there is none
     */
    public <T> T attachedState(Class<T> type) {
        if (attachedState == null) {
            throw new IllegalStateException(this + " has no attached state");
        }
        return type.cast(attachedState);
    }

    // ---- process --------------------------------------------------------------------------------------------------

    /** Returns the process; empty while it is being started. Any thread. */
    public Optional<ApplicationProcess> process() {
        return Optional.ofNullable(process);
    }

    /** Attaches the process. Called once, by the thread that launched it. */
    public void attach(ApplicationProcess launched) {
        process = requireNonNull(launched, "launched");
    }

    /** Returns the process id; 0 while the process is being started. Any thread. */
    public long pid() {
        ApplicationProcess launched = process;
        return launched == null ? 0 : launched.pid();
    }

    /**
     * Closes the kept connection and sends SIGTERM. Some applications, such as php-cgi, end only when their connection
     * does. Call while no request has a lease of the worker.
     */
    public void terminate() {
        connection().ifPresent(WorkerConnection::close);
        forgetConnection();
        process().ifPresent(ApplicationProcess::terminate);
    }

    /** Sends SIGKILL. Any thread. */
    public void kill() {
        process().ifPresent(ApplicationProcess::kill);
    }

    /** Returns what is known about the end of the process. */
    public ProcessEnd end() {
        return end;
    }

    /** Returns whether the process ever answered a byte, which proves that it has read its files. Any thread. */
    public boolean proven() {
        return proven;
    }

    /** Records the first byte of an answer. For the lease holder. */
    public void prove() {
        proven = true;
    }

    // ---- for the lease holder -------------------------------------------------------------------------------------

    /** Records the HTTP status of the response; 0 before there is one. For the lease holder. */
    public void answered(int status) {
        lastStatus = status;
    }

    /** Returns the HTTP status of the last response; 0 if there was none. Call after the lease has been released. */
    public int lastStatus() {
        return lastStatus;
    }

    /** Returns the connection that stayed open after the last request, if there is one. For the lease holder. */
    public Optional<WorkerConnection> connection() {
        return Optional.ofNullable(connection);
    }

    /** Keeps a connection for the next request. For the lease holder. */
    public void keep(WorkerConnection open) {
        connection = requireNonNull(open, "open");
    }

    /** Removes the kept connection without closing it. For the lease holder. */
    public void forgetConnection() {
        connection = null;
    }

    @Override
    public String toString() {
        return processClass.name() + "[" + pid() + "]";
    }
}
