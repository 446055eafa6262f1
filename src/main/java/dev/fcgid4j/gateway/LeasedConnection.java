/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.pool.Lease;
import dev.fcgid4j.pool.Outcome;
import dev.fcgid4j.posix.ResourceShortage;
import dev.fcgid4j.process.ProcessActivity;
import dev.fcgid4j.worker.WorkerConnection;
import dev.fcgid4j.worker.WorkerConnector;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A leased worker and the connection to it. The connection is taken from the worker or opened; in the end it is kept or
 * closed, and the lease released. In between, the I/O timeout runs.
 *
 * <p>Threading: belongs to the exchange's event loop. Ownership: owns the lease and the connection until {@link #release}.
 */
final class LeasedConnection implements AcceptanceCheck.Subject, IoTimeouts.Timed {

    /** Runs a request on the connection. Called on the event loop. */
    interface Listener {

        /** The connection is open; perhaps called within {@link LeasedConnection#open}. */
        void opened(WorkerConnection connection);

        /** The worker cannot be reached, or has exited before it accepted the connection. */
        void unread(FcgiException why);

        /** The system lacks the means for a connection, which is not the worker's fault. */
        void shortOfMeans(FcgiException why);

        /** Looks for progress since the last call, and ends the request if there was none for the limit (FcgidIOTimeout). */
        void checkTimeout(long nowNanos, long limitNanos);
    }

    private static final long KEPT_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final EventLoopContext context;
    private final Lease lease;
    private final Listener listener;
    private @Nullable WorkerConnection connection;
    private @Nullable KeptConnectionCheck check;
    private boolean fresh;
    private boolean trusted; // no further look at a kept connection is needed
    private boolean asking;
    private boolean released;

    LeasedConnection(EventLoopContext context, Lease lease, Listener listener) {
        this.context = context;
        this.lease = lease;
        this.listener = listener;
    }

    /**
     * Uses the connection that the worker has kept, or opens a new one.
     *
     * @param mayReuse false for a request that must not be repeated: if a kept connection breaks, it is not known whether
     *     the application has read the request
     */
    void open(boolean mayReuse) {
        Optional<WorkerConnection> kept = lease.takeConnection();
        boolean reuse = mayReuse
                && kept.isPresent()
                && lease.keepsConnections()
                && kept.get().isOpen()
                && kept.get().loop() == context.loop();
        fresh = !reuse;
        context.timeouts().add(this);
        if (reuse) {
            connection = kept.get();
            listener.opened(kept.get());
        } else {
            kept.ifPresent(WorkerConnection::close);
            openNew();
        }
    }

    /** Opens a new connection; the one before, if there was one, is closed. */
    void openNew() {
        fresh = true;
        connection = null;
        lease.onExit(new AcceptanceCheck(context.loop(), this));
        Optional<Path> socket = lease.socketPath();
        if (socket.isPresent()) {
            WorkerConnector.connect(context.loop(), socket.get(), this::connected);
        } else {
            listener.unread(AttemptFailures.unreachable(lease, null));
        }
    }

    private void connected(@Nullable WorkerConnection opened, @Nullable Throwable why) {
        if (released) {
            if (opened != null) {
                opened.close();
            }
        } else if (opened == null && ResourceShortage.isCause(why)) {
            listener.shortOfMeans(AttemptFailures.shortOfMeans(lease, why));
        } else if (opened == null) {
            listener.unread(AttemptFailures.unreachable(lease, why));
        } else {
            connection = opened;
            listener.opened(opened);
        }
    }

    /** The lease; its worker belongs to others after {@link #release}. */
    Lease lease() {
        return lease;
    }

    /** The open connection; null while there is none. */
    @Nullable
    WorkerConnection connection() {
        return connection;
    }

    /** Whether the connection was opened for this request. */
    boolean isFresh() {
        return fresh;
    }

    /** Stops or resumes reading the response, if a connection is open. */
    void reading(boolean on) {
        if (connection != null) {
            connection.reading(on);
        }
    }

    /** Records of the response that have arrived. */
    long received() {
        return connection == null ? 0 : connection.received();
    }

    @Override
    public @Nullable WorkerConnection undecidedConnection() {
        return received() > 0 ? null : connection;
    }

    @Override
    public void neverAccepted() {
        listener.unread(AttemptFailures.neverAccepted(lease));
    }

    @Override
    public long ioTimeoutNanos() {
        return lease.processClass().limits().ioTimeout().toNanos();
    }

    /** A request on a kept connection is looked at soon, because the worker may not read it. */
    @Override
    public long longestTickNanos() {
        return fresh ? IoTimeouts.Timed.super.longestTickNanos() : KEPT_TICK_NANOS;
    }

    @Override
    public void checkTimeout(long nowNanos) {
        WorkerConnection open = connection;
        if (!fresh && !trusted && !asking && open != null) {
            checkKept(open);
        }
        listener.checkTimeout(nowNanos, ioTimeoutNanos());
    }

    private void checkKept(WorkerConnection kept) {
        if (kept.received() > 0 || !kept.hasUnreadOutput()) {
            trusted = true; // the worker has read the request, and may take its time
            return;
        }
        asking = true;
        lease.askActivity(activity -> context.loop().execute(() -> sampled(kept, activity)));
    }

    private void sampled(WorkerConnection kept, Optional<ProcessActivity> activity) {
        asking = false;
        if (released || connection != kept || kept.received() > 0 || !kept.hasUnreadOutput()) {
            return;
        }
        if (check == null) {
            check = new KeptConnectionCheck();
        }
        switch (check.sample(activity, context.now())) {
            case UNDECIDED -> {}
            case TRUSTED -> trusted = true;
            case HANGS -> {
                lease.keptConnectionUnread();
                kept.close();
                openNew();
            }
        }
    }

    @Override
    public void loopEnded() {
        released = true;
        WorkerConnection open = connection;
        connection = null;
        if (open != null) {
            open.abandon();
        }
        lease.release(Outcome.FAILED);
    }

    /**
     * Gives the worker back.
     *
     * @param keepConnection whether the next request may use the connection
     * @param status the HTTP status of the response; 0 if there is none
     */
    void release(Outcome outcome, boolean keepConnection, int status) {
        released = true;
        context.timeouts().remove(this);
        WorkerConnection open = connection;
        connection = null;
        if (open != null && keepConnection && lease.keepsConnections() && open.isOpen()) {
            open.reading(true);
            lease.keep(open);
        } else if (open != null) {
            open.close();
        }
        lease.answered(status);
        lease.release(outcome);
    }
}
