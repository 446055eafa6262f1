/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A temporary file that takes a request body. The file is deleted as soon as it is open, so nothing is left of it when the
 * JVM ends.
 *
 * <p>Threading: one event loop calls it; the blocking executor writes, one piece after the other.
 *
 * <p>Ownership: owns the pieces until they are written, and the file until {@link #body} or {@link #discard}.
 */
final class SpoolFile {

    private static final Logger LOG = LoggerFactory.getLogger(SpoolFile.class);
    private static final int CONGESTED_BYTES = 1 << 20;

    private final EventExecutor loop;
    private final Executor blocking;
    private final Runnable relieved;

    // Guarded by queue: the pieces that are not written yet.
    private final ArrayDeque<ByteBuf> queue = new ArrayDeque<>();
    private long queuedBytes;
    private boolean writing;
    private boolean discarded;
    private @Nullable Runnable whenWritten;

    // Written by the blocking executor; read by the loop while nothing is being written.
    private @Nullable FileChannel file;
    private @Nullable IOException failure;

    /**
     * Opens nothing yet.
     *
     * @param relieved runs on the loop when {@link #isCongested} becomes false
     */
    SpoolFile(EventExecutor loop, Executor blocking, Runnable relieved) {
        this.loop = loop;
        this.blocking = blocking;
        this.relieved = relieved;
    }

    /** Writes a piece behind the others; owns it. */
    void append(ByteBuf content) {
        synchronized (queue) {
            queue.add(content);
            queuedBytes += content.readableBytes();
            if (writing) {
                return;
            }
            writing = true;
        }
        blocking.execute(this::writeAll);
    }

    /** Whether more than 1 MiB waits to be written. */
    boolean isCongested() {
        synchronized (queue) {
            return queuedBytes > CONGESTED_BYTES;
        }
    }

    /** Runs an action on the loop when all pieces have been written; at once if they have. */
    void whenWritten(Runnable action) {
        synchronized (queue) {
            whenWritten = action;
            if (writing) {
                return;
            }
        }
        action.run();
    }

    /**
     * Makes a body of what was written; it owns the file. Call when all pieces have been written.
     *
     * @throws IOException if a piece could not be written; the file is to be discarded then
     */
    RequestBody body(long length, ByteBufAllocator allocator) throws IOException {
        if (failure != null) {
            throw failure;
        }
        if (file == null) {
            throw new IOException("no temporary file");
        }
        return new FileBody(file, length, allocator);
    }

    /** Drops the pieces and the file, now or after the write that is going on. */
    void discard() {
        synchronized (queue) {
            discarded = true;
            if (!writing) {
                dropAll();
            }
        }
    }

    /** On the blocking executor: writes until nothing is left. */
    private void writeAll() {
        for (ByteBuf next = poll(); next != null; next = poll()) {
            write(next);
        }
    }

    private @Nullable ByteBuf poll() {
        synchronized (queue) {
            ByteBuf next = discarded ? null : queue.poll();
            if (next == null) {
                writing = false;
                if (discarded) {
                    dropAll();
                } else if (whenWritten != null) {
                    loop.execute(whenWritten);
                }
            }
            return next;
        }
    }

    private void write(ByteBuf content) {
        int bytes = content.readableBytes();
        try {
            if (failure == null) {
                FileChannel channel = file == null ? open() : file;
                ByteBuffer view = content.nioBuffer();
                while (view.hasRemaining()) {
                    channel.write(view);
                }
            }
        } catch (IOException e) {
            failure = e;
        } finally {
            content.release();
        }
        boolean wasCongested;
        boolean isCongested;
        synchronized (queue) {
            wasCongested = queuedBytes > CONGESTED_BYTES;
            queuedBytes -= bytes;
            isCongested = queuedBytes > CONGESTED_BYTES;
        }
        if (wasCongested && !isCongested) {
            loop.execute(relieved);
        }
    }

    private FileChannel open() throws IOException {
        Path path = Files.createTempFile("fcgid4j-body-", ".tmp");
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
            file = channel;
            return channel;
        } finally {
            Files.delete(path);
        }
    }

    private void dropAll() {
        queue.forEach(ByteBuf::release);
        queue.clear();
        if (file != null) {
            close(file);
        }
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("closing a temporary file: {}", e.toString());
        }
    }

    /** A body in a file without a name. */
    private record FileBody(FileChannel channel, long length, ByteBufAllocator allocator) implements RequestBody {

        @Override
        public ByteBuf read(long position, int max) throws IOException {
            int wanted = (int) Math.min(max, length - position);
            ByteBuf into = allocator.ioBuffer(wanted);
            try {
                int count = into.writeBytes(channel, position, wanted);
                if (count <= 0) {
                    throw new IOException("the temporary file of a request body is shorter than it was");
                }
                return into;
            } catch (IOException | RuntimeException e) {
                into.release();
                throw e;
            }
        }

        @Override
        public void close() {
            SpoolFile.close(channel);
        }
    }
}
