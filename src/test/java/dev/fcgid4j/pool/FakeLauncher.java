/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.process.ApplicationProcess;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.process.ProcessLauncher;
import dev.fcgid4j.process.ProcessListener;
import java.util.List;

/** Starts nothing and counts. */
final class FakeLauncher implements ProcessLauncher {

    private int launched;

    int launched() {
        return launched;
    }

    @Override
    public ApplicationProcess launch(ProcessCommand command, ProcessListener listener) {
        launched++;
        return new FakeProcess(List.of());
    }

    @Override
    public void close() {
        // nothing was started
    }
}
