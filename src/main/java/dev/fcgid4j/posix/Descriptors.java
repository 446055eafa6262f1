/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.posix;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Opens files as descriptors, and tells how many descriptors there may be. Bound as {@link LibC} is.
 *
 * <p>Threading: any thread.
 */
public final class Descriptors {

    // Of 64-bit Linux; open(2), errno(3).
    private static final int O_WRONLY = 1;
    private static final int O_NOCTTY = 0x100;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final int RLIMIT_NOFILE = 7;
    private static final int ENOENT = 2;
    private static final int EINTR = 4;
    private static final int EACCES = 13;

    /** The encoding in which Java turns paths into names of files. */
    private static final Charset PATHS = pathCharset();

    static {
        Native.register(Descriptors.class, NativeLibrary.getProcess());
    }

    private Descriptors() {}

    private static native int open(Pointer path, int flags);

    private static native int getrlimit(int resource, Pointer limits);

    private static Charset pathCharset() {
        try {
            return Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            return StandardCharsets.UTF_8;
        }
    }

    /**
     * Opens an existing file without waiting for anything, closed on exec.
     *
     * @param write for writing, else for reading
     * @throws NoSuchFileException if there is none
     * @throws AccessDeniedException if this user may not
     */
    static int openNonBlocking(Path path, boolean write) throws IOException {
        Memory name = LibC.text(path.toString(), PATHS);
        int flags = O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (write ? O_WRONLY : 0);
        int fd = open(name, flags);
        while (fd < 0 && Native.getLastError() == EINTR) {
            fd = open(name, flags);
        }
        if (fd >= 0) {
            return fd;
        }
        int errno = Native.getLastError();
        switch (errno) {
            case ENOENT -> throw new NoSuchFileException(path.toString());
            case EACCES -> throw new AccessDeniedException(path.toString());
            default -> throw LibC.failure("open(" + path + ")", errno);
        }
    }

    /** Returns how many more descriptors this process may open; {@link Long#MAX_VALUE} if there is no limit. */
    public static long left() {
        long limit = limit();
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return limit == Long.MAX_VALUE ? limit : Math.max(1, limit - open.count());
        } catch (IOException e) {
            return limit;
        }
    }

    /** Returns how many descriptors this process may have open; {@link Long#MAX_VALUE} if there is no limit. */
    public static long limit() {
        Memory limits = new Memory(16);
        if (getrlimit(RLIMIT_NOFILE, limits) != 0) {
            return Long.MAX_VALUE;
        }
        long soft = limits.getLong(0);
        return soft < 0 ? Long.MAX_VALUE : soft; // RLIM_INFINITY has all bits set
    }
}
