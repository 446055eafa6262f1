/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RequestMeterTest {

    private final RequestMeter meter = new RequestMeter();

    @Test
    void newMeterHasCountedNothing() {
        RequestTotals totals = meter.read();

        assertThat(totals.served()).isZero();
        assertThat(totals.refused()).isZero();
        assertThat(totals.repeated()).isZero();
        assertThat(totals.byStatusClass()).hasSize(6).containsOnly(0L);
    }

    @Test
    void servedRequestsAreCountedByTheFirstDigitOfTheirStatus() {
        meter.requestServed(1, 200);
        meter.requestServed(1, 204);
        meter.requestServed(1, 304);
        meter.requestServed(1, 599);

        assertThat(meter.read().byStatusClass()).containsExactly(0L, 0L, 2L, 1L, 0L, 1L);
        assertThat(meter.read().served()).isEqualTo(4);
    }

    @Test
    void statusThatIsNoneCountsAsNoStatus() {
        meter.requestServed(1, 0);
        meter.requestServed(1, 999);
        meter.requestServed(1, -200);

        assertThat(meter.read().byStatusClass().get(0)).isEqualTo(3);
    }

    @Test
    void refusedAndRepeatedRequestsAreCountedApart() {
        meter.requestRefused();
        meter.requestRepeated();
        meter.requestRepeated();

        assertThat(meter.read().refused()).isEqualTo(1);
        assertThat(meter.read().repeated()).isEqualTo(2);
        assertThat(meter.read().served()).isZero();
    }

    @Test
    void timesInLineAndAtWorkAreApart() {
        meter.requestGranted(5_000);
        meter.requestServed(3_000_000, 200);

        assertThat(meter.read().inLine().mean()).isEqualTo(Duration.ofNanos(5_000));
        assertThat(meter.read().atWork().mean()).isEqualTo(Duration.ofMillis(3));
    }

    /**
     * The JVM counts the bytes that this thread allocates. It may allocate a few hundred by itself, for example when it
     * replaces compiled code, but the smallest object for each request would be 16 bytes 100,000 times.
     */
    @Test
    void requestAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        count(10_000); // classes are loaded and initialized
        threads.getThreadAllocatedBytes(thread);

        long before = threads.getThreadAllocatedBytes(thread);
        count(100_000);
        long allocated = threads.getThreadAllocatedBytes(thread) - before;

        assertThat(allocated).isLessThan(100_000);
        assertThat(meter.read().served()).isEqualTo(110_000);
    }

    private void count(int requests) {
        for (int i = 0; i < requests; i++) {
            meter.requestGranted(i);
            meter.requestServed(i * 1000L, 200);
            meter.requestRefused();
            meter.requestRepeated();
        }
    }
}
