/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.posix;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/**
 * Finds out whether a process has a file open for writing: the kernel refuses a read lease on such a file (fcntl,
 * F_SETLEASE).
 *
 * <p>The lease is released at once. A writer that opens the file meanwhile waits for that; an open with O_NONBLOCK fails.
 *
 * <p>Threading: any thread. Stateless.
 */
public final class Writers {

    private static final int O_RDONLY = 0;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final int F_SETSIG = 10;
    private static final int F_SETLEASE = 1024;
    private static final int F_RDLCK = 0;
    private static final int F_UNLCK = 2;
    private static final int EAGAIN = 11;
    /** The kernel sends this signal if the file is opened while the lease is held; a process ignores it by default. */
    private static final int SIGURG = 23;

    static {
        Native.register(Writers.class, NativeLibrary.getProcess());
    }

    private Writers() {}

    private static native int open(Pointer path, int flags);

    private static native int fcntl(int fd, int command, int argument);

    /** What is known about the writers of a file. */
    public enum Known {
        /** No process has the file open for writing. */
        NONE,
        /** A process has the file open for writing. */
        SOME,
        /**
         * There is no such file, or the kernel refuses leases on it: they need a file of this user, or CAP_LEASE, on a file
         * system of this host.
         */
        UNKNOWN
    }

    /**
     * Returns what is known about the writers of a file.
     *
     * @param path absolute; of a regular file, because opening another kind of file may have an effect
     */
    public static Known of(String path) {
        return of(path, () -> {});
    }

    /**
     * Returns the same, and runs an action while the lease is held: no process has the file open for writing then, and a
     * process that opens it waits until the action is done. The action only runs if the result is {@link Known#NONE}.
     */
    public static Known of(String path, Runnable whileUnwritten) {
        assert FileAccess.isPermitted() : "an event loop must not wait for a file system";
        int fd = open(LibC.text(path), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0) {
            return Known.UNKNOWN;
        }
        try {
            if (fcntl(fd, F_SETSIG, SIGURG) < 0) { // the default is SIGIO, which ends a process
                return Known.UNKNOWN;
            }
            if (fcntl(fd, F_SETLEASE, F_RDLCK) < 0) {
                return Native.getLastError() == EAGAIN ? Known.SOME : Known.UNKNOWN;
            }
            whileUnwritten.run();
            fcntl(fd, F_SETLEASE, F_UNLCK);
            return Known.NONE;
        } finally {
            LibC.closeQuietly(fd); // releases the lease in any case
        }
    }
}
