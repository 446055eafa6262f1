/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.writers;

import dev.fcgid4j.posix.Writers;
import java.util.concurrent.TimeUnit;

/**
 * Decides when the kernel is asked for the writers of a file that is no longer opened.
 *
 * <h2>Why not each time</h2>
 *
 * The question opens the file. That is reported to every other server on this host that watches the file, which would ask
 * in turn, for ever. So an opening that comes soon after a question isn't asked about: within 3 s, or within 6, 12, 24 or
 * 48 s if the servers have asked each other that often. A file of another user is asked about once: the kernel gives no
 * answer about it.
 *
 * <p>Threading: guarded by the tracker's lock.
 */
final class WriterQuestions {

    private static final long READ_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SHORTEST_ECHO_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long LONGEST_ECHO_NANOS = TimeUnit.SECONDS.toNanos(48);

    private boolean asked;
    private long askedNanos;
    private long echoNanos = SHORTEST_ECHO_NANOS; // so long, others may open the file because of the question
    private boolean answerable = true; // as far as is known

    /**
     * How long a file must not have been opened before it can leave the open files.
     *
     * @param quietNanos the quiet time, which counts for a file that the kernel can't be asked about
     */
    long delayNanos(long quietNanos) {
        return answerable ? READ_NANOS : Math.max(READ_NANOS, quietNanos);
    }

    /** Returns whether to ask about a file that was opened last at this moment. */
    boolean isDue(long openedNanos) {
        return answerable && (!asked || openedNanos - askedNanos >= echoNanos);
    }

    /** The kernel is being asked. */
    void asking(long nowNanos) {
        boolean again = asked && nowNanos - askedNanos < 2 * echoNanos;
        echoNanos = again ? Math.min(2 * echoNanos, LONGEST_ECHO_NANOS) : SHORTEST_ECHO_NANOS;
        asked = true;
        askedNanos = nowNanos;
    }

    /** The kernel has answered. */
    void answered(Writers.Known writers) {
        if (writers == Writers.Known.SOME) {
            asked = false; // the next question is due until the writer has closed the file
        } else if (writers == Writers.Known.UNKNOWN) {
            answerable = false;
        }
    }

    /** A new listener wants to know at once. */
    void askAgain() {
        asked = false;
    }

    /** The moment that counts as the last opening of a file of which nothing is known, so that it is asked about at once. */
    static long longAgo(long nowNanos) {
        return nowNanos - READ_NANOS;
    }
}
