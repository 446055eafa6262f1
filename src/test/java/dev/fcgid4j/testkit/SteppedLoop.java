/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ManualIoEventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * An event loop that runs on the test's thread and on a clock that the test moves, and a queue of tasks that may block.
 * Sockets are real, so what a channel sees comes in the order in which the kernel reports it.
 *
 * <p>Threading: for the thread that creates it.
 */
public final class SteppedLoop implements AutoCloseable {

    private static final int MAX_ROUNDS = 10_000;

    private final FakeClock clock = FakeClock.standing(TimeUnit.HOURS.toNanos(1));
    private final Queue<Runnable> blocking = new ArrayDeque<>();
    private final ManualIoEventLoop loop;
    private boolean blockingHeld;

    /**
     * Creates a loop that stands still until {@link #run}.
     *
     * @param transport what the loop asks for events
     */
    public SteppedLoop(IoHandlerFactory transport) {
        EventLoopFileAccess.watch();
        loop = new ManualIoEventLoop(null, Thread.currentThread(), transport, new FakeTicker(clock));
    }

    /** The clock of the loop. */
    public FakeClock clock() {
        return clock;
    }

    /** The event loop. */
    public IoEventLoop loop() {
        return loop;
    }

    /** Takes tasks that may block; {@link #run} runs them. */
    public Executor blocking() {
        return blocking::add;
    }

    /** Lets the loop, the blocking tasks and the kernel do whatever they can now. */
    public void run() {
        int quiet = 0;
        for (int round = 0; quiet < 2; round++) {
            assertThat(round).as("rounds until nothing is left to do").isLessThan(MAX_ROUNDS);
            boolean ranBlocking = runBlocking();
            boolean worked = loop.runNow() > 0 || ranBlocking;
            quiet = worked ? 0 : quiet + 1;
        }
    }

    /** Runs the loop's tasks alone: a loop that is late and has not asked the kernel yet. */
    public void runTasksBeforeInput() {
        while (loop.runNonBlockingTasks(-1) > 0) {
            // a task may have added another one
        }
    }

    /** Runs the blocking tasks on another thread, as the pool does; the loop does not run. */
    public void runBlockingElsewhere() throws InterruptedException {
        Thread thread = new Thread(this::runBlocking);
        thread.start();
        thread.join();
    }

    private boolean runBlocking() {
        boolean worked = false;
        while (!blockingHeld && !blocking.isEmpty()) {
            blocking.remove().run();
            worked = true;
        }
        return worked;
    }

    /** Keeps blocking tasks, such as lookups and temporary files, until {@link #releaseBlocking}. */
    public void holdBlocking() {
        blockingHeld = true;
    }

    /** Lets {@link #run} run the blocking tasks again. */
    public void releaseBlocking() {
        blockingHeld = false;
    }

    /** Moves the clock. Nothing runs. */
    public void advance(Duration time) {
        clock.advance(time.toNanos());
    }

    /** Ends the loop, and checks that every channel of it is closed, and that no file was read on it. */
    @Override
    public void close() {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        run();
        clock.advance(1); // a loop shuts down only when time has passed
        run();
        assertThat(loop.isTerminated())
                .as("every channel of the loop is closed")
                .isTrue();
        EventLoopFileAccess.assertNone();
    }
}
