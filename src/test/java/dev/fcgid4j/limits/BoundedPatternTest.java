/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BoundedPatternTest {

    private static BoundedPattern pattern(String regex) {
        return BoundedPattern.compile(regex, 0, "test.conf:7");
    }

    @Test
    void patternWithinItsStepsMatchesAsJavasDoes() {
        assertThat(pattern("b.").find("abc")).isTrue();
        assertThat(pattern("b.").matches("abc")).isFalse();
        assertThat(pattern("^/a(/.*)?$").find("/a" + "/b".repeat(8000))).isTrue();
        assertThat(pattern("\\.inc$").find("/a".repeat(8000))).isFalse();
    }

    @Test
    @Timeout(20)
    void patternThatBacktracksForMinutesEndsWithAFailureThatNamesItsPlace() {
        BoundedPattern plausible = pattern("^/(.*)/(.*)/(.*)\\.inc$");

        assertThatThrownBy(() -> plausible.find("/a".repeat(3500)))
                .isInstanceOf(PatternOverrunException.class)
                .hasMessageStartingWith("test.conf:7: the regular expression needs more than 1000000 steps")
                .hasMessageContaining("7000 characters");
    }

    @Test
    void patternThatOverflowsTheStackFailsLikewise() {
        assertThatThrownBy(() -> pattern("^(a|b|ab)*$").find("ab".repeat(100_000)))
                .isInstanceOf(PatternOverrunException.class)
                .hasMessageContaining("more than the stack of a thread");
    }

    @Test
    void patternThatIsNestedTooDeeplyIsNone() {
        assertThatThrownBy(() -> pattern("(".repeat(8_000) + ")".repeat(8_000)))
                .isInstanceOf(PatternSyntaxException.class)
                .hasMessageContaining("Stack overflow");
    }

    @Test
    void stepsAreThoseOfOneMatch() {
        BoundedPattern pattern = pattern("a");
        for (int i = 0; i < 200; i++) {
            assertThat(pattern.find("b".repeat(10_000))).isFalse();
        }
    }
}
