/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.posix;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;

/**
 * The listening end of a Unix socket, as a bare descriptor that a child process can inherit.
 *
 * <p>Stateless. Threading: any thread. The caller owns each descriptor.
 */
public final class UnixSocket {

    /** Longest path of a Unix socket in bytes. */
    public static final int MAX_PATH = 107;

    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM_CLOEXEC = 1 | 0x80000;
    private static final int SHUT_RDWR = 2;

    static {
        Native.register(UnixSocket.class, NativeLibrary.getProcess());
    }

    private UnixSocket() {}

    private static native int socket(int domain, int type, int protocol);

    private static native int bind(int fd, Pointer address, int length);

    private static native int listen(int fd, int backlog);

    private static native int shutdown(int fd, int how);

    /** Opens a socket that listens at {@code path}; closed on exec. */
    public static int open(String path, int backlog) throws PosixException {
        byte[] bytes = path.getBytes(LibC.NATIVE);
        int fd = LibC.check("socket", socket(AF_UNIX, SOCK_STREAM_CLOEXEC, 0));
        try {
            Memory address = new Memory(110);
            address.clear();
            address.setShort(0, (short) AF_UNIX);
            address.write(2, bytes, 0, bytes.length);
            LibC.check("bind(" + path + ")", bind(fd, address, 2 + bytes.length + 1));
            LibC.check("listen(" + path + ")", listen(fd, backlog));
            return fd;
        } catch (PosixException e) {
            LibC.closeQuietly(fd);
            throw e;
        }
    }

    /** Shuts a listening socket down: every accept that blocks on it, in any process, returns. */
    public static void shutDown(int fd) {
        shutdown(fd, SHUT_RDWR);
    }
}
