/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.worker;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.process.ApplicationProcess;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One application process as the pool sees it: state, age, counts.
 *
 * <p>Threading: the lock of the worker's group guards its state. Any thread may read {@link #process()} and {@link
 * #proven()}. The connection belongs to the lease holder; between two leases only the channel itself uses it, on its event
 * loop.
 */
public final class Worker {

    /** The generation of a worker whose process has not been started yet. */
    public static final int NOT_LAUNCHED = -1;

    private final ProcessClass processClass;
    private final long startedNanos;

    // Written once, before other threads see the worker.
    private @Nullable Object attachedState;

    // Guarded by the group's lock.
    private WorkerState state = WorkerState.STARTING;
    private long stateSinceNanos;
    private long leasedNanos;
    private int generation;
    private long requests;
    private @Nullable Object affinity;
    private boolean killed;
    private @Nullable ExitStatus exitStatus;

    // Written under the group's lock, read by anyone.
    private volatile @Nullable RetireReason retireReason;
    private volatile @Nullable Path changedFile;

    // Written once by the thread that launched it, before anybody else sees the worker.
    private volatile @Nullable ApplicationProcess process;

    // Written by the lease holder's event loop; false to true only.
    private volatile boolean proven;

    // Guarded by themselves.
    private final ExitNotice exitNotice = new ExitNotice();
    private final RecentOutput output = new RecentOutput();

    // Owned by the lease holder.
    private int lastStatus;
    private @Nullable WorkerConnection connection;

    /**
     * Creates a worker that has no process yet.
     *
     * @param generation the version of the application's files that it will run
     * @param nowNanos the pool's clock
     */
    public Worker(ProcessClass processClass, int generation, long nowNanos) {
        this.processClass = requireNonNull(processClass, "processClass");
        this.generation = generation;
        this.startedNanos = nowNanos;
        this.stateSinceNanos = nowNanos;
    }

    /** The class it belongs to. */
    public ProcessClass processClass() {
        return processClass;
    }

    /** When its start was decided, on the pool's clock. */
    public long startedNanos() {
        return startedNanos;
    }

    /** Its state. Guarded by the group's lock. */
    public WorkerState state() {
        return state;
    }

    /** When it came into its state, on the pool's clock. Guarded by the group's lock. */
    public long stateSinceNanos() {
        return stateSinceNanos;
    }

    /**
     * Moves it. Guarded by the group's lock.
     *
     * @throws IllegalStateException when there is no such move
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

    /** When it last became {@link WorkerState#BUSY}, on the pool's clock; 0 before. Guarded by the group's lock. */
    public long leasedNanos() {
        return leasedNanos;
    }

    /** The version of the application's files that it runs. Guarded by the group's lock. */
    public int generation() {
        return generation;
    }

    /** Sets the generation, just before its process is started. Guarded by the group's lock. */
    public void generation(int value) {
        generation = value;
    }

    /** Requests it ended. Guarded by the group's lock. */
    public long requests() {
        return requests;
    }

    /** Counts a request. Guarded by the group's lock. */
    public void countRequest() {
        requests++;
    }

    /** Why it is to be, or was, stopped. */
    public Optional<RetireReason> retireReason() {
        return Optional.ofNullable(retireReason);
    }

    /** Marks it for retirement; the first reason stays. Guarded by the group's lock. */
    public void markForRetirement(RetireReason reason) {
        if (retireReason == null) {
            retireReason = requireNonNull(reason, "reason");
        }
    }

    /** The file whose change is the reason, if one is. */
    public Optional<Path> changedFile() {
        return Optional.ofNullable(changedFile);
    }

    /** Marks it for retirement because a file changed; the first reason stays. Guarded by the group's lock. */
    public void markForRetirement(RetireReason reason, Path file) {
        if (retireReason == null) {
            changedFile = requireNonNull(file, "file");
        }
        markForRetirement(reason);
    }

    /** Why it is to be, or was, stopped, in words; empty when it isn't. */
    public String retirement() {
        String reason = retireReason == null ? "" : retireReason.toString();
        return changedFile == null ? reason : reason + ": " + changedFile;
    }

    /** Notes a line of its output. Any thread. */
    public void noteOutput(String line) {
        output.add(line);
    }

    /** The last lines of its output, as a sentence for a message; empty when there were none. Any thread. */
    public String lastWords() {
        return output.sentence();
    }

    /** Notes the HTTP status of its answer; 0 before there is one. For the lease holder. */
    public void answered(int status) {
        lastStatus = status;
    }

    /** The HTTP status of its last answer; 0 when there was none. To be read after the lease has been released. */
    public int lastStatus() {
        return lastStatus;
    }

    /**
     * Attaches the object in which a higher layer keeps its own state of this worker. Called once, by the creator of the
     * worker, before other threads see it.
     */
    public void attachState(Object state) {
        attachedState = requireNonNull(state, "state");
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

    /** Whose event loop its connection lived on last; an opaque token. Guarded by the group's lock. */
    public Optional<Object> affinity() {
        return Optional.ofNullable(affinity);
    }

    /** Sets the token of {@link #affinity()}. Guarded by the group's lock. */
    public void affinity(Object token) {
        affinity = token;
    }

    /** Whether SIGKILL was sent already. Guarded by the group's lock. */
    public boolean killed() {
        return killed;
    }

    /** Notes that SIGKILL is sent. Guarded by the group's lock. */
    public void noteKilled() {
        killed = true;
    }

    /** Its process; empty while it is being started. */
    public Optional<ApplicationProcess> process() {
        return Optional.ofNullable(process);
    }

    /** Gives it its process. Called once, by the thread that launched it. */
    public void attach(ApplicationProcess launched) {
        process = requireNonNull(launched, "launched");
    }

    /** Its process id; 0 while it is being started. */
    public long pid() {
        ApplicationProcess p = process;
        return p == null ? 0 : p.pid();
    }

    /**
     * Closes the kept connection and asks the process to end. Some applications, such as php-cgi, end only when their
     * connection does. To be called while no request has a lease of the worker.
     */
    public void terminate() {
        connection().ifPresent(WorkerConnection::close);
        forgetConnection();
        process().ifPresent(ApplicationProcess::terminate);
    }

    /** Kills the process. Any thread. */
    public void kill() {
        process().ifPresent(ApplicationProcess::kill);
    }

    /** Whether the application ever answered a byte, which proves that it has read its files. */
    public boolean proven() {
        return proven;
    }

    /** Notes the first byte of an answer. */
    public void prove() {
        proven = true;
    }

    /** How its process ended; empty while it runs. Guarded by the group's lock. */
    public Optional<ExitStatus> exitStatus() {
        return Optional.ofNullable(exitStatus);
    }

    /** Notes how its process ended. Guarded by the group's lock. */
    public void exitStatus(ExitStatus status) {
        exitStatus = requireNonNull(status, "status");
    }

    /** Tells the lease holder that the process has been reaped. Any thread. */
    public ExitNotice exitNotice() {
        return exitNotice;
    }

    /** The connection that was kept open after the last request, if any. For the lease holder. */
    public Optional<WorkerConnection> connection() {
        return Optional.ofNullable(connection);
    }

    /** Keeps a connection for the next request. For the lease holder. */
    public void keep(WorkerConnection open) {
        connection = requireNonNull(open, "open");
    }

    /** Takes the kept connection away. For the lease holder. */
    public void forgetConnection() {
        connection = null;
    }

    @Override
    public String toString() {
        return processClass.name() + "[" + pid() + "]";
    }
}
