/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

import dev.fcgid4j.failure.WorkerStartException;
import dev.fcgid4j.posix.LibC;
import dev.fcgid4j.posix.PosixException;
import dev.fcgid4j.posix.Spawn;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small shell process that outlives the JVM for a moment. When the JVM ends, in whatever way, the guardian kills the
 * process groups that are left and removes the run directory.
 *
 * <p>The JVM reports each group through a pipe. Only the JVM holds the other end of that pipe, so the pipe ends with the
 * JVM. The guardian finds a worker that was started but not yet reported by its socket. If the guardian itself ends, the
 * next message starts a new one.
 *
 * <p>Threading: any thread; one short lock. Source: docs/adr/0002-guardian-process.md.
 */
final class Guardian implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Guardian.class);
    private static final String SCRIPT = script();

    private final Path runDirectory;
    private final Set<Integer> groups = new TreeSet<>();
    private int pid;
    private int pipe = -1;

    Guardian(Path runDirectory) {
        this.runDirectory = runDirectory;
    }

    /** Starts the shell process. */
    synchronized void start() {
        try {
            startProcess();
        } catch (PosixException e) {
            throw new WorkerStartException("can't start /bin/sh, which ends the workers when the JVM dies: " + e, e);
        }
    }

    /** Reports a group that was started. */
    synchronized void add(int group) {
        groups.add(group);
        report("+ " + group + "\n");
    }

    /** Reports a group that has ended. To be called before its leader is reaped, because afterwards the id may be reused. */
    synchronized void remove(int group) {
        groups.remove(group);
        report("- " + group + "\n");
    }

    /** Ends the shell process, which removes the run directory. */
    @Override
    public synchronized void close() {
        stopProcess();
    }

    /** Kills the processes of a launcher whose JVM is dead, and removes its run directory. */
    static void cleanUp(Path abandoned) {
        LOG.info("removing what a dead process left behind: {}", abandoned);
        try (Guardian once = new Guardian(abandoned)) {
            once.start();
        }
    }

    /** Never fails: without a guardian the JVM still manages its workers, and the next message tries again. */
    private void report(String message) {
        try {
            LibC.writeFully(pipe, message.getBytes(StandardCharsets.US_ASCII));
        } catch (PosixException e) {
            LOG.warn("the guardian process {} is gone ({}); starting another", pid, e.getMessage());
            stopProcess();
            restart();
        }
    }

    private void restart() {
        try {
            startProcess();
            for (int group : groups) {
                LibC.writeFully(pipe, ("+ " + group + "\n").getBytes(StandardCharsets.US_ASCII));
            }
        } catch (PosixException e) {
            LOG.error("no guardian process can be started; until one can, kill -9 of this JVM leaves its workers", e);
        }
    }

    private void startProcess() throws PosixException {
        int[] ends = LibC.pipe();
        try (NullDevice none = NullDevice.open()) {
            pid = Spawn.start(
                    new Spawn.Program(
                            "/bin/sh",
                            List.of("/bin/sh", "-c", SCRIPT, "fcgid4j-guardian", runDirectory.toString()),
                            List.of("PATH=" + ProcessCommand.SEARCH_PATH),
                            "/"),
                    new Spawn.Standard(ends[0], none.fd(), none.fd()),
                    Spawn.Scheduling.NORMAL);
            pipe = ends[1];
        } catch (PosixException e) {
            LibC.closeQuietly(ends[1]);
            throw e;
        } finally {
            LibC.closeQuietly(ends[0]);
        }
    }

    private void stopProcess() {
        if (pipe < 0) {
            return;
        }
        LibC.closeQuietly(pipe);
        pipe = -1;
        try {
            LibC.reap(pid);
        } catch (PosixException e) {
            LOG.warn("the guardian process {} can't be waited for: {}", pid, e.getMessage());
        }
    }

    private static String script() {
        try (InputStream in = Guardian.class.getResourceAsStream("guardian.sh")) {
            if (in == null) {
                throw new IllegalStateException("guardian.sh is missing beside " + Guardian.class);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("guardian.sh can't be read", e);
        }
    }

    /** A pipe without a reader: writing to it fails, and the shell ignores that. */
    private record NullDevice(int fd) implements AutoCloseable {

        static NullDevice open() throws PosixException {
            int[] ends = LibC.pipe();
            LibC.closeQuietly(ends[0]);
            return new NullDevice(ends[1]);
        }

        @Override
        public void close() {
            LibC.closeQuietly(fd);
        }
    }
}
