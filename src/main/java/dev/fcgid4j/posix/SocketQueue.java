/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.posix;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/**
 * What the kernel holds for a socket.
 *
 * <p>Threading: any thread.
 *
 * <p>Source: unix(7) and socket(7), {@code SIOCOUTQ}.
 */
public final class SocketQueue {

    private static final long SIOCOUTQ = 0x5411;

    static {
        Native.register(SocketQueue.class, NativeLibrary.getProcess());
    }

    private SocketQueue() {}

    private static native int ioctl(int fd, long request, Pointer value);

    /**
     * Returns the memory of what was written to a Unix socket and not read at its other end; 0 if everything was read. A piece
     * that is read in part counts in full, with the kernel's own data about it.
     */
    public static int unreadOutput(int fd) throws PosixException {
        Memory bytes = new Memory(4);
        LibC.check("ioctl(SIOCOUTQ)", ioctl(fd, SIOCOUTQ, bytes));
        return bytes.getInt(0);
    }
}
