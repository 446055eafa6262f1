/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.inotify;

import dev.fcgid4j.posix.PosixException;
import dev.fcgid4j.watch.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the kernel to watch directories, and tells why it doesn't.
 *
 * <p>Threading: guarded by the installation lock of its {@link InotifyQueue}. Waits for the disk.
 */
final class DirectoryWatches {

    /** There is no directory of this path; a symbolic link is none. */
    static final int NO_DIRECTORY = -1;

    /** The kernel can't report the changes there. */
    static final int UNWATCHABLE = -2;

    private static final Logger LOG = LoggerFactory.getLogger(DirectoryWatches.class);
    private static final int ENOENT = 2;
    private static final int ENOTDIR = 20;

    private final InotifyQueue queue;
    private final Duration pollInterval;
    private final FileSystems fileSystems = new FileSystems();
    private final Set<Integer> warned = new HashSet<>();

    /**
     * Creates one without watches.
     *
     * @param pollInterval named in the warning of what is compared instead
     */
    DirectoryWatches(InotifyQueue queue, Duration pollInterval) {
        this.queue = queue;
        this.pollInterval = pollInterval;
    }

    /**
     * Watches a directory.
     *
     * @return the watch's number, {@link #NO_DIRECTORY} or {@link #UNWATCHABLE}
     */
    int add(Path directory, int events) {
        if (!queue.isOpen() || fileSystems.isBlind(directory)) {
            return UNWATCHABLE;
        }
        try {
            return queue.add(directory, events);
        } catch (PosixException e) {
            if (e.errno() == ENOENT || e.errno() == ENOTDIR) {
                return NO_DIRECTORY; // the path leads to another place now
            }
            warn(e);
            return UNWATCHABLE;
        }
    }

    /** Returns the number under which the path's directory is watched now; {@link #NO_DIRECTORY} if it can't be. */
    int numberOf(Path directory) {
        try {
            return queue.add(directory, DirectoryInterest.Kind.SELF.events());
        } catch (PosixException e) {
            return NO_DIRECTORY;
        }
    }

    private void warn(PosixException e) {
        if (warned.add(e.errno())) {
            LOG.warn(
                    "{}; what can't be watched is compared every {}. If there is \"no space left\", raise"
                            + " fs.inotify.max_user_watches (sysctl)",
                    e.getMessage(),
                    pollInterval);
        }
    }
}
