/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.inotify;

import dev.fcgid4j.watch.FileWatcher;
import dev.fcgid4j.watch.Poller;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file or one directory that is watched, and the listener of its changes.
 *
 * <p>Threading: any thread may use it as a {@link FileWatcher.Watch}. The thread that begins the watch sets {@code
 * immediate} and {@code comparison} before it hands the watch out; they never change after that. {@code reported} is
 * guarded by the watcher's lock, under which all reports are made.
 */
final class Subscription implements FileWatcher.Watch {

    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);

    private final Path path;
    private final ReportTarget target;
    private final Consumer<Subscription> end;
    private volatile boolean immediate = true;
    private volatile Poller.@Nullable Comparison comparison;
    private boolean reported;

    /**
     * Creates one that no directory is watched for yet.
     *
     * @param end removes it from its watcher; harmless if called twice
     */
    Subscription(Path path, ReportTarget target, Consumer<Subscription> end) {
        this.path = path;
        this.target = target;
        this.end = end;
    }

    /** The file or directory, as the caller named it. */
    Path path() {
        return path;
    }

    /** Returns whether another one reports the same file to an equal listener. */
    boolean isReplacedBy(Subscription other) {
        return path.equals(other.path) && target.equals(other.target);
    }

    // ---- beginning ------------------------------------------------------------------------------------------------

    /** The kernel doesn't report its changes. */
    void notImmediate() {
        immediate = false;
    }

    /** It is compared from now on. */
    void comparedBy(Poller.Comparison added) {
        comparison = added;
    }

    // ---- reports, under the watcher's lock --------------------------------------------------------------------------

    /** An entry changed, and is complete. */
    void reportChanged(String name) {
        reported = true;
        report(() -> target.changed(path, name));
    }

    /** An entry is being written. */
    void reportBeingWritten(String name) {
        report(() -> target.beingWritten(path, name));
    }

    /** Nothing that was known of the path holds. */
    void reportAllChanged() {
        reported = true;
        report(() -> target.allChanged(path));
    }

    /** Returns whether a change was reported. After one, the path may lead through other directories than are watched. */
    boolean isReported() {
        return reported;
    }

    /** A listener that fails doesn't keep the others from their reports. */
    private static void report(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.error("a listener of file changes failed", e);
        }
    }

    // ---- the caller's side ------------------------------------------------------------------------------------------

    @Override
    public boolean immediate() {
        return immediate;
    }

    @Override
    public void compare() {
        Poller.Comparison compared = comparison;
        if (compared != null) {
            compared.compare();
        }
    }

    @Override
    public void close() {
        end.accept(this);
        Poller.Comparison compared = comparison;
        if (compared != null) {
            compared.close();
        }
    }
}
