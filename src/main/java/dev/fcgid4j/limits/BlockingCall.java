/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.limits;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A question to the disk, asked on an event loop and answered there: the work runs on a {@link BlockingExecutor}, and its
 * result or its failure returns to the loop.
 *
 * <p>Contract: the receiver is called exactly once, whatever the work throws and however long it takes.
 *
 * <p>Threading: one thread starts it.
 *
 * @param <T> the type of the result
 */
public final class BlockingCall<T> implements Expiring {

    /**
     * Gets the outcome of a call.
     *
     * @param <T> the type of the result
     */
    public interface Receiver<T> {

        /** The work is done. Called on the loop. */
        void done(T result);

        /**
         * The work failed: with what it threw; with a {@link TimeoutException} at its deadline; or with a {@link
         * RejectedExecutionException} if the executor is closed. Called on the loop.
         */
        void failed(Throwable why);

        /** The result came too late, or the loop has ended: frees it. Called on a blocking thread. */
        default void discard(T result) {}
    }

    private final Executor loop;
    private final Callable<T> work;
    private final Receiver<T> receiver;
    private final AtomicBoolean answered = new AtomicBoolean();

    // Made in advance, so that a thread without memory can still answer.
    private final Runnable delivery = this::deliver;
    private final TimeoutException late = new TimeoutException("the deadline is over");

    // Written before the delivery is handed to the loop.
    private @Nullable T result;
    private @Nullable Throwable failure;

    private BlockingCall(Executor loop, Callable<T> work, Receiver<T> receiver) {
        this.loop = requireNonNull(loop, "loop");
        this.work = requireNonNull(work, "work");
        this.receiver = requireNonNull(receiver, "receiver");
    }

    /**
     * Starts a call. If the executor takes no task, the receiver gets the failure before this returns.
     *
     * @param blocking runs the work; expires it at its deadline if it is a {@link BlockingExecutor}
     * @param loop the event loop that calls this
     */
    public static <T> void start(Executor blocking, Executor loop, Callable<T> work, Receiver<T> receiver) {
        BlockingCall<T> call = new BlockingCall<>(loop, work, receiver);
        try {
            blocking.execute(call);
        } catch (RejectedExecutionException e) {
            if (call.answered.compareAndSet(false, true)) {
                receiver.failed(e);
            }
        }
    }

    @Override
    public void run() {
        if (answered.get()) {
            return; // expired before it began
        }
        try {
            T found = work.call();
            if (!answer(found, null)) {
                receiver.discard(found);
            }
        } catch (Throwable e) {
            answer(null, e);
        }
    }

    @Override
    public void expire() {
        answer(null, late);
    }

    /** Hands the outcome to the loop; false if the call was answered before, or the loop has ended. */
    private boolean answer(@Nullable T found, @Nullable Throwable why) {
        if (!answered.compareAndSet(false, true)) {
            return false;
        }
        result = found;
        failure = why;
        try {
            loop.execute(delivery);
            return true;
        } catch (RejectedExecutionException e) {
            return false; // the loop has ended, and its channels with it
        }
    }

    private void deliver() {
        Throwable why = failure;
        if (why == null) {
            receiver.done(requireNonNull(result));
        } else {
            receiver.failed(why);
        }
    }
}
