/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.worker;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.codec.EndRequest;
import dev.fcgid4j.codec.FcgiRecord;
import dev.fcgid4j.codec.Stderr;
import dev.fcgid4j.codec.Stdout;
import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.posix.LibC;
import dev.fcgid4j.posix.PosixException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.unix.UnixChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a worker; runs one request at a time, always with id {@value #REQUEST_ID}.
 *
 * <p>Lifecycle: opened by {@link WorkerConnector}; {@link #begin} names who gets what arrives; after {@link
 * Listener#ended} or {@link Listener#closed} nobody is told anything until the next {@code begin}. What arrives while no
 * request runs is discarded; the application may close the connection then, which {@link #isOpen()} tells.
 *
 * <p>Threading: belongs to its channel's event loop; only {@link #close()} and {@link #isOpen()} may be called by anyone.
 *
 * <p>Ownership: contents handed to the listener are the listener's to release; buffers given to {@link #write} are the
 * connection's.
 */
public final class WorkerConnection extends ChannelInboundHandlerAdapter {

    /** The id of every request: one at a time. */
    public static final int REQUEST_ID = 1;

    /** Who runs a request on the connection. Called on its event loop. */
    public interface Listener {

        /** A piece of the response; owned by the listener; empty when the application ended the stream. */
        void stdout(ByteBuf content);

        /** A piece of what goes to the log; owned by the listener; empty when the application ended the stream. */
        void stderr(ByteBuf content);

        /** Everything that had arrived has been handed over. */
        void readComplete();

        /** The application answered something that belongs to no request. */
        default void management() {
            // nobody but a probe asks
        }

        /** The application ended the request. The last call of this request. */
        void ended(EndRequest end);

        /** The connection broke before the end of the request, perhaps with a reason. The last call of this request. */
        void closed(@Nullable Throwable cause);

        /** There may be room to write again. */
        void writabilityChanged();
    }

    private final Channel channel;
    private @Nullable Listener listener;
    private @Nullable Throwable broken;

    WorkerConnection(Channel channel) {
        this.channel = requireNonNull(channel, "channel");
    }

    /** Its event loop. */
    public EventLoop loop() {
        return channel.eventLoop();
    }

    /** Whether it can carry a request, as far as is known. */
    public boolean isOpen() {
        return channel.isActive() && broken == null;
    }

    /**
     * Whether something has arrived, or the other end was closed, that the listener hasn't been told of yet. Asks the
     * kernel where the transport is a native one; elsewhere false.
     */
    public boolean hasNews() {
        try {
            return channel instanceof UnixChannel known
                    && known.fd().isOpen()
                    && LibC.readable(known.fd().intValue());
        } catch (PosixException e) {
            return false; // nobody can tell, as elsewhere
        }
    }

    /** Begins a request: from now on the listener is told. */
    public void begin(Listener next) {
        assert loop().inEventLoop();
        if (listener != null) {
            throw new IllegalStateException("the connection already runs a request");
        }
        listener = requireNonNull(next, "next");
    }

    /**
     * Writes and takes ownership of the buffer; sent by {@link #flush()}. A write that fails is not reported: the
     * application closed its end, perhaps after a complete answer, and reading on tells which.
     */
    public void write(ByteBuf records) {
        channel.write(records);
    }

    /** Sends what was written. */
    public void flush() {
        channel.flush();
    }

    /** Whether more may be written without piling it up in memory. */
    public boolean isWritable() {
        return channel.isWritable();
    }

    /** Allocates a buffer to be written. */
    public ByteBuf allocate(int capacity) {
        return channel.alloc().ioBuffer(capacity);
    }

    /** Stops or resumes reading: back-pressure to the application. */
    public void reading(boolean on) {
        channel.config().setAutoRead(on);
    }

    /** Closes it; the listener, if there is one, is not told any more. Any thread. */
    public void close() {
        if (loop().inEventLoop()) {
            listener = null;
            channel.close();
        } else {
            try {
                loop().execute(this::close);
            } catch (RejectedExecutionException e) {
                channel.close(); // the loop has ended, and its channels with it
            }
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Listener current = listener;
        if (current == null || !(message instanceof FcgiRecord known) || known.requestId() != REQUEST_ID) {
            ReferenceCountUtil.release(message);
            if (current != null) {
                current.management();
            }
        } else if (message instanceof Stdout out) {
            current.stdout(out.content());
        } else if (message instanceof Stderr err) {
            current.stderr(err.content());
        } else if (message instanceof EndRequest end) {
            listener = null;
            current.ended(end);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        Listener current = listener;
        if (current != null) {
            current.readComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        Listener current = listener;
        if (current != null) {
            current.writabilityChanged();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        tellClosed();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Throwable reason = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        broken = reason;
        if (reason instanceof FcgiException) {
            tellClosed(); // the protocol is broken: whatever follows can't be understood
        }
        channel.close();
    }

    private void tellClosed() {
        Listener current = listener;
        if (current != null) {
            listener = null;
            current.closed(broken);
        }
    }
}
