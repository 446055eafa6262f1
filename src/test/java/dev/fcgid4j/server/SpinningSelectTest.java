/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.SelectStrategy;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A loop whose clock moves on by a microsecond with each reading. */
class SpinningSelectTest {

    private static final Duration SPIN = Duration.ofNanos(50_000);

    private long now;
    private int looks;
    private int offers;

    private SpinningSelect select(Duration spin) {
        return new SpinningSelect(spin, () -> now += 1_000, () -> offers++);
    }

    /** Nothing is ready before the n-th look. */
    private int readyAt(SpinningSelect select, int look, boolean hasTasks) throws Exception {
        looks = 0;
        return select.calculateStrategy(() -> ++looks >= look ? 7 : 0, hasTasks);
    }

    private int neverReady(SpinningSelect select) throws Exception {
        return readyAt(select, Integer.MAX_VALUE, false);
    }

    @Test
    void looksUntilThereIsAnEvent() throws Exception {
        assertThat(readyAt(select(SPIN), 20, false)).isEqualTo(7);
        assertThat(looks).isEqualTo(20);
    }

    @Test
    void sleepsAfterAWhile() throws Exception {
        assertThat(neverReady(select(SPIN))).isEqualTo(SelectStrategy.SELECT);
        assertThat(looks).isBetween(10, 50);
    }

    @Test
    void looksOnceWhenThereAreTasks() throws Exception {
        assertThat(readyAt(select(SPIN), 2, true)).isZero();
        assertThat(looks).isEqualTo(1);
    }

    @Test
    void zeroMeansNotAtAll() throws Exception {
        assertThat(readyAt(select(Duration.ZERO), 1, false)).isEqualTo(SelectStrategy.SELECT);
        assertThat(looks).isZero();
    }

    @Test
    void spinsInVainBecomeRarer() throws Exception {
        SpinningSelect select = select(SPIN);
        int tried = 0;
        for (int i = 0; i < 10_000; i++) {
            neverReady(select);
            tried += looks > 0 ? 1 : 0;
        }
        assertThat(tried).isBetween(10, 50);
    }

    @Test
    void successBringsItBack() throws Exception {
        SpinningSelect select = select(SPIN);
        neverReady(select);
        neverReady(select);
        assertThat(looks).as("left out").isZero();

        assertThat(readyAt(select, 3, false)).isEqualTo(7);
        assertThat(readyAt(select, 3, false)).as("again at once").isEqualTo(7);
    }

    @Test
    void aLoopThatNeverSleepsStillTakesItsEvents() throws Exception {
        SpinningSelect select = select(SPIN);
        for (int i = 0; i < 2_000; i++) { // its processor is offered now and then
            assertThat(readyAt(select, 1, i % 2 == 0)).isEqualTo(7);
        }
        assertThat(offers).as("twice a millisecond, in two").isBetween(3, 5);
    }
}
