/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a request body as it arrives, in memory up to FcgidMaxRequestInMem and from there on in a temporary file, so that
 * a slow upload holds neither a worker nor memory.
 *
 * <p>Threading: belongs to one event loop. The file is written by the blocking executor, in order; {@link #congested}
 * tells when the client should be held back, and {@code relieved} is run on the loop when it may go on.
 *
 * <p>Ownership: the file has no name from the moment it is open, so nothing is left of it when the JVM dies. {@link
 * #close} frees everything unless {@link #finish} has handed the body over.
 */
public final class BodySpool implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BodySpool.class);
    private static final int CONGESTED_BYTES = 1 << 20;
    private static final int SMALL = 1024;

    /** What a spool works with. */
    record Means(
            int maxInMemory, SpoolMemory shared, ByteBufAllocator allocator, EventExecutor loop, Executor blocking) {}

    private final Means means;
    private final Runnable relieved;
    private final CompositeByteBuf memory;
    private long length;
    private long taken;
    private boolean toFile;
    private boolean closed;

    // Guarded by queue: chunks on their way to the file.
    private final ArrayDeque<ByteBuf> queue = new ArrayDeque<>();
    private long queuedBytes;
    private boolean writing;
    private boolean discarded;
    private @Nullable FileChannel file;
    private @Nullable IOException failure;
    private @Nullable Runnable whenWritten;

    /** Creates an empty one. */
    BodySpool(Means means, Runnable relieved) {
        this.means = requireNonNull(means, "means");
        this.relieved = requireNonNull(relieved, "relieved");
        this.memory = means.allocator().compositeBuffer(1024);
    }

    /** Bytes taken so far. */
    public long length() {
        return length;
    }

    /** Takes more; owns the buffer. */
    public void append(ByteBuf content) {
        length += content.readableBytes();
        if (!toFile && (length <= means.maxInMemory() || share(content.readableBytes()))) {
            remember(content);
            return;
        }
        if (!toFile) {
            toFile = true;
            giveBack();
            enqueue(memory.copy());
            memory.clear().discardReadComponents();
        }
        enqueue(content);
    }

    private boolean share(int bytes) {
        boolean mine = length <= SpoolMemory.MAX_BODY && means.shared().tryTake(bytes);
        taken += mine ? bytes : 0;
        return mine;
    }

    private void giveBack() {
        means.shared().giveBack(taken);
        taken = 0;
    }

    /** Whether the client should be held back until {@code relieved} is run. */
    public boolean congested() {
        synchronized (queue) {
            return queuedBytes > CONGESTED_BYTES;
        }
    }

    /**
     * The body is complete: {@code done} is told on the loop, at once when no file is involved. An error is told as such
     * and the spool is closed.
     */
    public void finish(Consumer<RequestBody> done, Consumer<IOException> failed) {
        if (!toFile) {
            closed = true;
            done.accept(length == 0 ? empty() : new InMemory(memory, means.shared(), taken));
            return;
        }
        Runnable handOver = () -> {
            if (closed) {
                return;
            }
            IOException error = failure;
            FileChannel channel = file;
            if (error != null || channel == null) {
                close();
                failed.accept(error == null ? new IOException("no temporary file") : error);
            } else {
                closed = true;
                memory.release();
                done.accept(new InFile(channel, length, means.allocator()));
            }
        };
        synchronized (queue) {
            whenWritten = handOver;
            if (writing) {
                return;
            }
        }
        handOver.run();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        memory.release();
        giveBack();
        synchronized (queue) {
            discarded = true;
            if (!writing) {
                discard();
            }
        }
    }

    private RequestBody empty() {
        memory.release();
        return RequestBody.EMPTY;
    }

    private void remember(ByteBuf content) {
        if (content.readableBytes() <= SMALL && memory.numComponents() > 0) {
            // Many tiny chunks would each pin the buffer that they were read into.
            memory.addComponent(
                    true, means.allocator().buffer(content.readableBytes()).writeBytes(content));
            content.release();
        } else {
            memory.addComponent(true, content);
        }
    }

    private void enqueue(ByteBuf content) {
        synchronized (queue) {
            queue.add(content);
            queuedBytes += content.readableBytes();
            if (writing) {
                return;
            }
            writing = true;
        }
        means.blocking().execute(this::writeAll);
    }

    /** On the blocking executor: writes until nothing is left. */
    private void writeAll() {
        while (true) {
            ByteBuf next;
            synchronized (queue) {
                next = queue.poll();
                if (next == null || discarded) {
                    writing = false;
                    if (next != null) {
                        next.release();
                    }
                    if (discarded) {
                        discard();
                    } else if (whenWritten != null) {
                        means.loop().execute(whenWritten);
                    }
                    return;
                }
            }
            write(next);
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
        boolean free;
        synchronized (queue) {
            boolean was = queuedBytes > CONGESTED_BYTES;
            queuedBytes -= bytes;
            free = was && queuedBytes <= CONGESTED_BYTES;
        }
        if (free) {
            means.loop().execute(relieved);
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

    private void discard() {
        queue.forEach(ByteBuf::release);
        queue.clear();
        closeFile(file);
    }

    private static void closeFile(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.debug("closing a temporary file: {}", e.toString());
        }
    }

    /** A body in memory. */
    private record InMemory(ByteBuf bytes, SpoolMemory shared, long taken) implements RequestBody {

        @Override
        public long length() {
            return bytes.writerIndex();
        }

        @Override
        public ByteBuf read(long position, int max) {
            int from = (int) position;
            return bytes.retainedSlice(from, Math.min(max, bytes.writerIndex() - from));
        }

        @Override
        public void close() {
            bytes.release();
            shared.giveBack(taken);
        }
    }

    /** A body in a file without a name. */
    private record InFile(FileChannel channel, long length, ByteBufAllocator allocator) implements RequestBody {

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
            closeFile(channel);
        }
    }
}
