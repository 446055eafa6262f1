/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.posix;

import com.sun.jna.Memory;
import java.nio.ByteBuffer;

/**
 * A set of descriptors that one thread waits for with {@code poll}.
 *
 * <p>Threading: one thread; any thread may call {@link #wake}.
 */
public final class PollSet implements AutoCloseable {

    private static final int SIZE = 8;
    private static final byte[] SIGNAL = {1};

    private final int[] wakePipe;
    private final Memory scratch = new Memory(4096);
    private Memory memory = new Memory(64 * SIZE);
    private ByteBuffer view = LibC.view(memory);
    private int count;
    private boolean closed;

    /** Creates an empty set. */
    public PollSet() throws PosixException {
        wakePipe = LibC.pipe();
    }

    /** Removes all descriptors. */
    public void clear() {
        count = 0;
        add(wakePipe[0]);
    }

    /** Adds a descriptor; indexes count from 0 in the order of adding. */
    public void add(int fd) {
        int offset = count * SIZE;
        if (offset + SIZE > view.capacity()) {
            Memory larger = new Memory(memory.size() * 2);
            ByteBuffer largerView = LibC.view(larger);
            largerView.put(0, view, 0, offset);
            memory = larger;
            view = largerView;
        }
        view.putInt(offset, fd);
        view.putShort(offset + 4, (short) LibC.POLLIN);
        view.putShort(offset + 6, (short) 0);
        count++;
    }

    /** Waits until a descriptor is ready or {@link #wake} is called; -1 milliseconds for no limit. */
    public void await(int timeoutMillis) throws PosixException {
        LibC.poll(memory, count, timeoutMillis);
        if (view.getShort(6) != 0) {
            LibC.read(wakePipe[0], scratch);
        }
    }

    /** Returns whether the descriptor of an index is ready: data, end or error. */
    public boolean ready(int index) {
        return view.getShort((index + 1) * SIZE + 6) != 0;
    }

    /** Ends the wait. */
    public synchronized void wake() {
        if (closed) {
            return;
        }
        try {
            LibC.writeFully(wakePipe[1], SIGNAL);
        } catch (PosixException e) {
            throw new IllegalStateException("the wake-up pipe is broken", e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        LibC.closeQuietly(wakePipe[0]);
        LibC.closeQuietly(wakePipe[1]);
    }
}
