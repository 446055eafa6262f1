/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProcessActivityTest {

    @Test
    void processThatRunsThisTestHasThreadsOfWhichOneIsAwake() {
        Optional<ProcessActivity> own =
                ProcessActivity.of(ProcessHandle.current().pid());

        assertThat(own).hasValueSatisfying(activity -> {
            assertThat(activity.threads()).isGreaterThan(1);
            assertThat(activity.asleep()).isFalse();
            assertThat(activity.cpuTicks()).isPositive();
        });
    }

    @Test
    void processThatWaitsForInputIsAsleepAndUsesNoProcessor() throws Exception {
        Process cat = new ProcessBuilder("cat").start();
        try {
            ProcessActivity first = asleep(cat);
            ProcessActivity second = asleep(cat);

            assertThat(second.threads()).isOne();
            assertThat(second.cpuTicks()).isEqualTo(first.cpuTicks());
        } finally {
            cat.destroy();
            cat.waitFor();
        }
    }

    /** Waits until the process has started up. */
    private static ProcessActivity asleep(Process process) throws IOException {
        process.getOutputStream().write('x');
        process.getOutputStream().flush();
        assertThat(process.getInputStream().read()).isEqualTo('x'); // it has nothing to do but to read on
        Optional<ProcessActivity> activity = ProcessActivity.of(process.pid());
        while (activity.isEmpty() || !activity.get().asleep()) {
            Thread.onSpinWait();
            activity = ProcessActivity.of(process.pid());
        }
        return activity.get();
    }

    @Test
    void nothingIsKnownOfAProcessThatHasEnded() throws Exception {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();

        assertThat(ProcessActivity.of(ended.pid())).isEmpty();
    }
}
