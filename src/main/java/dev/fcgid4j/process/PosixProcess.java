/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.posix.FileAccess;
import dev.fcgid4j.posix.LibC;
import dev.fcgid4j.posix.PosixException;
import dev.fcgid4j.posix.UnixSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process started by {@link PosixLauncher}.
 *
 * <p>Threading: any thread may send signals; a short lock makes sure that the process has not been reaped. Only the
 * launcher's thread reads the descriptors.
 */
final class PosixProcess implements ApplicationProcess {

    private static final Logger LOG = LoggerFactory.getLogger(PosixProcess.class);
    private static final long PAGE = LibC.pageSize();

    private final int pid;
    private final Path socketPath;
    private final Optional<Path> reportFile;
    private final int listenFd;
    private final ProcessListener listener;
    private final ProcessMonitor monitor;
    private boolean reaped;

    /** A process that was started, its listening socket, and its files. */
    record Started(int pid, int listenFd, RunDirectory.Names names) {}

    PosixProcess(Started started, ProcessListener listener, ProcessMonitor monitor) {
        this.pid = started.pid();
        this.socketPath = started.names().socket();
        this.reportFile = started.names().report();
        this.listenFd = started.listenFd();
        this.listener = listener;
        this.monitor = monitor;
    }

    @Override
    public long pid() {
        return pid;
    }

    @Override
    public Path socketPath() {
        return socketPath;
    }

    @Override
    public Optional<Path> reportFile() {
        return reportFile;
    }

    @Override
    public synchronized void terminate() {
        if (!reaped) {
            LibC.signalGroup(pid, LibC.SIGTERM);
            monitor.terminated(this);
        }
    }

    /** Makes every accept of the process fail from now on. To be called some time after {@link #terminate}. */
    synchronized void stopAccepting() {
        if (!reaped) {
            UnixSocket.shutDown(listenFd);
        }
    }

    @Override
    public synchronized void kill() {
        if (!reaped) {
            LibC.signalGroup(pid, LibC.SIGKILL);
        }
    }

    @Override
    public OptionalLong residentBytes() {
        assert FileAccess.isPermitted() : "an event loop must not wait for a file system";
        try {
            String[] pages =
                    Files.readString(Path.of("/proc/" + pid + "/statm")).split(" ", 3);
            synchronized (this) {
                return reaped ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(pages[1]) * PAGE);
            }
        } catch (IOException e) {
            return OptionalLong.empty(); // ended, or a system without /proc
        }
    }

    @Override
    public Optional<ProcessActivity> activity() {
        Optional<ProcessActivity> read = ProcessActivity.of(pid);
        synchronized (this) {
            return reaped ? Optional.empty() : read;
        }
    }

    /** Kills the rest of the group of a process that has ended, reaps the process and removes its files. */
    synchronized ExitStatus reap(Guardian guardian) {
        if (!reaped) { // the group's id can't be reused before its leader is reaped
            LibC.signalGroup(pid, LibC.SIGKILL);
            guardian.remove(pid);
            reaped = true;
        }
        ExitStatus status;
        try {
            int code = LibC.reap(pid);
            status = (code & 0x7f) == 0 ? ExitStatus.exited((code >> 8) & 0xff) : ExitStatus.killed(code & 0x7f);
        } catch (PosixException e) {
            LOG.error("process {} can't be reaped; perhaps other code has waited for it: {}", pid, e.getMessage());
            status = ExitStatus.exited(0);
        }
        try {
            RunDirectory.remove(socketPath, reportFile);
        } catch (IOException e) {
            LOG.warn("can't remove {}: {}", socketPath, e.toString());
        }
        return status;
    }

    /**
     * Closes the listening socket, which resets the connections that were never accepted. To be called some time after
     * {@link #reap}: the owner of such a connection must first learn that the process has ended, to distinguish an unread
     * request from a lost one.
     */
    void closeSocket() {
        LibC.closeQuietly(listenFd);
    }

    void reportLine(ProcessListener.Stream stream, String line) {
        try {
            listener.line(stream, line);
        } catch (RuntimeException e) {
            LOG.error("the listener of process {} failed on a line", pid, e);
        }
    }

    void reportExit(ExitStatus status) {
        try {
            listener.exited(status);
        } catch (RuntimeException e) {
            LOG.error("the listener of process {} failed on its end ({})", pid, status, e);
        }
    }
}
