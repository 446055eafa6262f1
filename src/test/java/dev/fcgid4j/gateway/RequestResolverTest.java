/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.limits.BlockingCall;
import dev.fcgid4j.mapping.HandlerResolver;
import dev.fcgid4j.mapping.Resolution;
import dev.fcgid4j.testkit.FakeClock;
import dev.fcgid4j.testkit.FakeFiles;
import dev.fcgid4j.testkit.FakeTicker;
import dev.fcgid4j.testkit.FakeWatcher;
import dev.fcgid4j.testkit.LogCapture;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestResolverTest {

    private static final Resolution FOUND = new Resolution.StaticFile(Path.of("/site/a"));
    private static final Resolution MISSING = new Resolution.Refused(404, "replaced just now", true);

    private final FakeClock clock = FakeClock.standing(0);
    private final FakeWatcher watcher = new FakeWatcher(new FakeFiles(clock));
    private final ManualIoEventLoop loop =
            new ManualIoEventLoop(null, Thread.currentThread(), NioIoHandler.newFactory(), new FakeTicker(clock));
    private final Queue<Runnable> blocking = new ArrayDeque<>();
    private final List<Resolution> answers = new ArrayList<>();
    private final Site site = new Site();
    private final RequestResolver resolver = new RequestResolver(watcher, site, blocking::add);

    @AfterEach
    void close() {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        run();
        runAfter(1); // a loop shuts down only when time has passed
        assertThat(loop.isTerminated()).isTrue();
    }

    /** Does what the blocking executor and the loop have to do now; returns how often the disk was read. */
    private int run() {
        int reads = 0;
        for (Runnable task = blocking.poll(); task != null; task = blocking.poll()) {
            task.run();
            reads++;
        }
        loop.runNow();
        return reads;
    }

    private int runAfter(int millis) {
        clock.advance(TimeUnit.MILLISECONDS.toNanos(millis));
        loop.runNow();
        return run();
    }

    @Test
    void answerThatIsKnownIsGivenAtOnceButAfterAllChangesAreKnown() {
        List<String> order = new ArrayList<>();
        watcher.onDrain(() -> {
            order.add("drained");
            site.cached = Optional.of(FOUND);
        });

        resolver.resolve("/a", loop, found -> order.add("answered"));

        assertThat(order).containsExactly("drained", "answered");
    }

    @Test
    void answerThatNeedsTheDiskIsGivenOnTheLoop() {
        site.found = () -> FOUND;
        resolver.resolve("/a", loop, answers::add);
        assertThat(answers).isEmpty();
        blocking.remove().run();
        assertThat(answers).isEmpty();

        loop.runNow();

        assertThat(answers).containsExactly(FOUND);
    }

    @Test
    void scriptThatMayComeBackIsLookedForAgainWithPausesThatDouble() {
        site.found = () -> MISSING;
        resolver.resolve("/a", loop, answers::add);
        assertThat(run()).isEqualTo(1);

        for (int pause : new int[] {1, 2, 4, 8, 16, 32, 64, 64}) {
            assertThat(runAfter(pause - 1)).as("before %s ms", pause).isZero();
            assertThat(runAfter(1)).as("after %s ms", pause).isEqualTo(1);
        }
        assertThat(answers).isEmpty();
        site.found = () -> FOUND;
        runAfter(64);

        assertThat(answers).containsExactly(FOUND);
    }

    @Test
    void failureIsAnswered500() {
        site.found = () -> {
            throw new IllegalStateException("broken");
        };
        resolver.resolve("/a", loop, answers::add);

        try (LogCapture log = LogCapture.of(RequestResolver.class.getName())) {
            run();

            assertThat(log.lines()).containsExactly("resolving a request failed; it is answered 500");
        }
        assertThat(answers).containsExactly(new Resolution.Refused(500, "java.lang.IllegalStateException: broken"));
    }

    @Test
    void errorIsAnswered500() {
        site.found = () -> {
            throw new StackOverflowError("too deep");
        };
        resolver.resolve("/a", loop, answers::add);

        try (LogCapture log = LogCapture.of(RequestResolver.class.getName())) {
            run();

            assertThat(log.lines()).hasSize(1);
        }
        assertThat(answers).containsExactly(new Resolution.Refused(500, "java.lang.StackOverflowError: too deep"));
    }

    @Test
    void diskThatDoesNotAnswerIsAnswered503() {
        site.found = () -> {
            throw new AssertionError("never read");
        };
        resolver.resolve("/a", loop, answers::add);

        ((BlockingCall<?>) blocking.remove()).expire();
        loop.runNow();

        assertThat(answers).containsExactly(new Resolution.Refused(503, "the disk took more than 10 s"));
    }

    @Test
    void executorThatTakesNothingMoreIsAnswered503() {
        RequestResolver closing = new RequestResolver(watcher, site, task -> {
            throw new RejectedExecutionException();
        });

        closing.resolve("/a", loop, answers::add);

        assertThat(answers).containsExactly(new Resolution.Refused(503, "shutting down"));
    }

    /** Answers what a test says. */
    private static final class Site implements HandlerResolver {
        private Optional<Resolution> cached = Optional.empty();
        private Supplier<Resolution> found = () -> FOUND;

        @Override
        public Optional<Resolution> cached(String target) {
            return cached;
        }

        @Override
        public Resolution resolve(String target) {
            return found.get();
        }

        @Override
        public void onSuperseded(Consumer<ProcessClass> listener) {
            // nothing is
        }

        @Override
        public void close() {
            // holds nothing
        }
    }
}
