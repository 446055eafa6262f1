/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.process.ApplicationProcess;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerConnection;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The right to use one worker alone, from {@link LeaseListener#granted} until {@link #release}.
 *
 * <p>Threading: any thread. Releasing twice is harmless: only the first counts.
 */
public final class Lease {

    private final LeaseOwner owner;
    private final Worker worker;
    private final AtomicBoolean released = new AtomicBoolean();

    Lease(LeaseOwner owner, Worker worker) {
        this.owner = requireNonNull(owner, "owner");
        this.worker = requireNonNull(worker, "worker");
    }

    /** The worker itself, for the pool. */
    Worker worker() {
        return worker;
    }

    /** The class that the worker belongs to. */
    public ProcessClass processClass() {
        return worker.processClass();
    }

    /** The socket that the worker listens on. Empty when it has no process. */
    public Optional<Path> socketPath() {
        return worker.process().map(ApplicationProcess::socketPath);
    }

    /**
     * Takes the connection that was kept open after the worker's last request, if there is one. The caller owns it. Call
     * before {@link #release}.
     */
    public Optional<WorkerConnection> takeConnection() {
        requireHeld();
        Optional<WorkerConnection> kept = worker.connection();
        worker.forgetConnection();
        return kept;
    }

    /** Keeps an open connection for the worker's next request; the worker owns it. Call before {@link #release}. */
    public void keep(WorkerConnection open) {
        requireHeld();
        worker.keep(open);
    }

    /**
     * Names what runs when the worker's process has been reaped: once, on any thread, or at once if that has happened
     * already. Nothing runs after {@link #release}.
     */
    public void onExit(Runnable hook) {
        requireHeld();
        worker.exitNotice().onExit(hook);
    }

    /** Notes the HTTP status of the worker's response; 0 if there is none. Call before {@link #release}. */
    public void answered(int status) {
        requireHeld();
        worker.answered(status);
    }

    /** Why the worker is stopped, or is to be stopped after this request. Empty when it is not. */
    public Optional<RetireReason> retireReason() {
        return worker.retireReason();
    }

    /**
     * Notes that what the worker answers depends on a file: when it changes, the worker goes.
     *
     * @param file relative to the application's directory, or absolute
     */
    public void dependsOn(String file) {
        try {
            owner.freshness()
                    .dependsOn(
                            worker,
                            worker.processClass()
                                    .command()
                                    .directory()
                                    .resolve(file)
                                    .normalize());
        } catch (InvalidPathException e) {
            owner.report(new FcgiEvent.InvalidDependency(
                    worker.processClass().name(), worker.pid(), String.valueOf(e.getMessage())));
        }
    }

    /** Whether the worker may read files for each request: then {@link #mayHaveReadHalf} is worth a question. */
    public boolean readsWhileItServes() {
        return owner.freshness().readsWhileItServes(worker);
    }

    /**
     * Whether the worker may owe its answer to half a file, because one that is watched for it has been changed since it
     * was leased, or is being changed. Knows of everything changed before the call, where the kernel tells of it. May read
     * the disk.
     *
     * @param failed whether the worker has failed; otherwise only what it has read meanwhile counts
     */
    public boolean mayHaveReadHalf(boolean failed) {
        return owner.freshness().mayHaveReadPartialFile(worker, failed);
    }

    /** Notes the first byte of an answer, before anybody else sees it; harmless when there was one before. */
    public void proven() {
        if (!worker.proven()) {
            worker.prove();
            owner.proven(worker);
        }
    }

    /** Gives the worker back. Before that, the connection is kept in or taken from the worker, as it deserves. */
    public void release(Outcome outcome) {
        if (released.compareAndSet(false, true)) {
            worker.exitNotice().clear();
            owner.released(worker, outcome);
        }
    }

    /** After the release, another request may have the worker. */
    private void requireHeld() {
        assert !released.get() : this + " was released";
    }

    /** Names the worker in log lines and messages. */
    @Override
    public String toString() {
        return worker.toString();
    }
}
