/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ObjIntConsumer;

/**
 * One file or one directory that is watched, and who is told.
 *
 * <p>Threading: what isn't final or volatile is guarded by the watcher's lock, but {@code heldOpenings} by that of
 * {@link OpenFileTracker}, and {@code opened} and {@code wayChanged} by their own.
 */
final class Subscription implements FileWatcher.Watch {

    private static final Set<Subscription> NOT_HEEDED = Set.of();

    private final InotifyWatcher watcher;
    private final Path file;
    private final Target target;
    private final List<Held> held = new ArrayList<>();
    private final List<Polled> polled = new CopyOnWriteArrayList<>();
    private final Lock comparing = new ReentrantLock();
    private final UnreportedChange untold;
    private final List<Held> heldOpenings = new ArrayList<>();
    private final Object openedLock = new Object();
    private Set<Subscription> opened = NOT_HEEDED;
    private boolean wayChanged;
    private volatile boolean immediate = true;
    private boolean told;

    /** An interest that the kernel serves. */
    private record Held(int watch, DirectoryInterest interest) {}

    /** A listener of any kind. */
    interface Target {

        /** An entry of this name changed and is complete. */
        void changed(Path file, String name);

        /** An entry of this name is being written. */
        void beingWritten(Path file, String name);

        /** Nothing that was known holds. */
        void allChanged(Path file);
    }

    /** Something that is compared from time to time. Reads the disk, under its registration's {@link #comparing} alone. */
    interface Polled {
        /** The names that changed since the last time; an empty one for the file itself. */
        List<String> changed(long nowNanos);
    }

    Subscription(InotifyWatcher watcher, Path file, Target target, UnreportedChange untold) {
        this.watcher = watcher;
        this.file = file;
        this.target = target;
        this.untold = untold;
    }

    Path file() {
        return file;
    }

    /** Whether another one tells the same listener of the same file. */
    boolean isReplacedBy(Subscription other) {
        return file.equals(other.file) && target.equals(other.target);
    }

    void tellChanged(String name) {
        told = true;
        untold.told();
        if (!file.endsWith(name)) {
            noteWayChanged(); // a link on the way to it
        }
        target.changed(file, name);
    }

    void tellBeingWritten(String name) {
        untold.told();
        target.beingWritten(file, name);
    }

    void tellAllChanged() {
        told = true;
        untold.told();
        noteWayChanged();
        target.allChanged(file);
    }

    @Override
    public boolean immediate() {
        return immediate;
    }

    /** It is watched: from now on {@link #isBeingChanged} knows what it looks like. */
    void beginLooking() {
        untold.begin();
    }

    /** The kernel can't tell: it is compared from now on. */
    void notImmediate() {
        immediate = false;
    }

    void poll(Polled each) {
        polled.add(each);
    }

    List<Polled> polled() {
        return polled;
    }

    void hold(int watch, DirectoryInterest interest) {
        held.add(new Held(watch, interest));
    }

    /** Whether a change was told of, after which its way may be another one than is watched. */
    boolean wasTold() {
        return told;
    }

    /** The interest in the file itself, if the kernel serves it. */
    Optional<DirectoryInterest> fileInterest() {
        return held.stream()
                .map(Held::interest)
                .filter(interest -> interest.kind() == DirectoryInterest.Kind.FILE)
                .findFirst();
    }

    /** Takes all its interests away. */
    void releaseFrom(WatchTable watches) {
        held.forEach(each -> watches.remove(each.watch(), each.interest()));
        held.clear();
    }

    // ---- openings -------------------------------------------------------------------------------------------------

    /**
     * From now on it is in a set while somebody may have its file open, and for good when its way has changed: then
     * nothing is told of whoever opens the file that it leads to.
     *
     * @param set safe for any thread
     */
    void noteOpenedIn(Set<Subscription> set) {
        synchronized (openedLock) {
            opened = set;
        }
    }

    void noteOpened(boolean perhaps) {
        synchronized (openedLock) {
            if (perhaps) {
                opened.add(this);
            } else if (!wayChanged) {
                opened.remove(this);
            }
        }
    }

    private void noteWayChanged() {
        synchronized (openedLock) {
            wayChanged = true;
            if (opened != NOT_HEEDED) {
                opened.add(this);
            }
        }
    }

    void holdOpenings(int watch, DirectoryInterest interest) {
        heldOpenings.add(new Held(watch, interest));
    }

    /** Gives what it holds of openings, once. */
    void releaseOpenings(ObjIntConsumer<DirectoryInterest> release) {
        heldOpenings.forEach(each -> release.accept(each.interest(), each.watch()));
        heldOpenings.clear();
    }

    // ---- looks ----------------------------------------------------------------------------------------------------

    @Override
    public void compare() {
        if (!polled.isEmpty()) {
            watcher.compare(this);
        }
    }

    @Override
    public boolean isBeingChanged() {
        return immediate && !watcher.isNeverDone(file) && untold.isFound();
    }

    /** Held from a comparison until its outcome was told, so that whoever compares next may rely on it. */
    Lock comparing() {
        return comparing;
    }

    @Override
    public void close() {
        watcher.close(this);
    }
}
