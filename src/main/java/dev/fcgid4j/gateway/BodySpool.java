/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes a request body as it arrives, so that a slow upload holds neither a worker nor memory. The body stays in memory up
 * to FcgidMaxRequestInMem, and up to 1 MiB while {@link SpoolMemory} has some left. A longer body goes to a {@link
 * SpoolFile}.
 *
 * <p>Threading: belongs to one event loop. The blocking executor writes the file. {@link #congested} tells when the client
 * has to wait for the disk, and {@code relieved} runs on the loop when it may go on.
 *
 * <p>Ownership: {@link #close} frees everything, unless {@link #finish} has handed the body over.
 */
final class BodySpool implements AutoCloseable {

    private static final int SMALL_BYTES = 1024;
    private static final int MAX_COMPONENTS = 1024;

    /** What a spool works with. */
    record Means(
            int maxInMemory, SpoolMemory shared, ByteBufAllocator allocator, EventExecutor loop, Executor blocking) {}

    private final Means means;
    private final Runnable relieved;
    private final CompositeByteBuf memory;
    private long length;
    private long shared;
    private @Nullable SpoolFile file;
    private boolean closed;

    /** Creates an empty spool. */
    BodySpool(Means means, Runnable relieved) {
        this.means = requireNonNull(means, "means");
        this.relieved = requireNonNull(relieved, "relieved");
        this.memory = means.allocator().compositeBuffer(MAX_COMPONENTS);
    }

    /** Bytes taken so far. */
    long length() {
        return length;
    }

    /** Takes a piece; owns it. */
    void append(ByteBuf content) {
        length += content.readableBytes();
        SpoolFile known = file;
        if (known != null) {
            known.append(content);
        } else if (length <= means.maxInMemory() || takeShared(content.readableBytes())) {
            remember(content);
        } else {
            moveToFile().append(content);
        }
    }

    private boolean takeShared(int bytes) {
        boolean granted = length <= SpoolMemory.MAX_BODY && means.shared().tryTake(bytes);
        shared += granted ? bytes : 0;
        return granted;
    }

    private void giveSharedBack() {
        means.shared().giveBack(shared);
        shared = 0;
    }

    private void remember(ByteBuf content) {
        if (content.readableBytes() <= SMALL_BYTES && memory.numComponents() > 0) {
            // A tiny piece would keep the whole buffer that it was read into.
            memory.addComponent(
                    true, means.allocator().buffer(content.readableBytes()).writeBytes(content));
            content.release();
        } else {
            memory.addComponent(true, content);
        }
    }

    private SpoolFile moveToFile() {
        SpoolFile created = new SpoolFile(means.loop(), means.blocking(), relieved);
        file = created;
        giveSharedBack();
        created.append(memory.copy());
        memory.clear().discardReadComponents();
        return created;
    }

    /** Whether the client has to wait until {@code relieved} runs. */
    boolean congested() {
        return file != null && file.isCongested();
    }

    /**
     * The body is complete. One of the two is called on the loop, at once if no file is involved. After a failure the spool
     * is closed.
     *
     * @param done gets the body, and owns it
     */
    void finish(Consumer<RequestBody> done, Consumer<IOException> failed) {
        SpoolFile written = file;
        if (written != null) {
            written.whenWritten(() -> handOver(written, done, failed));
            return;
        }
        closed = true;
        if (length == 0) {
            memory.release();
            done.accept(RequestBody.EMPTY);
        } else {
            done.accept(new MemoryBody(memory, means.shared(), shared));
        }
    }

    private void handOver(SpoolFile written, Consumer<RequestBody> done, Consumer<IOException> failed) {
        if (closed) {
            return;
        }
        RequestBody body;
        try {
            body = written.body(length, means.allocator());
        } catch (IOException e) {
            close();
            failed.accept(e);
            return;
        }
        closed = true;
        memory.release();
        done.accept(body);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        memory.release();
        giveSharedBack();
        if (file != null) {
            file.discard();
        }
    }

    /** A body in memory. */
    private record MemoryBody(ByteBuf bytes, SpoolMemory shared, long taken) implements RequestBody {

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
}
