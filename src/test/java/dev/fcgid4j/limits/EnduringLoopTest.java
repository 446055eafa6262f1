/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.LogCapture;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EnduringLoopTest {

    private final BlockingQueue<Integer> passes = new LinkedBlockingQueue<>();
    private final AtomicInteger count = new AtomicInteger();

    @Test
    void loopSurvivesWhateverAPassThrowsAndSaysSoOnce() throws Exception {
        try (LogCapture log = LogCapture.of(EnduringLoop.class.getName());
                EnduringLoop loop = new EnduringLoop("test", "testing", () -> {
                    int pass = count.incrementAndGet();
                    passes.add(pass);
                    if (pass <= 3) {
                        throw new OutOfMemoryError("injected");
                    }
                })) {
            loop.start();
            for (int pass = 1; pass <= 5; pass++) {
                assertThat(passes.take()).isEqualTo(pass);
            }

            assertThat(loop.isDead()).isFalse();
            assertThat(log.lines()).containsExactly("testing failed; the thread test continues");
        }
    }

    @Test
    void closedLoopEndsAndIsNotDead() throws Exception {
        EnduringLoop loop = new EnduringLoop("test", "testing", () -> passes.add(1));
        loop.start();
        passes.take();

        loop.close();
        loop.join();

        assertThat(loop.isAlive()).isFalse();
        assertThat(loop.isDead()).isFalse();
    }

    @Test
    void loopThatIsAtItsEndIsNotDead() throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        EnduringLoop loop = new EnduringLoop("test", "testing", () -> ended.set(true), ended::get);
        loop.start();

        loop.join();

        assertThat(loop.isDead()).isFalse();
    }
}
