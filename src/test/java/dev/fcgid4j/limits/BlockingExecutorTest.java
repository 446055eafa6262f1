/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.testkit.FakeClock;
import dev.fcgid4j.testkit.LogCapture;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BlockingExecutorTest {

    private final FakeClock clock = FakeClock.standing(0);
    private final BlockingExecutor executor = new BlockingExecutor("test", 1, clock);
    private final CountDownLatch release = new CountDownLatch(1);
    private final CountDownLatch entered = new CountDownLatch(1);
    private final BlockingQueue<Object> answers = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        release.countDown();
        executor.close();
    }

    private String hang() throws InterruptedException {
        entered.countDown();
        release.await();
        return "too late";
    }

    /** Calls, and collects the answer, or the failure. */
    private void call(Callable<String> work) {
        BlockingCall.start(executor, Runnable::run, work, new BlockingCall.Receiver<String>() {
            @Override
            public void done(String result) {
                answers.add(result);
            }

            @Override
            public void failed(Throwable why) {
                answers.add(why);
            }

            @Override
            public void discard(String result) {
                answers.add("discarded: " + result);
            }
        });
    }

    private void passDeadline() {
        clock.advance(BlockingExecutor.LIMIT.toNanos());
        executor.check();
    }

    @Test
    void resultIsAnswered() throws Exception {
        call(() -> "found");

        assertThat(answers.take()).isEqualTo("found");
    }

    @Test
    void errorIsAnsweredAndTheThreadGoesOn() throws Exception {
        call(() -> {
            throw new StackOverflowError("too deep");
        });
        assertThat(answers.take()).isInstanceOf(StackOverflowError.class);

        call(() -> Thread.currentThread().getName());
        assertThat(answers.take()).isEqualTo("test-1");
    }

    @Test
    void taskThatThrowsCostsNoThread() throws Exception {
        try (LogCapture log = LogCapture.of(BlockingExecutor.class.getName())) {
            for (int i = 0; i < 3; i++) {
                executor.execute(() -> {
                    throw new OutOfMemoryError("injected");
                });
            }
            call(() -> Thread.currentThread().getName());

            assertThat(answers.take()).isEqualTo("test-1");
            assertThat(log.lines()).containsExactly("a task failed on a thread test-…; the thread continues");
        }
    }

    @Test
    void callThatHangsIsAnsweredAtItsDeadlineAndItsResultDiscarded() throws Exception {
        call(this::hang);
        entered.await();
        clock.advance(BlockingExecutor.LIMIT.toNanos() - 1);
        executor.check();
        assertThat(answers).isEmpty();

        clock.advance(1);
        executor.check();
        assertThat(answers.take()).isInstanceOf(TimeoutException.class);

        release.countDown();
        assertThat(answers.take()).isEqualTo("discarded: too late");
    }

    @Test
    void callThatNeverBeganIsAnsweredAtItsDeadlineAndNotRun() throws Exception {
        call(this::hang);
        entered.await();
        call(() -> "run too late");
        passDeadline();
        assertThat(answers.take()).isInstanceOf(TimeoutException.class);
        assertThat(answers.take()).isInstanceOf(TimeoutException.class);

        call(() -> "next");
        release.countDown();

        assertThat(answers.take()).isIn("next", "discarded: too late");
        assertThat(answers.take()).isIn("next", "discarded: too late");
        assertThat(answers).isEmpty();
    }

    @Test
    void stuckThreadIsReplaced() throws Exception {
        call(this::hang);
        entered.await();
        passDeadline();
        assertThat(answers.take()).isInstanceOf(TimeoutException.class);

        call(() -> "another thread is there");

        assertThat(answers.take()).isEqualTo("another thread is there");
    }

    @Test
    void closedExecutorAnswersAtOnce() {
        executor.close();

        call(() -> "never");

        assertThat(answers).singleElement().isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> executor.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void monitorChecksTheDeadlines() throws Exception {
        call(this::hang);
        entered.await();
        clock.advance(BlockingExecutor.LIMIT.toNanos());

        try (DeadlineMonitor monitor = DeadlineMonitor.start(List.of(executor))) {
            assertThat(answers.poll(30, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
            assertThat(monitor).isNotNull();
        }
    }
}
