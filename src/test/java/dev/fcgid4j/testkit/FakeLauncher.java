/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import dev.fcgid4j.process.ApplicationProcess;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.process.ProcessLauncher;
import dev.fcgid4j.process.ProcessListener;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Launches {@link FakeProcess}es. Launching is safe from any thread; the hooks are set before. */
public final class FakeLauncher implements ProcessLauncher {

    private static final long FIRST_PID = 100;

    private final List<FakeProcess> alive = Collections.synchronizedList(new ArrayList<>());
    private Consumer<ProcessCommand> beforeLaunch = command -> {};
    private BiConsumer<ProcessCommand, FakeProcess> afterLaunch = (command, process) -> {};
    private int launched;

    /** Registers what runs before each launch; an exception that it throws is the launch's failure. */
    public FakeLauncher beforeLaunch(Consumer<ProcessCommand> hook) {
        beforeLaunch = hook;
        return this;
    }

    /** Registers what runs with each new process, before the code under test knows it. */
    public FakeLauncher afterLaunch(BiConsumer<ProcessCommand, FakeProcess> hook) {
        afterLaunch = hook;
        return this;
    }

    /** The number of processes launched. */
    public synchronized int launched() {
        return launched;
    }

    /** The processes that have not ended, the oldest first; a copy. */
    public List<FakeProcess> alive() {
        synchronized (alive) {
            return List.copyOf(alive);
        }
    }

    @Override
    public ApplicationProcess launch(ProcessCommand command, ProcessListener listener) {
        beforeLaunch.accept(command);
        FakeProcess process = new FakeProcess(nextPid(), listener);
        afterLaunch.accept(command, process);
        alive.add(process);
        process.onEnd(() -> alive.remove(process));
        return process;
    }

    private synchronized long nextPid() {
        return FIRST_PID + launched++;
    }

    @Override
    public void close() {
        // no process was started
    }
}
