/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import dev.fcgid4j.freshness.LoadedFile;
import dev.fcgid4j.process.ApplicationProcess;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.process.ProcessLauncher;
import dev.fcgid4j.process.ProcessListener;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Starts nothing and counts. */
public final class FakeLauncher implements ProcessLauncher {

    private final List<LoadedFile> loaded;

    private final AtomicInteger launched = new AtomicInteger();

    /** Its processes have loaded nothing. */
    public FakeLauncher() {
        this(List.of());
    }

    /** Its processes have loaded these files. */
    public FakeLauncher(List<LoadedFile> loaded) {
        this.loaded = List.copyOf(loaded);
    }

    /** How many it was asked for. */
    public int launched() {
        return launched.get();
    }

    @Override
    public ApplicationProcess launch(ProcessCommand command, ProcessListener listener) {
        launched.incrementAndGet();
        return new FakeProcess(loaded);
    }

    @Override
    public void close() {
        // nothing was started
    }
}
