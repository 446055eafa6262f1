/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.limits.BlockingExecutor;
import dev.fcgid4j.limits.Expiring;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Takes bytes in order, writes them to a {@link TemporaryFile}, and gives them back from any position.
 *
 * <h2>Operations</h2>
 *
 * The blocking executor performs one operation at a time: it writes all pieces that are queued, or reads one piece. The first
 * write opens the file, and {@link #close} closes it on that executor too.
 *
 * <h2>Failure</h2>
 *
 * The first failed write is the last one: {@link Owner#writeFailed} is called, pieces written before can still be read, and {@link
 * #takeUnwritten} gives the others back.
 *
 * <p>Threading: belongs to the request's event loop. Results of the blocking executor return to the loop.
 *
 * <p>Ownership: owns the pieces until they are written, the file, and its bytes of the budget, all until {@link #close}.
 */
final class SpoolFile {

    private static final int CONGESTED_BYTES = 1 << 20;

    /** Observes the writes. Called on the loop. */
    interface Owner {

        /** Takes this many bytes of the budget for temporary files; false if there are too few. */
        boolean takeRoom(ByteBudget disk, long bytes);

        /** Pieces have been written: {@link #isCongested} and {@link #isWritten} may have changed. */
        void written();

        /** A piece can't be written, and none that follows will be. Called once. */
        void writeFailed(IOException why);

        /** The disk has not taken a piece for so long that no request should wait for it any more. Called on the loop. */
        default void overdue(IOException why) {}
    }

    private record Read(long position, int max, RequestBody.Reader reader) {}

    private final SpoolMeans means;
    private final Owner owner;
    private final ArrayDeque<ByteBuf> queue = new ArrayDeque<>();
    private final ArrayDeque<Read> reads = new ArrayDeque<>();
    private long queuedBytes; // those of a running write included
    private long length;
    private long room; // taken from the budget
    private boolean used; // there may be a file
    private boolean busy;
    private boolean failed;
    private boolean closed;

    /** Used by the blocking executor, one operation at a time. */
    private final TemporaryFile file = new TemporaryFile();

    /** Opens nothing yet. */
    SpoolFile(SpoolMeans means, Owner owner) {
        this.means = means;
        this.owner = owner;
    }

    // ---- writing --------------------------------------------------------------------------------------------------

    /** Writes a piece behind the others; owns it. */
    void append(ByteBuf content) {
        if (closed) {
            content.release();
            return;
        }
        queue.add(content);
        queuedBytes += content.readableBytes();
        next();
    }

    /** Whether more than 1 MiB waits to be written. */
    boolean isCongested() {
        return queuedBytes > CONGESTED_BYTES;
    }

    /** Whether every piece has been written. */
    boolean isWritten() {
        return queuedBytes == 0;
    }

    /** Bytes that have been written. */
    long length() {
        return length;
    }

    /** After a failure: returns the pieces that are not written, and owns them no more. */
    List<ByteBuf> takeUnwritten() {
        List<ByteBuf> pieces = List.copyOf(queue);
        queue.clear();
        queuedBytes = 0;
        return pieces;
    }

    private void next() {
        if (busy || closed) {
            return;
        }
        Read read = reads.poll();
        if (read != null) {
            startRead(read);
        } else if (!queue.isEmpty() && !failed) {
            startWrite();
        }
    }

    private void startWrite() {
        busy = true;
        List<ByteBuf> batch = new ArrayList<>(queue);
        queue.clear();
        if (!owner.takeRoom(means.disk(), queuedBytes)) {
            IOException full = new SpoolFullException("the temporary files of requests and responses have "
                    + means.disk().taken() + " bytes, and " + queuedBytes + " more would exceed FcgidMaxSpool");
            onLoop(() -> wrote(batch, 0, full));
            return;
        }
        room += queuedBytes;
        used = true;
        long position = length;
        onBlockingThread(new Write(this, batch, position), why -> wrote(batch, 0, why));
    }

    /** One write, which may hang in a disk that does not answer. Its pieces stay with it until it returns. */
    private record Write(SpoolFile spool, List<ByteBuf> batch, long start) implements Expiring {

        @Override
        public void run() {
            spool.write(batch, start);
        }

        @Override
        public void expire() {
            spool.onLoop(spool::overdue);
        }
    }

    private void overdue() {
        if (busy && !closed) {
            owner.overdue(new IOException("the disk has not taken a piece of a temporary file for "
                    + BlockingExecutor.LIMIT.toSeconds() + " s"));
        }
    }

    /** On a blocking thread. */
    private void write(List<ByteBuf> batch, long start) {
        int count = 0;
        @Nullable IOException why = null;
        try {
            long position = start;
            for (ByteBuf piece : batch) {
                position += file.write(piece, position);
                count++;
            }
        } catch (IOException e) {
            why = SpoolFullException.orSame(e);
        } catch (RuntimeException | Error e) { // a client that waits for the disk must be told in any case
            why = new IOException(e);
        }
        int written = count;
        IOException failure = why;
        onLoop(() -> wrote(batch, written, failure));
    }

    private void wrote(List<ByteBuf> batch, int count, @Nullable IOException why) {
        busy = false;
        for (ByteBuf piece : batch.subList(0, count)) {
            length += piece.readableBytes();
            queuedBytes -= piece.readableBytes();
            piece.release();
        }
        for (int i = batch.size() - 1; i >= count; i--) {
            queue.addFirst(batch.get(i));
        }
        if (closed) {
            dropAll();
        } else if (why != null) {
            failed = true;
            owner.writeFailed(why);
        } else {
            owner.written();
        }
        next();
    }

    // ---- reading --------------------------------------------------------------------------------------------------

    /** Reads from a position on. The reader gets at least one byte, later on the loop; not after {@link #close}. */
    void read(long position, int max, RequestBody.Reader reader) {
        if (closed) {
            return;
        }
        reads.add(new Read(position, (int) Math.min(max, length - position), reader));
        next();
    }

    private void startRead(Read read) {
        busy = true;
        ByteBuf into = means.allocator().ioBuffer(read.max());
        onBlockingThread(() -> read(read, into), why -> wasRead(read, into, why));
    }

    /** On a blocking thread. */
    private void read(Read read, ByteBuf into) {
        @Nullable IOException why = null;
        try {
            file.read(into, read.position(), read.max());
        } catch (IOException e) {
            why = e;
        } catch (RuntimeException | Error e) {
            why = new IOException(e);
        }
        IOException failure = why;
        onLoop(() -> wasRead(read, into, failure));
    }

    private void wasRead(Read read, ByteBuf into, @Nullable IOException why) {
        busy = false;
        if (closed) {
            into.release();
            dropAll();
        } else if (why != null) {
            into.release();
            read.reader().failed(why);
        } else {
            read.reader().bytes(into);
        }
        next();
    }

    // ---- the end --------------------------------------------------------------------------------------------------

    /** Drops the pieces and the file, now or after the operation that runs. No owner and no reader is called any more. */
    void close() {
        if (!closed) {
            closed = true;
            if (!busy) {
                dropAll();
            }
        }
    }

    private void dropAll() {
        takeUnwritten().forEach(ByteBuf::release);
        reads.clear();
        if (!used) {
            return; // there is no file
        }
        used = false;
        long given = room;
        Runnable end = () -> {
            file.close();
            means.disk().giveBack(given);
        };
        try {
            means.blocking().execute(end);
        } catch (RejectedExecutionException e) {
            end.run(); // the server ends
        }
    }

    // ---- threads --------------------------------------------------------------------------------------------------

    private interface Failure {
        void with(IOException why);
    }

    private void onBlockingThread(Runnable operation, Failure refused) {
        try {
            means.blocking().execute(operation);
        } catch (RejectedExecutionException e) { // the server ends
            onLoop(() -> refused.with(new IOException("no thread reads or writes temporary files", e)));
        }
    }

    private void onLoop(Runnable result) {
        try {
            means.loop().execute(result);
        } catch (RejectedExecutionException e) { // the loop has ended, and the client's channel with it
            closed = true;
            result.run();
        }
    }
}
