/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

import dev.fcgid4j.limits.EnduringLoop;
import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.posix.LibC;
import dev.fcgid4j.posix.PollSet;
import dev.fcgid4j.posix.PosixException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * One thread that waits for the output and the end of all processes of a launcher.
 *
 * <p>It reads all output, so no process blocks on its log. A pidfd reports the end of a process at once. If the kernel has
 * no pidfd, the thread checks each process twenty times a second.
 *
 * <p>Failure: the thread survives whatever is thrown. An end that was not reported is reported by the next pass.
 *
 * <p>Threading: everything except {@link #watch}, {@link #terminated} and {@link #close} runs on its thread.
 */
final class ProcessMonitor implements AutoCloseable {

    private static final int CHECK_MILLIS = 50;
    private static final int MAX_FAILURES = 20; // attempts to report the end of one process
    private static final int LAST_READS = 64; // of the output of a process that has ended
    private static final long LINGER_NANOS = 500_000_000L; // from a reaped process to the close of its listening socket
    private static final long NOTICE_NANOS = 500_000_000L; // from SIGTERM to the shutdown of the listening socket

    private final ProcessSettings settings;
    private final Guardian guardian;
    private final PollSet poll;
    private final EnduringLoop loop;
    private final ConcurrentLinkedQueue<Watched> arrivals = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Due> terminated = new ConcurrentLinkedQueue<>();
    private volatile boolean closing;

    // Owned by the thread.
    private final List<Watched> watched = new ArrayList<>();
    private final ArrayDeque<Due> lingering = new ArrayDeque<>();
    private final byte[] buffer = new byte[16_384];
    private boolean rebuild = true;
    private boolean killed;

    private ProcessMonitor(ProcessSettings settings, Guardian guardian, PollSet poll) {
        this.settings = settings;
        this.guardian = guardian;
        this.poll = poll;
        this.loop = new EnduringLoop("fcgid4j-process", "watching processes", this::pass, this::isFinished);
    }

    static ProcessMonitor start(ProcessSettings settings, Guardian guardian) {
        try {
            ProcessMonitor monitor = new ProcessMonitor(settings, guardian, new PollSet());
            monitor.loop.start();
            return monitor;
        } catch (PosixException e) {
            throw new IllegalStateException("can't make a pipe: " + e.getMessage(), e);
        }
    }

    /** Watches a process from now on, and owns the two descriptors. */
    void watch(PosixProcess process, int out, int err) {
        arrivals.add(new Watched(process, LibC.openPidFd((int) process.pid()), out, err));
        poll.wake();
    }

    /** Notes that a process was asked to end. If it does not end soon, its listening socket is shut down. */
    void terminated(PosixProcess process) {
        terminated.add(new Due(process, System.nanoTime() + NOTICE_NANOS));
        poll.wake();
    }

    /** Kills, reaps and reports everything, then ends the thread. */
    @Override
    public void close() {
        closing = true;
        poll.wake();
        boolean interrupted = false;
        while (loop.isAlive()) {
            try {
                loop.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        poll.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns whether the thread has ended although the monitor is open: no process is reaped any more. */
    boolean isDead() {
        return loop.isDead();
    }

    private boolean isFinished() {
        return closing && watched.isEmpty() && arrivals.isEmpty() && lingering.isEmpty();
    }

    private void pass() throws PosixException {
        admit();
        if (closing && !killed) {
            watched.forEach(w -> w.process.kill());
            killed = true;
        }
        closeSockets();
        if (!isFinished()) {
            poll.await(timeoutMillis());
            serve();
        }
    }

    /** A process leaves the arrivals when it is in the list, so that no failure in between loses it. */
    private void admit() {
        for (Watched next = arrivals.peek(); next != null; next = arrivals.peek()) {
            rebuild = true;
            if (!watched.contains(next)) {
                watched.add(next);
            }
            arrivals.remove();
            if (closing) {
                next.process.kill();
            }
        }
        if (rebuild) {
            poll.clear();
            for (Watched each : watched) {
                poll.add(each.pidFd);
                poll.add(each.out.fd);
                poll.add(each.err.fd);
            }
            rebuild = false;
        }
    }

    private int timeoutMillis() {
        boolean check = !lingering.isEmpty()
                || !terminated.isEmpty()
                || watched.stream().anyMatch(w -> w.pidFd < 0);
        return check ? CHECK_MILLIS : -1;
    }

    private void closeSockets() {
        long now = System.nanoTime();
        while (!lingering.isEmpty() && (closing || now - lingering.peek().atNanos() >= 0)) {
            lingering.remove().process().closeSocket();
        }
        for (Due next = terminated.peek(); next != null && now - next.atNanos() >= 0; next = terminated.peek()) {
            terminated.remove().process().stopAccepting();
        }
    }

    /** The time at which to act on the listening socket of a process. */
    private record Due(PosixProcess process, long atNanos) {}

    private void serve() throws PosixException {
        List<Watched> ended = new ArrayList<>();
        Optional<Throwable> failure = Optional.empty();
        for (int i = 0; i < watched.size(); i++) {
            Watched each = watched.get(i);
            if (each.isOver(3 * i)) {
                ended.add(each);
            }
            try {
                each.read(3 * i);
            } catch (RuntimeException | PosixException | Error e) { // the other processes have output too
                failure = Optional.of(e);
            }
        }
        for (Watched each : ended) {
            rebuild = true;
            try {
                each.end();
                watched.remove(each); // not before: an end that failed is completed by the next pass
            } catch (RuntimeException | PosixException | Error e) { // the other processes have ends too
                failure = Optional.of(e);
                if (++each.failures >= MAX_FAILURES) {
                    watched.remove(each);
                }
            }
        }
        if (failure.isPresent()) {
            throw new IllegalStateException("output or the end of a process was not reported", failure.get());
        }
    }

    /** One process and its descriptors; -1 is a closed one, which poll ignores. */
    private final class Watched {
        private final PosixProcess process;
        private final Output out;
        private final Output err;
        private int pidFd;
        private @Nullable ExitStatus status; // once it is reaped
        private int failures; // attempts to report its end that have failed

        Watched(PosixProcess process, int pidFd, int out, int err) {
            this.process = process;
            this.pidFd = pidFd;
            this.out = new Output(process, ProcessListener.Stream.STDOUT, out);
            this.err = new Output(process, ProcessListener.Stream.STDERR, err);
        }

        void read(int index) throws PosixException {
            if (poll.ready(index + 1)) {
                out.read();
            }
            if (poll.ready(index + 2)) {
                err.read();
            }
        }

        boolean isOver(int index) {
            if (status != null) {
                return true;
            }
            return pidFd < 0 ? LibC.hasEnded((int) process.pid()) : poll.ready(index);
        }

        /** Reaps the process and reports its end. Goes on where a call that failed has stopped. */
        void end() throws PosixException {
            ExitStatus known = status;
            if (known == null) {
                known = process.reap(guardian);
                status = known;
                lingering.add(new Due(process, System.nanoTime() + LINGER_NANOS));
            }
            if (pidFd >= 0) {
                LibC.closeQuietly(pidFd);
                pidFd = -1;
            }
            out.drain();
            err.drain();
            process.reportExit(known);
        }
    }

    /** One output stream of one process. */
    private final class Output {
        private final LineSplitter splitter;
        private int fd;

        Output(PosixProcess process, ProcessListener.Stream stream, int fd) {
            this.fd = fd;
            this.splitter = new LineSplitter(settings, System::nanoTime, line -> process.reportLine(stream, line));
        }

        void read() throws PosixException {
            int count = LibC.read(fd, buffer);
            if (count > 0) {
                splitter.accept(buffer, count);
            } else {
                close();
            }
        }

        /** Reads the remaining output. The number of reads is limited, because a process that left the group may go on writing. */
        void drain() throws PosixException {
            for (int i = 0; i < LAST_READS && fd >= 0 && LibC.readable(fd); i++) {
                read();
            }
            close();
        }

        private void close() {
            if (fd >= 0) {
                LibC.closeQuietly(fd);
                fd = -1;
                rebuild = true;
                splitter.end();
            }
        }
    }
}
