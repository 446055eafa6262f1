/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the part of a response that its client does not take yet, so that a slow client does not hold the worker. It begins
 * when the client takes no more, and ends when the client has everything.
 *
 * <h2>Order</h2>
 *
 * Pieces go to memory first. When 1 MiB is kept, or the memory that all spools share is used up, the pieces that follow go
 * to a {@link SpoolFile}. What is in memory is older than what is in the file.
 *
 * <h2>Bounds</h2>
 *
 * {@link #accepts} becomes false when the spool has taken FcgidMaxResponseSpool bytes, when more than 1 MiB waits for the
 * disk, and after a failed write. Then the worker waits for the client. Pieces that can't be written stay in memory: at most
 * 1 MiB, and what one read of the worker's connection yields. A file does not become shorter while the client reads, so a
 * spool that has reached its limit takes nothing more.
 *
 * <p>Threading: belongs to the request's event loop. Ownership: owns its pieces and its file until {@link #close}.
 */
final class ResponseSpool implements SpoolFile.Owner, RequestBody.Reader {

    private static final Logger LOG = LoggerFactory.getLogger(ResponseSpool.class);
    private static final int CHUNK_BYTES = 128 * 1024;

    /** Gets what the spool keeps. Called on the loop, perhaps within a method of the spool. */
    interface Owner {

        /** Whether the client takes more. */
        boolean writable();

        /** The next piece for the client; the receiver owns it. */
        void next(ByteBuf content);

        /** The pieces are to be sent. */
        void flush();

        /** {@link ResponseSpool#accepts} has become true again. */
        void relieved();

        /** Everything has been passed on. */
        void emptied();

        /** The file can't be read: the rest of the response is lost. */
        void lost(IOException why);
    }

    private final SpoolMeans means;
    private final long limit;
    private final Owner owner;
    private final PieceQueue memory;
    private @Nullable SpoolFile file;
    private long position; // of the next byte to be read from the file
    private long total;
    private boolean reading;
    private boolean draining;
    private boolean full; // a write has failed
    private boolean heldBack;
    private boolean closed;

    /**
     * Creates an empty spool.
     *
     * @param limit most bytes that it takes (FcgidMaxResponseSpool), apart from what one read yields
     */
    ResponseSpool(SpoolMeans means, long limit, Owner owner) {
        this.means = means;
        this.limit = limit;
        this.owner = owner;
        this.memory = new PieceQueue(means.memory(), means.allocator());
    }

    /** Keeps a piece; owns it. */
    void append(ByteBuf content) {
        total += content.readableBytes();
        SpoolFile known = file;
        if (closed) {
            content.release();
        } else if (known != null) {
            known.append(content);
        } else if (full) {
            memory.add(content);
        } else if (!memory.tryAdd(content)) {
            SpoolFile created = new SpoolFile(means, this);
            file = created;
            created.append(content);
        }
    }

    /** Whether more may be appended without delay. */
    boolean accepts() {
        SpoolFile known = file;
        boolean accepts = total < limit && !full && (known == null || !known.isCongested());
        heldBack |= !accepts;
        return accepts;
    }

    /** The client may take more: passes on what is kept. */
    void drain() {
        if (draining || closed) {
            return;
        }
        draining = true;
        boolean passed = false;
        while (!closed && !memory.isEmpty() && isWritable(passed)) {
            owner.next(memory.remove());
            passed = true;
        }
        draining = false;
        if (passed && !closed) {
            owner.flush();
        }
        if (!closed && memory.isEmpty()) {
            continueWithFile();
        }
    }

    /** Bytes that are passed on and not sent yet count against the client, so they are sent before it counts as full. */
    private boolean isWritable(boolean passed) {
        if (passed && !owner.writable()) {
            owner.flush();
        }
        return !closed && owner.writable(); // a flush may end the response
    }

    private void continueWithFile() {
        SpoolFile known = file;
        if (known == null) {
            end();
        } else if (position < known.length()) {
            if (!reading && owner.writable()) {
                reading = true;
                known.read(position, CHUNK_BYTES, this);
            }
        } else if (full) {
            known.takeUnwritten().forEach(memory::add);
            known.close();
            file = null;
            drain();
        } else if (known.isWritten()) {
            end();
        }
    }

    private void end() {
        close();
        owner.emptied();
    }

    // ---- the file -------------------------------------------------------------------------------------------------

    /** Leaves the other half to uploads, which have no other way to go on. */
    @Override
    public boolean takeRoom(ByteBudget disk, long bytes) {
        return disk.tryTakeOfHalf(bytes);
    }

    @Override
    public void written() {
        if (closed) {
            return;
        }
        if (memory.isEmpty()) {
            continueWithFile();
        }
        if (!closed && heldBack && accepts()) {
            heldBack = false;
            owner.relieved();
        }
    }

    /** From now on the worker waits for the client. */
    @Override
    public void writeFailed(IOException why) {
        if (means.log().permits("response")) {
            LOG.warn("slow clients hold workers, because their responses can't be kept: {}", why.toString());
        }
        full = true;
        if (!closed && memory.isEmpty()) {
            continueWithFile();
        }
    }

    @Override
    public void bytes(ByteBuf content) {
        reading = false;
        position += content.readableBytes();
        memory.add(content);
        drain();
    }

    @Override
    public void failed(IOException why) {
        close();
        owner.lost(why);
    }

    /** Frees everything. The owner is not called any more. Twice is harmless. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        memory.close();
        SpoolFile open = file;
        if (open != null) {
            open.close();
        }
    }
}
