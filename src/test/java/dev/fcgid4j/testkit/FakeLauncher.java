/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import dev.fcgid4j.process.ApplicationProcess;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.process.ProcessLauncher;
import dev.fcgid4j.process.ProcessListener;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Starts nothing and counts. */
public final class FakeLauncher implements ProcessLauncher {

    private final AtomicInteger launched = new AtomicInteger();

    /** How many it was asked for. */
    public int launched() {
        return launched.get();
    }

    @Override
    public ApplicationProcess launch(ProcessCommand command, ProcessListener listener) {
        launched.incrementAndGet();
        return new FakeProcess(List.of());
    }

    @Override
    public void close() {
        // nothing was started
    }
}
