/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How often requests with different I/O timeouts are checked; the loop's clock is stepped by hand. */
class IoTimeoutsTest {

    private static final long NOTHING_SCHEDULED = -1;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final IoTimeouts timeouts = new IoTimeouts(channel.eventLoop(), () -> 0);
    private final Checked slow = new Checked(Duration.ofSeconds(40));
    private final Checked fast = new Checked(Duration.ofMillis(400));

    IoTimeoutsTest() {
        channel.freezeTime();
    }

    @AfterEach
    void close() {
        channel.close();
    }

    private void pass(long millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void longLimitIsCheckedEverySecond() {
        timeouts.add(slow);

        pass(999);
        assertThat(slow.checks).isZero();
        pass(1);
        assertThat(slow.checks).isEqualTo(1);
        pass(1000);
        assertThat(slow.checks).isEqualTo(2);
    }

    @Test
    void shortLimitThatJoinsALongOneIsCheckedAtAnEighthOfIt() {
        timeouts.add(slow);
        timeouts.add(fast);

        pass(50);

        assertThat(fast.checks).isEqualTo(1);
    }

    @Test
    void longLimitThatJoinsAShortOneSlowsNothingDown() {
        timeouts.add(fast);
        timeouts.add(slow);

        pass(50);
        pass(50);

        assertThat(fast.checks).isEqualTo(2);
    }

    @Test
    void ticksBecomeRarerWhenTheShortLimitHasGone() {
        timeouts.add(slow);
        timeouts.add(fast);
        timeouts.remove(fast);

        pass(50);
        assertThat(slow.checks).isEqualTo(1);
        pass(999);
        assertThat(slow.checks).isEqualTo(1);
        pass(1);
        assertThat(slow.checks).isEqualTo(2);
    }

    @Test
    void nothingIsScheduledWhenNoRequestRuns() {
        timeouts.add(fast);
        timeouts.remove(fast);

        pass(50);

        assertThat(channel.runScheduledPendingTasks()).isEqualTo(NOTHING_SCHEDULED);
        assertThat(fast.checks).isZero();
    }

    @Test
    void requestThatEndsItselfIsCheckedNoMore() {
        Checked ending = new Checked(Duration.ofMillis(400)) {
            @Override
            public void checkTimeout(long nowNanos) {
                super.checkTimeout(nowNanos);
                timeouts.remove(this);
            }
        };
        timeouts.add(ending);

        pass(50);
        pass(50);

        assertThat(ending.checks).isEqualTo(1);
    }

    @Test
    void endOfTheLoopReachesEveryRequestThatRuns() {
        timeouts.add(slow);
        timeouts.add(fast);
        timeouts.remove(fast);

        assertThat(timeouts.loopEnded()).isEqualTo(1);
        assertThat(timeouts.loopEnded()).isZero();

        assertThat(slow.ended).isTrue();
        assertThat(fast.ended).isFalse();
    }

    @Test
    void requestThatFailsAtTheEndOfTheLoopDelaysNoOther() {
        timeouts.add(new Checked(Duration.ofMillis(400)) {
            @Override
            public void loopEnded() {
                throw new IllegalStateException("injected");
            }
        });
        timeouts.add(slow);

        timeouts.loopEnded();

        assertThat(slow.ended).isTrue();
    }

    /** Counts how often it is checked. */
    private static class Checked implements IoTimeouts.Timed {
        private boolean ended;
        private final Duration limit;
        private int checks;

        Checked(Duration limit) {
            this.limit = limit;
        }

        @Override
        public long ioTimeoutNanos() {
            return limit.toNanos();
        }

        @Override
        public void checkTimeout(long nowNanos) {
            checks++;
        }

        @Override
        public void loopEnded() {
            ended = true;
        }
    }
}
