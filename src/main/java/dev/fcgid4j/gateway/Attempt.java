/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.codec.EndRequest;
import dev.fcgid4j.codec.ParamsWriter;
import dev.fcgid4j.codec.ProtocolStatus;
import dev.fcgid4j.codec.RecordType;
import dev.fcgid4j.codec.RecordWriter;
import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.failure.ProtocolException;
import dev.fcgid4j.failure.RequestRejectedException;
import dev.fcgid4j.failure.WorkerLostException;
import dev.fcgid4j.failure.WorkerTimeoutException;
import dev.fcgid4j.pool.Lease;
import dev.fcgid4j.pool.Outcome;
import dev.fcgid4j.worker.WorkerConnection;
import dev.fcgid4j.worker.WorkerConnector;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One try of an {@link Exchange} on one worker: connect or reuse, send, receive, let go.
 *
 * <p>Lifecycle: {@link #start}, then exactly one word to the {@link Exchange.Verdict}; the lease is released before that
 * word. After {@link #abort} nothing is said any more. When the rest of an answer is worth nothing, because the client is
 * gone or because the answer is withheld, the application is asked to abort; the lease is released when the worker has
 * come to an end, or was stopped because it did not.
 *
 * <p>Threading: belongs to the exchange's event loop.
 */
final class Attempt implements WorkerConnection.Listener {

    /** What most requests need without their body. */
    private static final int REQUEST_BYTES = 2048;

    private static final int FIRST_SERVER_ERROR = 500;
    private static final long SETTLE_MILLIS = 1;
    private static final long ABORT_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long ABORT_BYTES = 64L << 20;

    private final EventLoopContext state;
    private final ExchangeRequest request;
    private final Lease lease;
    private final Exchange.Verdict verdict;
    private final ResponseReader reader;
    private final BodySender sender;
    private final long ioTimeoutNanos;
    private @Nullable StderrLog stderr;
    private @Nullable WorkerConnection connection;
    private boolean fresh;
    private boolean answered;
    private boolean left;
    private boolean aborted;
    private boolean over;
    private long abortedBytes;
    private long abortedNanos;
    private long lastMoveNanos;
    private long sentAtLastCheck;

    Attempt(EventLoopContext state, ExchangeRequest request, Lease lease, Exchange.Verdict verdict) {
        this.state = state;
        this.request = request;
        this.lease = lease;
        this.verdict = verdict;
        this.reader = new ResponseReader(
                state.settings(), verdict.sink(), request.method(), lease::dependsOn, this::doubtful);
        this.sender = new BodySender(request.body());
        this.ioTimeoutNanos = lease.processClass().limits().ioTimeout().toNanos();
        this.lastMoveNanos = state.now();
    }

    void start() {
        state.timeouts().add(this);
        Optional<WorkerConnection> kept = lease.takeConnection();
        if (kept.isPresent()) {
            WorkerConnection there = kept.get();
            if (there.isOpen() && there.loop() == state.loop() && request.idempotent()) {
                lease.onExit(this::exited);
                run(there);
                return;
            }
            there.close();
        }
        lease.onExit(this::exited);
        connect();
    }

    /** The client takes bytes again. */
    void resume() {
        if (connection != null && !over) {
            lastMoveNanos = state.now();
            connection.reading(true);
        }
    }

    /** The client is gone. */
    void abort() {
        left = true;
        if (!over && !aborted) {
            endEarly();
        }
    }

    /** Nobody wants the rest of the answer. */
    private void endEarly() {
        aborted = true;
        abortedNanos = state.now();
        sender.stop();
        WorkerConnection open = connection;
        if (open == null) {
            return; // still connecting: connected() sees it
        }
        open.reading(true);
        ByteBuf record = open.allocate(8);
        RecordWriter.writeAbortRequest(record, WorkerConnection.REQUEST_ID);
        open.write(record);
        open.flush();
    }

    /** Its class's longest wait for a byte. */
    long ioTimeoutNanos() {
        return ioTimeoutNanos;
    }

    void checkTimeout(long nowNanos) {
        if (over) {
            return;
        }
        if (aborted) {
            if (nowNanos - abortedNanos > ABORT_NANOS || abortedBytes > ABORT_BYTES) {
                letGo(Outcome.STUCK, false);
                repeatUnlessLeft();
            }
            return;
        }
        if (sender.sent() != sentAtLastCheck || reader.heldBack()) {
            sentAtLastCheck = sender.sent();
            lastMoveNanos = nowNanos;
        } else if (nowNanos - lastMoveNanos > ioTimeoutNanos) {
            boolean committed = reader.committed();
            letGo(Outcome.TIMED_OUT, false);
            verdict.failed(
                    new WorkerTimeoutException(lease + " neither took nor sent a byte for "
                            + TimeUnit.NANOSECONDS.toSeconds(ioTimeoutNanos)
                            + " s (FcgidIOTimeout) and is stopped. Raise FcgidIOTimeout if it may be silent that long"),
                    committed);
        }
    }

    // ---- connecting -----------------------------------------------------------------------------------------------

    private void connect() {
        fresh = true;
        Optional<Path> socket = lease.socketPath();
        if (socket.isEmpty()) {
            lost(null);
            return;
        }
        WorkerConnector.connect(state.loop(), socket.get(), this::connected);
    }

    private void connected(@Nullable WorkerConnection opened, @Nullable Throwable why) {
        if (over) {
            if (opened != null) {
                opened.close();
            }
        } else if (opened == null) {
            letGo(Outcome.UNREAD, false);
            if (!aborted) {
                verdict.unread(new WorkerLostException(lease + " can't be reached: " + why));
            }
        } else if (aborted) {
            opened.close();
            letGo(Outcome.UNUSED, false);
        } else {
            run(opened);
        }
    }

    private void run(WorkerConnection open) {
        connection = open;
        open.begin(this);
        ByteBuf first = open.allocate(REQUEST_BYTES);
        try {
            RecordWriter.writeBeginRequest(
                    first, WorkerConnection.REQUEST_ID, lease.processClass().role(), true);
            ParamsWriter params = new ParamsWriter(first, WorkerConnection.REQUEST_ID);
            params.add(request.scriptVariables());
            request.variables().forEach(params::add);
            params.end();
        } catch (IllegalArgumentException e) {
            first.release();
            fail(
                    new ProtocolException("the request can't be put into FastCGI records: " + e.getMessage(), e),
                    Outcome.FAILED);
            return;
        }
        if (request.body().length() == 0) {
            RecordWriter.writeEndOfStream(first, RecordType.STDIN, WorkerConnection.REQUEST_ID);
            open.write(first);
            open.flush();
        } else {
            open.write(first);
            send(open);
        }
    }

    private void send(WorkerConnection open) {
        try {
            sender.send(open);
        } catch (java.io.IOException e) {
            fail(new WorkerLostException("the request body can't be read back: " + e.getMessage(), e), Outcome.FAILED);
        }
    }

    // ---- the process ----------------------------------------------------------------------------------------------

    /** On any thread: the process has been reaped. */
    private void exited() {
        // Were the connection accepted, its end is known to the loop by now or at its next look, and closed() comes
        // first. A look lies between a task that the loop runs now and one that this task schedules for later; not
        // between now and one scheduled from here, which a late loop finds due at once.
        EventLoop loop = state.loop();
        loop.execute(() -> loop.schedule(this::settled, SETTLE_MILLIS, TimeUnit.MILLISECONDS));
    }

    private void settled() {
        if (over) {
            return;
        }
        if (answered || connection == null || !fresh) {
            return; // closed() or connected() is on its way
        }
        if (connection.hasNews()) {
            // It was accepted. Netty's epoll loop doesn't ask the kernel before what is due, when it becomes due just
            // before the loop would sleep.
            exited();
            return;
        }
        letGo(Outcome.UNREAD, false);
        if (!aborted) {
            verdict.unread(new WorkerLostException(lease + " ended before it accepted the connection"));
        }
    }

    // ---- what arrives ---------------------------------------------------------------------------------------------

    @Override
    public void stdout(ByteBuf content) {
        moved();
        if (aborted) {
            abortedBytes += content.readableBytes();
            content.release();
            return;
        }
        try {
            reader.stdout(content);
        } catch (FcgiException e) {
            fail(e, Outcome.FAILED);
        }
    }

    @Override
    public void stderr(ByteBuf content) {
        moved();
        StderrLog log = stderr;
        if (log == null) {
            log = new StderrLog(state.pool().applicationLog(request.processClass()));
            stderr = log;
        }
        log.accept(content);
    }

    private void endStderr() {
        if (stderr != null) {
            stderr.end();
        }
    }

    private void moved() {
        lastMoveNanos = state.now();
        if (!answered) {
            answered = true;
            lease.proven();
        }
    }

    @Override
    public void readComplete() {
        if (over || aborted) {
            return;
        }
        if (reader.withheld()) {
            endEarly(); // it may take its time
            return;
        }
        reader.flush();
        if (connection != null && reader.heldBack()) {
            connection.reading(false);
        }
    }

    @Override
    public void writabilityChanged() {
        if (!over && !aborted && connection != null && connection.isWritable()) {
            send(connection);
        }
    }

    @Override
    public void ended(EndRequest end) {
        moved();
        endStderr();
        boolean whole = sender.finished() && !aborted;
        if (aborted || reader.withheld()) {
            letGo(Outcome.COMPLETED, whole);
            repeatUnlessLeft();
        } else if (end.protocolStatus() != ProtocolStatus.REQUEST_COMPLETE) {
            boolean committed = reader.committed();
            letGo(Outcome.COMPLETED, false);
            verdict.failed(rejected(end.protocolStatus()), committed);
        } else {
            conclude(whole);
        }
    }

    /** The application says that its response is complete. */
    private void conclude(boolean reusable) {
        try {
            Optional<CgiResponse> substitute = reader.end();
            letGo(Outcome.COMPLETED, reusable);
            if (substitute.isPresent()) {
                verdict.substituted(substitute.get());
            } else {
                verdict.ended();
            }
        } catch (FcgiException e) {
            failed(e, Outcome.COMPLETED, reusable);
        }
    }

    /** Whether an answer of this status may be due to half a file, and the request can be run again. */
    private boolean doubtful(int status) {
        boolean failed = status >= FIRST_SERVER_ERROR;
        return (failed || (request.safe() && lease.readsWhileItServes())) && mayRunAgain(failed);
    }

    private boolean mayRunAgain(boolean failed) {
        return request.idempotent() && verdict.mayRunAgain(lease) && lease.mayHaveReadHalf(failed);
    }

    /** Nothing of the answer counts. */
    private void repeatUnlessLeft() {
        if (!left) {
            verdict.again();
        }
    }

    private void failed(FcgiException why, Outcome outcome, boolean keepConnection) {
        boolean committed = reader.committed();
        boolean again = !committed && mayRunAgain(true);
        letGo(outcome, keepConnection);
        if (again) {
            verdict.again();
        } else {
            verdict.failed(why, committed);
        }
    }

    @Override
    public void closed(@Nullable Throwable cause) {
        if (over) {
            return;
        }
        endStderr();
        if (aborted || reader.withheld()) {
            letGo(Outcome.FAILED, false);
            repeatUnlessLeft();
        } else if (reader.streamEnded()) {
            // No FCGI_END_REQUEST, but the response was ended in order: the client gets it.
            conclude(false);
        } else if (answered) {
            fail(verdict.explain(lease, cause), Outcome.FAILED);
        } else {
            lost(cause);
        }
    }

    private void lost(@Nullable Throwable cause) {
        if (!fresh) {
            // A kept connection that the application has closed meanwhile: the worker itself may be well.
            connection = null;
            sender.restart();
            connect();
            return;
        }
        boolean again = mayRunAgain(true);
        letGo(Outcome.FAILED, false);
        if (again) {
            verdict.again();
        } else {
            verdict.lost(lease, cause);
        }
    }

    private void fail(FcgiException why, Outcome outcome) {
        failed(why, outcome, false);
    }

    private RequestRejectedException rejected(ProtocolStatus status) {
        return new RequestRejectedException(lease + " refused the request: FCGI_" + status);
    }

    // ---- the end --------------------------------------------------------------------------------------------------

    private void letGo(Outcome outcome, boolean keepConnection) {
        over = true;
        state.timeouts().remove(this);
        WorkerConnection open = connection;
        connection = null;
        if (open != null) {
            if (keepConnection && open.isOpen()) {
                open.reading(true);
                lease.keep(open);
            } else {
                open.close();
            }
        }
        lease.answered(reader.status());
        lease.release(outcome);
    }
}
