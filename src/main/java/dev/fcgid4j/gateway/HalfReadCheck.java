/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.limits.BlockingCall;
import dev.fcgid4j.pool.Lease;
import java.util.concurrent.RejectedExecutionException;

/**
 * Asks the disk whether a worker may have read a partial file for its request.
 *
 * <p>Failure: if the disk does not answer in time, the worker may have. Then the request is repeated, or fails when the time
 * for repetitions is over.
 *
 * <p>Threading: started on the exchange's event loop, which gets the answer; a blocking thread reads the disk.
 */
final class HalfReadCheck implements BlockingCall.Receiver<Boolean> {

    /** Gets the answer. Called once, on the event loop. */
    interface Answer {

        void decided(boolean halfRead);
    }

    private final Answer answer;

    private HalfReadCheck(Answer answer) {
        this.answer = answer;
    }

    /**
     * Starts a check.
     *
     * @param failed whether the worker has failed
     */
    static void start(EventLoopContext context, Lease lease, boolean failed, Answer answer) {
        BlockingCall.start(
                context.blocking(), context.loop(), () -> lease.mayHaveReadHalf(failed), new HalfReadCheck(answer));
    }

    @Override
    public void done(Boolean halfRead) {
        answer.decided(halfRead);
    }

    @Override
    public void failed(Throwable why) {
        answer.decided(!(why instanceof RejectedExecutionException)); // rejected: the server shuts down
    }
}
