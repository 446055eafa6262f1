/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.worker.WorkerConnection;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a process had accepted a connection before it exited. A connection that was never accepted proves
 * that the application has not read the request.
 *
 * <h2>How</h2>
 *
 * The JVM keeps its own descriptor of the listening socket for a moment after the exit, so a connection that waits there
 * stays open. The kernel closes an accepted connection when the process exits, which is before the process is reaped. So a
 * connection that is still open and silent, after the loop has polled the kernel once more, was never accepted.
 *
 * <p>Threading: {@link #run} is called on any thread; the rest belongs to the event loop.
 */
final class AcceptanceCheck implements Runnable {

    private static final long POLL_MILLIS = 1;

    /** The attempt that waits for an answer. Called on the event loop. */
    interface Subject {

        /** Returns the new connection on which nothing has arrived yet; null if there is none, or no need to decide. */
        @Nullable
        WorkerConnection undecidedConnection();

        /** The process never accepted the connection. */
        void neverAccepted();
    }

    private final EventLoop loop;
    private final Subject subject;

    AcceptanceCheck(EventLoop loop, Subject subject) {
        this.loop = loop;
        this.subject = subject;
    }

    /**
     * The process has been reaped: decides when the loop has polled the kernel.
     *
     * <p>The loop polls between a task that it runs now and a task that this task schedules. It need not poll between now
     * and a task that this method schedules: on a loop that is late, that task is due at once.
     */
    @Override
    public void run() {
        loop.execute(() -> loop.schedule(this::decide, POLL_MILLIS, TimeUnit.MILLISECONDS));
    }

    private void decide() {
        WorkerConnection connection = subject.undecidedConnection();
        if (connection == null) {
            return;
        }
        if (connection.hasUnreadInput()) {
            // The connection was accepted. Netty's epoll loop runs a task that becomes due just before it would sleep
            // without polling first.
            run();
        } else {
            subject.neverAccepted();
        }
    }
}
