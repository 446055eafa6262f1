/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeHistogramTest {

    private final TimeRecorder recorder = new TimeRecorder();

    private TimeHistogram recorded(long... nanos) {
        for (long each : nanos) {
            recorder.record(each);
        }
        return recorder.read();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "999, 0",
        "1000, 1",
        "1999, 1",
        "2000, 2",
        "3999, 2",
        "4000, 3",
        "1000000, 10",
        "1073741823999, 30",
        "1073741824000, 31",
        "9223372036854775807, 31"
    })
    void bucketHoldsTheTimesBelowItsBound(long nanos, int bucket) {
        assertThat(TimeHistogram.bucketOf(nanos)).isEqualTo(bucket);
        assertThat(recorded(nanos).counts().get(bucket)).isOne();
    }

    @Test
    void boundsDouble() {
        assertThat(TimeHistogram.bound(0)).isEqualTo(Duration.ofNanos(1000));
        assertThat(TimeHistogram.bound(1)).isEqualTo(Duration.ofNanos(2000));
        assertThat(TimeHistogram.bound(10)).isEqualTo(Duration.ofNanos(1_024_000));
        assertThat(TimeHistogram.bound(30)).isEqualTo(TimeHistogram.bound(31));
    }

    @Test
    void negativeTimeCountsAsZero() {
        TimeHistogram histogram = recorded(-5);

        assertThat(histogram.counts().get(0)).isOne();
        assertThat(histogram.totalNanos()).isZero();
    }

    @Test
    void meanIsExact() {
        assertThat(recorded(1000, 2000, 6000).mean()).isEqualTo(Duration.ofNanos(3000));
    }

    @Test
    void quantileIsTheBoundOfItsBucket() {
        TimeHistogram histogram = recorded(500, 1500, 1500, 5000);

        assertThat(histogram.count()).isEqualTo(4);
        assertThat(histogram.quantile(0)).isEqualTo(Duration.ofNanos(1000));
        assertThat(histogram.quantile(0.25)).isEqualTo(Duration.ofNanos(1000));
        assertThat(histogram.quantile(0.5)).isEqualTo(Duration.ofNanos(2000));
        assertThat(histogram.quantile(1)).isEqualTo(Duration.ofNanos(8000));
    }

    @Test
    void emptyHistogramIsZero() {
        assertThat(recorded().mean()).isZero();
        assertThat(recorded().quantile(0.99)).isZero();
    }

    @Test
    void shareBeyondOneIsRefused() {
        assertThatThrownBy(() -> recorded().quantile(1.01)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> recorded().quantile(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void histogramHasAllItsBuckets() {
        assertThatThrownBy(() -> new TimeHistogram(List.of(1L), 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void valuesThatWereReadDoNotChangeLater() {
        TimeHistogram before = recorded(1000);

        recorder.record(1000);

        assertThat(before.count()).isOne();
    }
}
