/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.freshness.PartialRead;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.process.ApplicationProcess;
import dev.fcgid4j.process.ProcessActivity;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerConnection;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The right of one request to use a worker, from {@link LeaseListener#granted} until {@link #release}. No other request
 * uses the worker meanwhile.
 *
 * <p>Threading: any thread. Only the first release counts.
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
     * Whether a connection to the worker may be kept for another request: not with FcgidKeepConnection off, and not after
     * {@link #keptConnectionUnread} of any worker of the class.
     */
    public boolean keepsConnections() {
        return owner.keepsConnections();
    }

    /** Reports that the worker does not read the request on its kept connection. */
    public void keptConnectionUnread() {
        owner.keptConnectionUnread(worker);
    }

    /**
     * Asks what the worker's process is doing. Returns at once.
     *
     * @param answer called once, on any thread; empty if that is unknown
     */
    public void askActivity(Consumer<Optional<ProcessActivity>> answer) {
        owner.askActivity(worker, answer);
    }

    /**
     * Names what runs when the worker's process has been reaped: once, on any thread, or at once if that has happened
     * already. Nothing runs after {@link #release}.
     */
    public void onExit(Runnable hook) {
        requireHeld();
        worker.end().notice().onExit(hook);
    }

    /** Notes the HTTP status of the worker's response; 0 if there is none. Call before {@link #release}. */
    public void answered(int status) {
        requireHeld();
        worker.answered(status);
    }

    /**
     * Why the pool has stopped the worker in the middle of this request: for a time limit, or because the pool closes. Empty
     * if it has not. Such a request ends; running it again would exceed the limit.
     */
    public Optional<RetireReason> stopReason() {
        return worker.retirement().stopReason();
    }

    /**
     * The worker's responses depend on a file: when it changes, the worker is replaced.
     *
     * @param file a path, absolute or relative to the application's directory; a name that is no path is reported to the
     *     listener and ignored
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

    /** Whether the worker may read files for each request. If not, ask {@link #mayHaveReadHalf} only about a failure. */
    public boolean readsWhileItServes() {
        return owner.freshness().readsWhileItServes(worker);
    }

    /**
     * Whether the worker may have read a partial file for this request, because a file that is watched for it has changed
     * since the worker was granted, or is being changed. Knows every change that was completed before the call, where the
     * kernel reports changes. Reads the disk.
     *
     * @param failed whether the worker has failed; otherwise only files count that it has read meanwhile
     */
    public boolean mayHaveReadHalf(boolean failed) {
        return owner.freshness().mayHaveReadPartialFile(worker, failed);
    }

    /** {@link #mayHaveReadHalf}, as far as it is known without the disk. For event loops. */
    public PartialRead partialReadWithoutDisk(boolean failed) {
        return owner.freshness().partialReadWithoutDisk(worker, failed);
    }

    /** The worker has answered a byte. Call before any client sees it. Only the first call of a worker counts. */
    public void proven() {
        if (!worker.proven()) {
            worker.prove();
            owner.proven(worker);
        }
    }

    /** Gives the worker back. Call {@link #keep} before, if the connection can serve another request. */
    public void release(Outcome outcome) {
        if (released.compareAndSet(false, true)) {
            worker.end().notice().clear();
            owner.released(worker, outcome);
        }
    }

    /** After the release, another request may have the worker. */
    private void requireHeld() {
        assert !released.get() : this + " was released";
    }

    /** The name of the worker in log lines and messages. */
    @Override
    public String toString() {
        return worker.toString();
    }
}
