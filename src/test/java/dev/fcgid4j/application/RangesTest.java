/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.application;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RangesTest {

    @Test
    void smallestNumberIsAccepted() {
        assertThatCode(() -> Ranges.atLeast("workers", 1, 1)).doesNotThrowAnyException();
    }

    @Test
    void smallerNumberIsRefusedWithItsRange() {
        assertThatThrownBy(() -> Ranges.atLeast("workers", 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("workers is 0: expected at least 1");
    }

    @Test
    void zeroIsNotNegative() {
        assertThatCode(() -> Ranges.notNegative("limit", Duration.ZERO)).doesNotThrowAnyException();
    }

    @Test
    void negativeTimeIsRefused() {
        assertThatThrownBy(() -> Ranges.notNegative("limit", Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("limit is PT-0.000000001S: expected zero or more");
    }

    @Test
    void shortestTimeIsPositive() {
        assertThatCode(() -> Ranges.positive("limit", Duration.ofNanos(1))).doesNotThrowAnyException();
    }

    @Test
    void zeroIsNotPositive() {
        assertThatThrownBy(() -> Ranges.positive("limit", Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("limit is zero: expected more");
    }

    @Test
    void negativeTimeIsNotPositive() {
        assertThatThrownBy(() -> Ranges.positive("limit", Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("expected zero or more");
    }
}
