/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import dev.fcgid4j.process.ApplicationProcess;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.process.ProcessLauncher;
import dev.fcgid4j.process.ProcessListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Starts a {@link ScriptedApplication} in place of each process. For the test's thread. */
public final class ScriptedLauncher implements ProcessLauncher {

    private static final long FIRST_PID = 100;

    private final Path folder;
    private final Runnable server;
    private final List<ScriptedApplication> started = new ArrayList<>();
    private Consumer<ScriptedApplication> onStart = application -> {};

    /**
     * Starts nothing yet.
     *
     * @param folder for the sockets
     * @param server lets the server run until it has nothing more to do
     */
    public ScriptedLauncher(Path folder, Runnable server) {
        this.folder = folder;
        this.server = server;
    }

    /** Registers what happens to each application right after its start. */
    public void onStart(Consumer<ScriptedApplication> hook) {
        onStart = hook;
    }

    /** All applications that were started, the oldest first. */
    public List<ScriptedApplication> started() {
        return List.copyOf(started);
    }

    @Override
    public ApplicationProcess launch(ProcessCommand command, ProcessListener listener) {
        long pid = FIRST_PID + started.size();
        ScriptedApplication application = new ScriptedApplication(pid, folder.resolve(pid + ".sock"), server, listener);
        started.add(application);
        onStart.accept(application);
        return application;
    }

    @Override
    public void close() {
        started.forEach(ScriptedApplication::close);
    }
}
