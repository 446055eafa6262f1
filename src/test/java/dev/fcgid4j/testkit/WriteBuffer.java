/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

/**
 * The write buffer of a client's channel with Netty's rules, without the bytes. Unflushed bytes count against the high water
 * mark but are never sent. A flush inside of a flush sends nothing itself. The callback runs when the buffer falls
 * below the low water mark, and only then. For one thread.
 *
 * <p>Source: Netty's ChannelOutboundBuffer and its default water marks.
 */
public final class WriteBuffer {

    private static final long LOW = 32 * 1024;
    private static final long HIGH = 64 * 1024;
    private static final long SEGMENT = 16 * 1024;

    private final Runnable onWritable;
    private long pending; // the unflushed bytes included
    private long flushed;
    private long room;
    private long sent;
    private boolean writable = true;
    private boolean sending;

    /**
     * Creates an empty buffer of a client that takes nothing.
     *
     * @param onWritable is called when the buffer takes more again, within {@link #flush} or {@link #clientTakes}
     */
    public WriteBuffer(Runnable onWritable) {
        this.onWritable = onWritable;
    }

    /** Adds bytes, which are unflushed. */
    public void add(int bytes) {
        pending += bytes;
        if (pending > HIGH) {
            writable = false;
        }
    }

    /** Sends everything that was added, as far as the client takes it. */
    public void flush() {
        flushed = pending;
        send();
    }

    /** The client takes this many bytes, now or when they are flushed, and then no more. */
    public void clientTakes(long bytes) {
        room = bytes;
        send();
    }

    /** Bytes that the client has got. */
    public long sent() {
        return sent;
    }

    /** Whether it is not above the high water mark, or has fallen below the low one since. */
    public boolean isWritable() {
        return writable;
    }

    private void send() {
        if (sending) {
            return;
        }
        sending = true;
        while (flushed > 0 && room > 0) {
            long now = Math.min(SEGMENT, Math.min(flushed, room));
            flushed -= now;
            pending -= now;
            room -= now;
            sent += now;
            if (!writable && pending < LOW) {
                writable = true;
                onWritable.run();
            }
        }
        sending = false;
    }
}
