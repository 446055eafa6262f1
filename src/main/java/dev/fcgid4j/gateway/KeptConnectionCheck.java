/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.process.ProcessActivity;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a worker that has not read a request on a kept connection will ever read it.
 *
 * <h2>Why it may not</h2>
 *
 * The threads of a program may share a lock around their accept, as in the threaded example of the FastCGI developer's kit.
 * A thread that has kept its connection needs the lock too before it reads on. While another thread waits in accept under the
 * lock, the kept connection is never read.
 *
 * <h2>How that is recognized</h2>
 *
 * For {@value #PATIENCE_MILLIS} ms the request is unread, every thread of the process sleeps, and the process uses no
 * processor time. A process of one thread is never suspect: it can't wait in accept while it has a connection.
 *
 * <p>Contract: counts and decides; asks nothing and reads no clock.
 *
 * <p>Threading: belongs to the exchange's event loop.
 */
final class KeptConnectionCheck {

    static final int PATIENCE_MILLIS = 200;

    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);

    /** What a sample of the process says about the unread request. */
    enum Result {
        /** The worker may read the request yet. */
        UNDECIDED,
        /** The worker does not read the request. */
        HANGS,
        /** The worker is never suspect, or nothing is known of it: no further sample is needed. */
        TRUSTED
    }

    private @Nullable ProcessActivity first;
    private long sinceNanos;

    /**
     * Takes a sample, at a time at which the request was unread.
     *
     * @param activity what the process was doing; empty if that is unknown
     */
    Result sample(Optional<ProcessActivity> activity, long nowNanos) {
        if (activity.isEmpty() || activity.get().threads() < 2) {
            return Result.TRUSTED;
        }
        ProcessActivity now = activity.get();
        ProcessActivity before = first;
        if (!now.asleep() || before == null || now.cpuTicks() != before.cpuTicks()) {
            first = now.asleep() ? now : null;
            sinceNanos = nowNanos;
            return Result.UNDECIDED;
        }
        return nowNanos - sinceNanos >= PATIENCE_NANOS ? Result.HANGS : Result.UNDECIDED;
    }
}
