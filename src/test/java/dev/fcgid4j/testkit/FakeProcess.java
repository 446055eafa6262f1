/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import dev.fcgid4j.freshness.LoadReport;
import dev.fcgid4j.freshness.LoadedFile;
import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.process.ApplicationProcess;
import dev.fcgid4j.process.ProcessListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * An application process without an operating system: a test says what it loads and when it ends, and sees the signals
 * it gets. For one thread.
 */
public final class FakeProcess implements ApplicationProcess {

    private final long pid;
    private final ProcessListener listener;
    private final List<LoadedFile> unread = new ArrayList<>();
    private Consumer<List<LoadedFile>> onReportRead = read -> {};
    private Runnable onEnd = () -> {};
    private boolean terminated;
    private boolean killed;

    /** A process that has reported nothing. */
    public FakeProcess(long pid, ProcessListener listener) {
        this.pid = pid;
        this.listener = listener;
    }

    /** A process of no launcher, whose end has no listener and whose load report names these files. */
    public static FakeProcess reporting(LoadedFile... files) {
        FakeProcess process = new FakeProcess(1, new ProcessListener() {
            @Override
            public void line(Stream stream, String line) {
                // a fake process writes nothing
            }

            @Override
            public void exited(ExitStatus status) {
                // the test knows
            }
        });
        List.of(files).forEach(process::report);
        return process;
    }

    /** Its load report names one more file. */
    public void report(LoadedFile file) {
        unread.add(file);
    }

    /** Whether its load report names files that were not read yet. */
    public boolean hasUnreadReport() {
        return !unread.isEmpty();
    }

    /** Registers a listener for the files that were just read from its load report. */
    public void onReportRead(Consumer<List<LoadedFile>> listens) {
        onReportRead = listens;
    }

    /** Whether it got SIGTERM. */
    public boolean isTerminated() {
        return terminated;
    }

    /** Whether it got SIGKILL. */
    public boolean isKilled() {
        return killed;
    }

    /** The process ends and is reaped. */
    public void end(ExitStatus status) {
        onEnd.run();
        listener.exited(status);
    }

    /** Registers what its launcher does when it ends. */
    void onEnd(Runnable action) {
        onEnd = action;
    }

    @Override
    public long pid() {
        return pid;
    }

    @Override
    public Path socketPath() {
        return Path.of("/run/" + pid);
    }

    /** Opens the load report of a fake process, as {@code LoadReports} does. */
    public static Optional<LoadReport> loads(ApplicationProcess process, Path directory) {
        return Optional.of(((FakeProcess) process)::readReport);
    }

    private List<LoadedFile> readReport() {
        List<LoadedFile> read = List.copyOf(unread);
        unread.clear();
        onReportRead.accept(read);
        return read;
    }

    @Override
    public void terminate() {
        terminated = true;
    }

    @Override
    public void kill() {
        killed = true;
    }

    @Override
    public OptionalLong residentBytes() {
        return OptionalLong.empty();
    }
}
