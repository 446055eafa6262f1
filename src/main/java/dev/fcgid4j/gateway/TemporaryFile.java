/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.posix.FileAccess;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file in the temporary folder that loses its name as soon as it is open. So nothing is left of it when the JVM ends.
 *
 * <p>Threading: one thread at a time, which may block. Ownership: the owner closes it.
 */
final class TemporaryFile {

    private static final Logger LOG = LoggerFactory.getLogger(TemporaryFile.class);

    private @Nullable FileChannel channel;

    /**
     * Writes a piece; the first one opens the file.
     *
     * @param piece borrowed; its indices do not change
     * @return the number of bytes
     */
    int write(ByteBuf piece, long start) throws IOException {
        assert FileAccess.isPermitted() : "an event loop must not wait for a file system";
        FileChannel open = channel == null ? open() : channel;
        ByteBuffer view = piece.nioBuffer();
        long position = start;
        while (view.hasRemaining()) {
            position += open.write(view, position);
        }
        return (int) (position - start);
    }

    /** Reads at least one byte, and at most this many, behind the bytes of the buffer. */
    void read(ByteBuf into, long position, int max) throws IOException {
        assert FileAccess.isPermitted() : "an event loop must not wait for a file system";
        FileChannel open = channel;
        if (open == null || into.writeBytes(open, position, max) <= 0) {
            throw new IOException("the temporary file is shorter than it was");
        }
    }

    private FileChannel open() throws IOException {
        Path path = Files.createTempFile("fcgid4j-body-", ".tmp");
        try {
            FileChannel created = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
            channel = created;
            return created;
        } finally {
            Files.delete(path);
        }
    }

    /** Frees the blocks of the file, which takes a while if there are many. */
    void close() {
        FileChannel open = channel;
        if (open == null) {
            return;
        }
        try {
            open.close();
        } catch (IOException e) {
            LOG.debug("closing a temporary file: {}", e.toString());
        }
    }
}
