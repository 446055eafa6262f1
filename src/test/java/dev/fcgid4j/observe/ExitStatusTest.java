/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.observe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExitStatusTest {

    @Test
    void exitStatusSaysCodeOrSignal() {
        assertThat(ExitStatus.exited(0)).hasToString("exit code 0").matches(ExitStatus::success);
        assertThat(ExitStatus.exited(3)).hasToString("exit code 3").matches(status -> !status.success());
        assertThat(ExitStatus.killed(9)).hasToString("signal 9").matches(status -> !status.success());
    }
}
