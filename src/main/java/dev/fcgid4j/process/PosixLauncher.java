/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

import dev.fcgid4j.failure.ConfigurationException;
import dev.fcgid4j.failure.WorkerStartException;
import dev.fcgid4j.posix.LibC;
import dev.fcgid4j.posix.PosixException;
import dev.fcgid4j.posix.Spawn;
import dev.fcgid4j.posix.UnixSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts processes with {@code posix_spawn}, because Java's {@code ProcessBuilder} can't pass a listening socket as
 * descriptor 0.
 *
 * <p>Ownership: it owns one run directory, one guardian process, and one thread ({@link ProcessMonitor}) for the output
 * and the ends of all processes. {@link #close()} ends all three.
 *
 * <p>Threading: any thread that may block.
 */
public final class PosixLauncher implements ProcessLauncher {

    private static final Logger LOG = LoggerFactory.getLogger(PosixLauncher.class);
    private static final int BACKLOG = 128;
    private static final int BUSY_ATTEMPTS = 8;

    private final RunDirectory runDirectory;
    private final Guardian guardian;
    private final ProcessMonitor monitor;
    private final Optional<Instrumentation> instrumentation;
    private final Spawn.Scheduling scheduling;
    private boolean closed;

    private PosixLauncher(
            RunDirectory runDirectory,
            Guardian guardian,
            ProcessMonitor monitor,
            Optional<Instrumentation> instrumentation,
            Spawn.Scheduling scheduling) {
        this.runDirectory = runDirectory;
        this.instrumentation = instrumentation;
        this.guardian = guardian;
        this.monitor = monitor;
        this.scheduling = scheduling;
    }

    /**
     * Cleans up after launchers whose JVM is dead, makes a run directory, starts the guardian and the thread.
     *
     * @param installer makes interpreters report what they load; used if the settings ask for it (FcgidWatchLoadedFiles)
     * @throws ConfigurationException if the run directory can't be written
     */
    public static PosixLauncher open(ProcessSettings settings, Instrumentation.Installer installer) {
        RunDirectory.abandoned(settings.runParent()).forEach(Guardian::cleanUp);
        RunDirectory directory = RunDirectory.create(settings.runParent());
        Guardian guardian = new Guardian(directory.path());
        try {
            guardian.start();
            Optional<Instrumentation> instrumentation = settings.reportLoads()
                    ? Optional.of(installer.install(directory.newReadable("reporters")))
                    : Optional.empty();
            Spawn.Scheduling scheduling = settings.batchScheduling() ? Spawn.Scheduling.BATCH : Spawn.Scheduling.NORMAL;
            return new PosixLauncher(
                    directory, guardian, ProcessMonitor.start(settings, guardian), instrumentation, scheduling);
        } catch (IOException e) {
            abandon(directory, guardian);
            throw new ConfigurationException("can't write to the run directory " + directory.path() + ": " + e, e);
        } catch (RuntimeException e) {
            abandon(directory, guardian);
            throw e;
        }
    }

    private static void abandon(RunDirectory directory, Guardian guardian) {
        directory.close();
        guardian.close();
    }

    @Override
    public Optional<Path> reportDirectory() {
        return Optional.of(runDirectory.reports());
    }

    /** Returns whether the thread that reaps processes has died. */
    public boolean isDead() {
        return monitor.isDead();
    }

    /** Returns the private directory of the sockets. */
    public Path runDirectory() {
        return runDirectory.path();
    }

    @Override
    public ApplicationProcess launch(ProcessCommand command, ProcessListener listener) {
        Path socketPath = runDirectory.nextSocket();
        Launch launch = new Launch();
        boolean started = false;
        Optional<Path> report = Optional.empty();
        try {
            report = Optional.of(newReport(socketPath));
            launch.listen = UnixSocket.open(socketPath.toString(), BACKLOG);
            launch.out = LibC.pipe();
            launch.err = LibC.pipe();
            PosixProcess process = start(command, new RunDirectory.Names(socketPath, report), launch, listener);
            started = true;
            return process;
        } catch (PosixException e) {
            throw StartFailure.of(command, e);
        } finally {
            launch.closeChildEnds();
            if (!started) {
                launch.abandon(socketPath, report);
            }
        }
    }

    private Path newReport(Path socketPath) {
        try {
            return runDirectory.newReport(socketPath);
        } catch (IOException e) {
            throw new WorkerStartException("can't write to the run directory " + runDirectory.path() + ": " + e, e);
        }
    }

    /** Starts a process under the lock, so that none is started after {@link #close} has begun. */
    private PosixProcess start(
            ProcessCommand command, RunDirectory.Names names, Launch launch, ProcessListener listener)
            throws PosixException {
        Spawn.Program program = new Spawn.Program(
                command.argv().get(0),
                command.argv(),
                environment(command, names.report()),
                command.directory().toString());
        Spawn.Standard standard = new Spawn.Standard(launch.listen, launch.out[1], launch.err[1]);
        for (int attempt = 1; ; attempt++) {
            try {
                synchronized (this) {
                    if (closed) {
                        throw new WorkerStartException("the launcher is closed: " + command.program());
                    }
                    int pid = Spawn.start(program, standard, scheduling);
                    guardian.add(pid);
                    PosixProcess process =
                            new PosixProcess(new PosixProcess.Started(pid, launch.listen, names), listener, monitor);
                    monitor.watch(process, launch.out[0], launch.err[0]);
                    return process;
                }
            } catch (PosixException e) {
                if (e.errno() != StartFailure.ETXTBSY || attempt == BUSY_ATTEMPTS) {
                    throw e;
                }
                // A writer that copies the program into place finishes in a moment.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1L << attempt));
            }
        }
    }

    private List<String> environment(ProcessCommand command, Optional<Path> report) {
        List<String> variables = new ArrayList<>();
        Map<String, String> environment = new HashMap<>(command.environment());
        report.ifPresent(file -> {
            environment.put(Instrumentation.REPORT_FILE, file.toString());
            instrumentation.ifPresent(each -> environment.putAll(each.inject(command.environment(), file)));
        });
        environment.forEach((name, value) -> variables.add(name + "=" + value));
        return variables;
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        monitor.close();
        runDirectory.close();
        guardian.close();
        LOG.debug("launcher closed: {}", runDirectory.path());
    }

    /** The descriptors of one launch, until a process owns them. */
    private static final class Launch {
        private static final int[] NONE = {-1, -1};
        private int listen = -1;
        private int[] out = NONE;
        private int[] err = NONE;

        void closeChildEnds() {
            close(out[1]);
            close(err[1]);
        }

        void abandon(Path socketPath, Optional<Path> report) {
            close(listen);
            close(out[0]);
            close(err[0]);
            try {
                RunDirectory.remove(socketPath, report);
            } catch (IOException e) {
                LOG.warn("can't remove {}: {}", socketPath, e.toString());
            }
        }

        private static void close(int fd) {
            if (fd >= 0) {
                LibC.closeQuietly(fd);
            }
        }
    }
}
