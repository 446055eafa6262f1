/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static dev.fcgid4j.gateway.KeptConnectionCheck.Result.HANGS;
import static dev.fcgid4j.gateway.KeptConnectionCheck.Result.TRUSTED;
import static dev.fcgid4j.gateway.KeptConnectionCheck.Result.UNDECIDED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.process.ProcessActivity;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Samples of a process whose request is unread. The clock overflows. */
class KeptConnectionCheckTest {

    private final KeptConnectionCheck check = new KeptConnectionCheck();

    private KeptConnectionCheck.Result sample(long millis, long ticks, int threads, boolean asleep) {
        long now = Long.MAX_VALUE - 5 + TimeUnit.MILLISECONDS.toNanos(millis);
        return check.sample(Optional.of(new ProcessActivity(ticks, threads, asleep)), now);
    }

    @Test
    void threadsThatSleepForTwoHundredMillisecondsDoNotReadIt() {
        assertThat(sample(0, 7, 2, true)).isEqualTo(UNDECIDED);
        assertThat(sample(199, 7, 2, true)).isEqualTo(UNDECIDED);
        assertThat(sample(200, 7, 2, true)).isEqualTo(HANGS);
    }

    @Test
    void processorTimeBeginsTheWaitAnew() {
        sample(0, 7, 2, true);

        assertThat(sample(200, 8, 2, true)).isEqualTo(UNDECIDED);
        assertThat(sample(399, 8, 2, true)).isEqualTo(UNDECIDED);
        assertThat(sample(400, 8, 2, true)).isEqualTo(HANGS);
    }

    @Test
    void threadThatIsAwakeBeginsTheWaitAnew() {
        sample(0, 7, 2, true);
        sample(100, 7, 2, false);

        assertThat(sample(200, 7, 2, true)).isEqualTo(UNDECIDED);
        assertThat(sample(400, 7, 2, true)).isEqualTo(HANGS);
    }

    @Test
    void processOfOneThreadIsTrusted() {
        assertThat(sample(0, 7, 1, true)).isEqualTo(TRUSTED);
    }

    @Test
    void processOfWhichNothingIsKnownIsTrusted() {
        assertThat(check.sample(Optional.empty(), 0)).isEqualTo(TRUSTED);
    }
}
