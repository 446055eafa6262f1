/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a request body as it arrives, so that a slow upload holds neither a worker nor memory. The body stays in memory up
 * to FcgidMaxRequestInMem, and up to 1 MiB while the memory that all spools share has some left. A longer body goes to a
 * {@link SpoolFile}.
 *
 * <p>Threading: belongs to one event loop. {@link #congested} tells when the client has to wait for the disk.
 *
 * <p>Ownership: {@link #close} frees everything, unless {@link #finish} has handed the body over.
 */
final class BodySpool implements SpoolFile.Owner, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BodySpool.class);
    private static final int SMALL_BYTES = 1024;
    private static final int MAX_COMPONENTS = 1024;

    /** Conducts the request. Called on the loop. */
    interface Owner {

        /** The client may send again after {@link BodySpool#congested}. */
        void relieved();

        /** The body can't be kept. The spool is closed; at any time, also before the body is complete. Called once. */
        void failed(IOException why);
    }

    private final SpoolMeans means;
    private final int maxInMemory;
    private final Owner owner;
    private final CompositeByteBuf memory;
    private long length;
    private long shared;
    private @Nullable SpoolFile file;
    private @Nullable Consumer<RequestBody> whenWritten;
    private boolean wasCongested;
    private boolean closed;

    /**
     * Creates an empty spool.
     *
     * @param maxInMemory bytes that stay in memory in any case (FcgidMaxRequestInMem)
     */
    BodySpool(SpoolMeans means, int maxInMemory, Owner owner) {
        this.means = requireNonNull(means, "means");
        this.maxInMemory = maxInMemory;
        this.owner = requireNonNull(owner, "owner");
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
        if (closed) {
            content.release();
        } else if (known != null) {
            known.append(content);
        } else if (length <= maxInMemory || takeShared(content.readableBytes())) {
            remember(content);
        } else {
            moveToFile().append(content);
        }
        wasCongested |= congested();
    }

    private boolean takeShared(int bytes) {
        boolean granted = length <= SpoolMeans.MAX_IN_MEMORY && means.memory().tryTake(bytes);
        shared += granted ? bytes : 0;
        return granted;
    }

    private void giveSharedBack() {
        means.memory().giveBack(shared);
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
        SpoolFile created = new SpoolFile(means, this);
        file = created;
        giveSharedBack();
        ByteBuf first = memory.copy();
        memory.clear().discardReadComponents();
        created.append(first);
        return created;
    }

    /** Whether the client has to wait until {@link Owner#relieved}. */
    boolean congested() {
        return file != null && file.isCongested();
    }

    @Override
    public boolean takeRoom(ByteBudget disk, long bytes) {
        return disk.tryTake(bytes);
    }

    @Override
    public void written() {
        if (wasCongested && !congested()) {
            wasCongested = false;
            owner.relieved();
        }
        handOverIfWritten();
    }

    @Override
    public void writeFailed(IOException why) {
        if (!closed) {
            if (means.log().permits("request")) {
                LOG.warn("request bodies can't be kept in temporary files: {}", why.toString());
            }
            close();
            owner.failed(why);
        }
    }

    /** The write goes on, so the file is closed when it returns. */
    @Override
    public void overdue(IOException why) {
        writeFailed(why);
    }

    /**
     * The body is complete.
     *
     * @param done gets the body, and owns it: at once if no file is involved, otherwise when everything is written. Not
     *     called after {@link Owner#failed} or {@link #close}.
     */
    void finish(Consumer<RequestBody> done) {
        if (closed) {
            return;
        }
        if (file != null) {
            whenWritten = done;
            handOverIfWritten();
            return;
        }
        closed = true;
        if (length == 0) {
            memory.release();
            done.accept(RequestBody.EMPTY);
        } else {
            done.accept(new MemoryBody(memory, means.memory(), shared));
        }
    }

    private void handOverIfWritten() {
        Consumer<RequestBody> done = whenWritten;
        SpoolFile written = file;
        if (done != null && written != null && written.isWritten() && !closed) {
            closed = true;
            memory.release();
            done.accept(new FileBody(written));
        }
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
            file.close();
        }
    }

    /** A body in memory. */
    private record MemoryBody(ByteBuf bytes, ByteBudget shared, long taken) implements RequestBody {

        @Override
        public long length() {
            return bytes.writerIndex();
        }

        @Override
        public void read(long position, int max, Reader reader) {
            int from = (int) position;
            reader.bytes(bytes.retainedSlice(from, Math.min(max, bytes.writerIndex() - from)));
        }

        @Override
        public void close() {
            bytes.release();
            shared.giveBack(taken);
        }
    }

    /** A body in a file without a name. */
    private record FileBody(SpoolFile file) implements RequestBody {

        @Override
        public long length() {
            return file.length();
        }

        @Override
        public void read(long position, int max, Reader reader) {
            file.read(position, max, reader);
        }

        @Override
        public void close() {
            file.close();
        }
    }
}
