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
 * Finds out whether a process has started, by FCGI_GET_VALUES (FastCGI 1.0 section 4.1). The process is ready when it
 * answers, when it accepts and closes the connection, or when it still runs after {@value #PATIENCE_SECONDS} s, because not
 * every application answers.
 *
 * <p>Threading: belongs to one event loop.
 */
final class ReadinessProbe implements WorkerConnection.Listener {

    private static final int PATIENCE_SECONDS = 2;

    private final Lease lease;
    private final Consumer<Optional<String>> result;
    private @Nullable WorkerConnection connection;
    private boolean over;

    /**
     * Creates a probe.
     *
     * @param lease of the worker to probe; released before the result is reported
     * @param result gets the reason why the process is not ready, or nothing if it is; once
     */
    ReadinessProbe(Lease lease, Consumer<Optional<String>> result) {
        this.lease = lease;
        this.result = result;
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
        opened.begin(ByteBuf::release, this);
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
        if (connection != null) {
            connection.close();
        }
        lease.release(Outcome.UNUSED);
        result.accept(failure);
    }

    @Override
    public void management() {
        finish(Optional.empty());
    }

    @Override
    public void closed(@Nullable Throwable cause) {
        finish(Optional.empty()); // the process has accepted; its exit is reported by onExit or by the pool
    }

    @Override
    public void responseBegan() {
        // an answer to a request that was not made
    }

    @Override
    public void stderr(ByteBuf content) {
        content.release();
    }

    @Override
    public void readComplete() {
        // everything was handled at once
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
