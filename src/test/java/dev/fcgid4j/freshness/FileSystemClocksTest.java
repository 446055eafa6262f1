/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.watch.FileStamp;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be known of when a file changed when its file system's clock is hours off. */
class FileSystemClocksTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final FileSystemClocks clocks = new FileSystemClocks();

    private static FileStamp changedAt(long nanos) {
        return new FileStamp(nanos, nanos + 1_000_000, 1, 7, 1, false); // no clock of whole seconds
    }

    @ParameterizedTest
    @ValueSource(longs = {-3600, 0, 3600})
    void olderThanAnotherFileIsOlderThanNow(long skewSeconds) {
        long skew = skewSeconds * SECOND;
        clocks.seen(changedAt(skew + 50 * SECOND), 100 * SECOND);

        assertThat(clocks.wasOver(changedAt(skew + 40 * SECOND), 100 * SECOND)).isTrue();
        assertThat(clocks.wasOver(changedAt(skew + 50 * SECOND), 100 * SECOND))
                .as("the youngest file proves nothing of itself")
                .isFalse();
        assertThat(clocks.wasOver(changedAt(skew + 50 * SECOND), 101 * SECOND))
                .as("a second later it does")
                .isTrue();
        assertThat(clocks.wasOver(changedAt(skew + 40 * SECOND), 80 * SECOND))
                .as("not long before")
                .isFalse();
    }

    @Test
    void fileThatWeHaveMadeTellsTheTime() {
        clocks.seen(changedAt(9000 * SECOND), 99 * SECOND);
        clocks.made(changedAt(5000 * SECOND), 100 * SECOND);
        clocks.seen(changedAt(9000 * SECOND), 101 * SECOND); // left from before the clock was set back

        assertThat(clocks.wasOver(changedAt(4999 * SECOND), 100 * SECOND)).isTrue();
        assertThat(clocks.wasOver(changedAt(5001 * SECOND), 100 * SECOND)).isFalse();
        assertThat(clocks.wasOver(changedAt(9000 * SECOND), 101 * SECOND)).isFalse();
    }

    @Test
    void clockThatGoesBackProvesNothingAnyMore() {
        clocks.seen(changedAt(9000 * SECOND), 100 * SECOND);
        clocks.changedAfter(changedAt(5000 * SECOND), 110 * SECOND);

        assertThat(clocks.wasOver(changedAt(4000 * SECOND), 120 * SECOND)).isFalse();
    }

    @Test
    void otherFileSystemsSayNothing() {
        clocks.seen(new FileStamp(0, 9000 * SECOND, 1, 7, 2, false), 100 * SECOND);

        assertThat(clocks.wasOver(changedAt(1), 100 * SECOND)).isFalse();
    }
}
