/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The values that a class's limits may have. */
class ClassLimitsTest {

    private static final Map<String, UnaryOperator<ClassLimits.Builder>> OUT_OF_RANGE = Map.of(
            "maxProcesses", limits -> limits.maxProcesses(0),
            "minProcesses", limits -> limits.minProcesses(-1),
            "maxRequestsPerProcess", limits -> limits.maxRequestsPerProcess(-1),
            "idleTimeout", limits -> limits.idleTimeout(Duration.ofNanos(-1)),
            "lifeTime", limits -> limits.lifeTime(Duration.ofNanos(-1)),
            "busyTimeout", limits -> limits.busyTimeout(Duration.ofNanos(-1)),
            "ioTimeout", limits -> limits.ioTimeout(Duration.ZERO),
            "queueLength", limits -> limits.queueLength(-1),
            "queueTimeout", limits -> limits.queueTimeout(Duration.ZERO));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "maxProcesses",
                "minProcesses",
                "maxRequestsPerProcess",
                "idleTimeout",
                "lifeTime",
                "busyTimeout",
                "ioTimeout",
                "queueLength",
                "queueTimeout"
            })
    void valueBelowItsRangeIsRefusedByName(String name) {
        ClassLimits.Builder limits = OUT_OF_RANGE.get(name).apply(ClassLimits.defaults().toBuilder());

        assertThatThrownBy(limits::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(name + " is ")
                .hasMessageContaining("expected");
    }

    @Test
    void builderKeepsEveryValueThatIsNotSet() {
        assertThat(ClassLimits.defaults().toBuilder().build()).isEqualTo(ClassLimits.defaults());
    }
}
