/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of a response in memory, in order. Pieces of at most {@value #SMALL_BYTES} bytes are copied and joined, because a
 * tiny piece would keep the whole buffer that it was read into.
 *
 * <p>Threading: belongs to one event loop. Ownership: owns its pieces, and their bytes of the budget, until {@link #close}.
 */
final class PieceQueue {

    private static final int SMALL_BYTES = 1024;
    private static final int JOINED_BYTES = 4096;

    private final ByteBudget budget;
    private final ByteBufAllocator allocator;
    private final ArrayDeque<ByteBuf> pieces = new ArrayDeque<>();
    private @Nullable ByteBuf joined; // the last piece, if others may be joined to it
    private long taken; // from the budget

    PieceQueue(ByteBudget budget, ByteBufAllocator allocator) {
        this.budget = budget;
        this.allocator = allocator;
    }

    boolean isEmpty() {
        return pieces.isEmpty();
    }

    /** Adds a piece and owns it; returns false, and owns nothing, if there is no room for it in memory. */
    boolean tryAdd(ByteBuf content) {
        int bytes = content.readableBytes();
        if (taken + bytes > SpoolMeans.MAX_IN_MEMORY || !budget.tryTake(bytes)) {
            return false;
        }
        taken += bytes;
        add(content);
        return true;
    }

    /** Adds a piece that the budget does not count; owns it. */
    void add(ByteBuf content) {
        int bytes = content.readableBytes();
        ByteBuf last = joined;
        if (bytes > SMALL_BYTES) {
            joined = null;
            pieces.add(content);
        } else if (last != null && last.writableBytes() >= bytes) {
            last.writeBytes(content);
            content.release();
        } else {
            ByteBuf copy = allocator.buffer(JOINED_BYTES, JOINED_BYTES).writeBytes(content);
            content.release();
            joined = copy;
            pieces.add(copy);
        }
    }

    /** Takes the first piece; the caller owns it. */
    ByteBuf remove() {
        ByteBuf first = pieces.remove();
        if (pieces.isEmpty()) {
            joined = null;
        }
        giveBack(Math.min(taken, first.readableBytes())); // without a budget nothing is taken
        return first;
    }

    private void giveBack(long bytes) {
        taken -= bytes;
        budget.giveBack(bytes);
    }

    /** Releases all pieces. */
    void close() {
        pieces.forEach(ByteBuf::release);
        pieces.clear();
        joined = null;
        giveBack(taken);
    }
}
