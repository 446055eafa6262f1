/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.posix;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Opens regular files, and nothing else: of the default file system. A plain open of a named pipe blocks until another process writes to it, and a
 * device may never end. Asking first what a path names is no help, because the path may lead elsewhere a moment later.
 *
 * <p>Order: open without blocking, ask what was opened, then open that once more by its descriptor, so that Java gets a
 * channel of its own.
 *
 * <p>Threading: any thread that may block. Source: open(2), proc(5).
 */
public final class RegularFile {

    private RegularFile() {}

    /** Takes what was opened. */
    private interface Opener<T> {
        T open(Path path, BasicFileAttributes attributes) throws IOException;
    }

    /**
     * A file that was opened, and what it was at that moment.
     *
     * @param channel the caller closes it
     */
    public record Opened(FileChannel channel, BasicFileAttributes attributes) {}

    /**
     * Opens a file for reading. Symbolic links are followed.
     *
     * @throws IOException also if the path names no regular file; a {@link java.nio.file.NoSuchFileException} if it names
     *     nothing
     */
    public static FileChannel open(Path path) throws IOException {
        return openWithAttributes(path).channel();
    }

    /** Opens a file for reading, as {@link #open} does, and returns its attributes too. */
    public static Opened openWithAttributes(Path path) throws IOException {
        return open(
                path,
                false,
                (again, attributes) -> new Opened(FileChannel.open(again, StandardOpenOption.READ), attributes));
    }

    /** Opens an existing file for writing, as {@link #open} does for reading. */
    public static FileChannel openForWriting(Path path) throws IOException {
        return open(path, true, (again, attributes) -> FileChannel.open(again, StandardOpenOption.WRITE));
    }

    /** Opens a file as a stream, as {@link #open} does. The caller closes it. */
    public static InputStream newInputStream(Path path) throws IOException {
        return Channels.newInputStream(open(path));
    }

    private static <T> T open(Path path, boolean write, Opener<T> opener) throws IOException {
        assert FileAccess.isPermitted() : "an event loop must not wait for a file system";
        int fd = Descriptors.openNonBlocking(path, write);
        try {
            Path opened = Path.of("/proc/self/fd/" + fd);
            BasicFileAttributes attributes = Files.readAttributes(opened, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                throw new FileSystemException(path.toString(), null, "not a regular file");
            }
            return opener.open(opened, attributes);
        } finally {
            LibC.closeQuietly(fd);
        }
    }
}
