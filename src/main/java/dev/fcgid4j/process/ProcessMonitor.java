/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.posix.LibC;
import dev.fcgid4j.posix.PollSet;
import dev.fcgid4j.posix.PosixException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that waits for the output and the end of all processes of a launcher.
 *
 * <p>It reads all output, so no process blocks on its log. A pidfd reports the end of a process at once. If the kernel has
 * no pidfd, the thread checks each process twenty times a second.
 *
 * <p>Threading: everything except {@link #watch}, {@link #terminated} and {@link #close} runs on its thread.
 */
final class ProcessMonitor implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ProcessMonitor.class);
    private static final int CHECK_MILLIS = 50;
    private static final int LAST_READS = 64; // of the output of a process that has ended
    private static final long LINGER_NANOS = 500_000_000L; // from a reaped process to the close of its listening socket
    private static final long NOTICE_NANOS = 500_000_000L; // from SIGTERM to the shutdown of the listening socket

    private final ProcessSettings settings;
    private final Guardian guardian;
    private final PollSet poll;
    private final Thread thread;
    private final ConcurrentLinkedQueue<Watched> arrivals = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Due> terminated = new ConcurrentLinkedQueue<>();
    private volatile boolean closing;

    // Owned by the thread.
    private final List<Watched> watched = new ArrayList<>();
    private final ArrayDeque<Due> lingering = new ArrayDeque<>();
    private final byte[] buffer = new byte[16_384];
    private boolean rebuild = true;

    private ProcessMonitor(ProcessSettings settings, Guardian guardian, PollSet poll) {
        this.settings = settings;
        this.guardian = guardian;
        this.poll = poll;
        this.thread = new Thread(this::run, "fcgid4j-process");
        this.thread.setDaemon(true);
    }

    static ProcessMonitor start(ProcessSettings settings, Guardian guardian) {
        try {
            ProcessMonitor monitor = new ProcessMonitor(settings, guardian, new PollSet());
            monitor.thread.start();
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
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        poll.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        boolean killed = false;
        while (true) {
            try {
                admit();
                if (closing && !killed) {
                    watched.forEach(w -> w.process.kill());
                    killed = true;
                }
                closeSockets();
                if (closing && watched.isEmpty() && arrivals.isEmpty()) {
                    return;
                }
                poll.await(timeoutMillis());
                serve();
            } catch (PosixException | RuntimeException e) {
                LOG.error("watching processes failed; the thread continues", e);
            }
        }
    }

    private void admit() {
        for (Watched next = arrivals.poll(); next != null; next = arrivals.poll()) {
            watched.add(next);
            rebuild = true;
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
        for (int i = 0; i < watched.size(); i++) {
            Watched each = watched.get(i);
            if (poll.ready(3 * i + 1)) {
                each.out.read();
            }
            if (poll.ready(3 * i + 2)) {
                each.err.read();
            }
            boolean over = each.pidFd < 0 ? LibC.hasEnded((int) each.process.pid()) : poll.ready(3 * i);
            if (over) {
                ended.add(each);
            }
        }
        for (Watched each : ended) {
            watched.remove(each);
            rebuild = true;
            each.end();
        }
    }

    /** One process and its descriptors; -1 is a closed one, which poll ignores. */
    private final class Watched {
        private final PosixProcess process;
        private final int pidFd;
        private final Output out;
        private final Output err;

        Watched(PosixProcess process, int pidFd, int out, int err) {
            this.process = process;
            this.pidFd = pidFd;
            this.out = new Output(process, ProcessListener.Stream.STDOUT, out);
            this.err = new Output(process, ProcessListener.Stream.STDERR, err);
        }

        void end() throws PosixException {
            if (pidFd >= 0) {
                LibC.closeQuietly(pidFd);
            }
            ExitStatus status = process.reap(guardian);
            out.drain();
            err.drain();
            lingering.add(new Due(process, System.nanoTime() + LINGER_NANOS));
            process.reportExit(status);
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
                splitter.end();
                LibC.closeQuietly(fd);
                fd = -1;
                rebuild = true;
            }
        }
    }
}
