/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.posix;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.file.Path;

/**
 * Waits until the events of all removals and renames in a directory are queued that have begun before.
 *
 * <p>The kernel removes a name and queues the event under one lock of the directory. A lookup of a name that is not in the
 * kernel's cache takes the same lock. A name that is longer than the file system allows is never in the cache. So one
 * lookup of such a name, which fails, is enough: if a name was missing before this call, its event is in the queue after
 * it.
 *
 * <p>Threading: any thread. Waits for a thread that changes the directory at that moment.
 */
public final class DirectoryBarrier {

    private static final int TOO_LONG = 256; // bytes; NAME_MAX is 255
    private static final int F_OK = 0;
    private static final int ENOENT = 2;
    private static final int ENOTDIR = 20;
    private static final int ENAMETOOLONG = 36;
    private static final int PATH_MAX = 4096; // the kernel refuses a longer path before it looks anything up

    static {
        Native.register(DirectoryBarrier.class, NativeLibrary.getProcess());
    }

    private final Memory name;
    private final boolean canPass;

    /** The result of a pass. */
    public enum Outcome {
        /** The events of all removals that had begun before are queued. */
        PASSED,
        /** There is no such directory; or its file system allows longer names, and then this is always the result. */
        AWAY,
        /** The lookup was not possible: no permission, or a path of more than 3,838 bytes. */
        UNKNOWN
    }

    private static native int access(Pointer path, int mode);

    /**
     * Creates a barrier for a directory.
     *
     * @param directory absolute; the path is looked up in each pass
     */
    public DirectoryBarrier(Path directory) {
        this.name = LibC.text(directory + "/" + "x".repeat(TOO_LONG));
        this.canPass = name.size() <= PATH_MAX;
    }

    /** Passes the barrier with one system call. */
    public Outcome pass() {
        assert FileAccess.isPermitted() : "an event loop must not wait for a file system";
        if (!canPass || access(name, F_OK) == 0) {
            return Outcome.UNKNOWN;
        }
        return switch (Native.getLastError()) {
            case ENAMETOOLONG -> Outcome.PASSED;
            case ENOENT, ENOTDIR -> Outcome.AWAY;
            default -> Outcome.UNKNOWN;
        };
    }
}
