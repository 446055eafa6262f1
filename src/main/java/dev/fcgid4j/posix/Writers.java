/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.posix;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/**
 * Who has a file open for writing: the kernel gives nobody a read lease of such a file (fcntl, F_SETLEASE).
 *
 * <p>The lease is given back at once. A writer that opens the file in between waits for that moment; one that opens it
 * with O_NONBLOCK is refused.
 *
 * <p>Threading: any thread.
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
    /** Whoever opens the file while the lease is held makes the kernel send this one; a process ignores it by default. */
    private static final int SIGURG = 23;

    static {
        Native.register(Writers.class, NativeLibrary.getProcess());
    }

    private Writers() {}

    private static native int open(Pointer path, int flags);

    private static native int fcntl(int fd, int command, int argument);

    /** What is known of a file's writers. */
    public enum Known {
        /** Nobody has it open for writing. */
        NONE,
        /** Somebody, in any process, has. */
        SOME,
        /**
         * There is no such file, or nobody can tell: leases are for files of this user, or for whoever has CAP_LEASE, on a
         * file system of this host.
         */
        UNKNOWN
    }

    /**
     * Whether somebody has the file open for writing.
     *
     * @param path absolute; of a regular file, because opening another kind of file may have an effect
     */
    public static Known of(String path) {
        return of(path, () -> {});
    }

    /**
     * The same, and does something in a moment in which nobody has it open for writing, and nobody can open it so: whoever
     * wants to waits until it is done. It is not called for any other outcome than {@link Known#NONE}.
     */
    public static Known of(String path, Runnable whileNobodyWrites) {
        int fd = open(LibC.text(path), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0) {
            return Known.UNKNOWN;
        }
        try {
            if (fcntl(fd, F_SETSIG, SIGURG) < 0) { // otherwise it would be SIGIO, which ends a process
                return Known.UNKNOWN;
            }
            if (fcntl(fd, F_SETLEASE, F_RDLCK) < 0) {
                return Native.getLastError() == EAGAIN ? Known.SOME : Known.UNKNOWN;
            }
            whileNobodyWrites.run();
            fcntl(fd, F_SETLEASE, F_UNLCK);
            return Known.NONE;
        } finally {
            LibC.closeQuietly(fd); // gives the lease back in any case
        }
    }
}
