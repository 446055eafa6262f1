/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.codec.EndRequest;
import dev.fcgid4j.codec.FcgiRecordEncoder;
import dev.fcgid4j.codec.GetValues;
import dev.fcgid4j.pool.Lease;
import dev.fcgid4j.pool.Outcome;
import dev.fcgid4j.worker.WorkerConnection;
import dev.fcgid4j.worker.WorkerConnector;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks a process FCGI_GET_VALUES (FastCGI 1.0 section 4.1), to learn that it has started: it is ready when it answers,
 * when it accepts and closes the connection, or when it is still there after {@value #PATIENCE_SECONDS} s, since not
 * every application answers.
 *
 * <p>Threading: one event loop.
 */
final class ReadinessProbe implements WorkerConnection.Listener {

    private static final int PATIENCE_SECONDS = 2;

    private final Lease lease;
    private final Consumer<Optional<String>> verdict;
    private @Nullable WorkerConnection connection;
    private boolean over;

    ReadinessProbe(Lease lease, Consumer<Optional<String>> verdict) {
        this.lease = lease;
        this.verdict = verdict;
    }

    void start(EventLoop loop) {
        lease.onExit(() -> loop.execute(() -> finish(Optional.of("its process ended before it was ready"))));
        lease.socketPath()
                .ifPresentOrElse(
                        socket -> WorkerConnector.connect(loop, socket, this::connected),
                        () -> finish(Optional.of("its process is gone")));
        loop.schedule(() -> finish(Optional.empty()), PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private void connected(@Nullable WorkerConnection opened, @Nullable Throwable why) {
        if (opened == null) {
            finish(Optional.of("it can't be reached: " + why));
            return;
        }
        connection = opened;
        if (over) {
            opened.close();
            return;
        }
        opened.begin(this);
        ByteBuf question = opened.allocate(64);
        FcgiRecordEncoder.write(question, new GetValues(Map.of("FCGI_MPXS_CONNS", "")));
        opened.write(question);
        opened.flush();
    }

    private void finish(Optional<String> failure) {
        if (over) {
            return;
        }
        over = true;
        WorkerConnection open = connection;
        if (open != null) {
            open.close();
        }
        lease.release(Outcome.UNUSED);
        verdict.accept(failure);
    }

    @Override
    public void management() {
        finish(Optional.empty());
    }

    @Override
    public void closed(@Nullable Throwable cause) {
        finish(Optional.empty()); // accepted, at least; a process that ended is told of by onExit or by the pool
    }

    @Override
    public void stdout(ByteBuf content) {
        content.release();
    }

    @Override
    public void stderr(ByteBuf content) {
        content.release();
    }

    @Override
    public void readComplete() {
        // nothing is held back
    }

    @Override
    public void ended(EndRequest end) {
        finish(Optional.empty());
    }

    @Override
    public void writabilityChanged() {
        // there is nothing more to write
    }
}
