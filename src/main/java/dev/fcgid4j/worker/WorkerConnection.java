/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.worker;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.codec.EndRequest;
import dev.fcgid4j.codec.FcgiRecord;
import dev.fcgid4j.codec.Stderr;
import dev.fcgid4j.codec.Stdout;
import dev.fcgid4j.failure.FcgiException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.DecoderException;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a worker. It runs one request at a time, always with id {@value #REQUEST_ID}.
 *
 * <p>Life: {@link WorkerConnector} opens it. {@link #begin} sets the listeners of a request. After {@link Listener#ended}
 * or {@link Listener#closed} no listener is called until the next {@code begin}. Between two requests the connection drops
 * records, and the application may close it; {@link #isOpen()} says whether it has.
 *
 * <p>Threading: belongs to its channel's event loop. Any thread may call {@link #close()} and {@link #isOpen()}.
 *
 * <p>Ownership: the listeners release the contents that they receive. The connection releases the buffers that {@link
 * #write} takes.
 */
public final class WorkerConnection extends ChannelInboundHandlerAdapter {

    /** The id of every request. */
    public static final int REQUEST_ID = 1;

    /** Receives the output of the application. Called on the event loop. */
    public interface OutputListener {

        /** Receives a piece of FCGI_STDOUT, and owns it. An empty piece is the end of the stream. */
        void stdout(ByteBuf content);
    }

    /** Receives the other events of a request. Called on the event loop. */
    public interface Listener {

        /** The first record of the response has arrived. Called before its content is passed on. */
        void responseBegan();

        /** Receives a piece of FCGI_STDERR, and owns it. An empty piece is the end of the stream. */
        void stderr(ByteBuf content);

        /** All records that have arrived so far have been passed on. */
        void readComplete();

        /** The application sent a management record. */
        default void management() {
            // a normal request asks for none
        }

        /** The application ended the request. The last call of this request. */
        void ended(EndRequest end);

        /** The connection closed before the end of the request, perhaps with a cause. The last call of this request. */
        void closed(@Nullable Throwable cause);

        /** {@link #isWritable} may have changed. */
        void writabilityChanged();
    }

    private static final OutputListener DROP = ByteBuf::release;

    private final Channel channel;
    private OutputListener output = DROP;
    private @Nullable Listener listener;
    private long received;
    private @Nullable Throwable broken;

    WorkerConnection(Channel channel) {
        this.channel = requireNonNull(channel, "channel");
    }

    /** Returns the event loop of the channel. */
    public EventLoop loop() {
        return channel.eventLoop();
    }

    /** Returns whether the connection can carry a request, as far as the channel knows. Any thread. */
    public boolean isOpen() {
        return channel.isActive() && broken == null;
    }

    /** Returns whether the kernel has input, or the end of it, that was not passed on yet; false if it can't tell. */
    public boolean hasUnreadInput() {
        return UnreadInput.isThere(channel);
    }

    /** Returns whether the application has not read everything that the kernel took from here; false if that is unknown. */
    public boolean hasUnreadOutput() {
        return UnreadOutput.isThere(channel);
    }

    /**
     * Begins a request: sets its listeners.
     *
     * @throws IllegalStateException if a request is running
     */
    public void begin(OutputListener out, Listener events) {
        assert loop().inEventLoop();
        if (listener != null) {
            throw new IllegalStateException("the connection already runs a request");
        }
        received = 0;
        handOver(out, events);
    }

    /** Replaces the listeners of the running request. */
    public void handOver(OutputListener out, Listener events) {
        output = requireNonNull(out, "out");
        listener = requireNonNull(events, "events");
    }

    /** Returns the number of records that have arrived since {@link #begin}. */
    public long received() {
        return received;
    }

    /**
     * Writes a buffer, and owns it from now on; {@link #flush()} sends it. A failed write is not reported: the application
     * has closed its end, perhaps after a complete response, and only the bytes that are still to be read tell which.
     */
    public void write(ByteBuf records) {
        channel.write(records);
    }

    /** Sends everything that was written. */
    public void flush() {
        channel.flush();
    }

    /** Returns whether the channel takes more without buffering beyond its water mark. */
    public boolean isWritable() {
        return channel.isWritable();
    }

    /** Allocates a buffer for {@link #write}. */
    public ByteBuf allocate(int capacity) {
        return channel.alloc().ioBuffer(capacity);
    }

    /** Resumes or stops reading, so that the application can't send more than the client takes. */
    public void reading(boolean on) {
        channel.config().setAutoRead(on);
    }

    /** Closes the connection. No listener is called any more. Any thread. */
    public void close() {
        if (loop().inEventLoop()) {
            forgetListeners();
            channel.close();
        } else {
            try {
                loop().execute(this::close);
            } catch (RejectedExecutionException e) {
                abandon(); // the loop has ended; if it has died, its channels are still open
            }
        }
    }

    /**
     * Closes the descriptor of a connection whose event loop has ended. The application sees the end of the connection, and
     * accepts the next one. Any thread.
     */
    public void abandon() {
        AbandonedChannel.close(channel);
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
            countReceived(current);
            output.stdout(out.content());
        } else if (message instanceof Stderr err) {
            countReceived(current);
            current.stderr(err.content());
        } else if (message instanceof EndRequest end) {
            countReceived(current);
            forgetListeners();
            current.ended(end);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    private void countReceived(Listener current) {
        if (received++ == 0) {
            current.responseBegan();
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
        reportClosed();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Throwable reason = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        broken = reason;
        if (reason instanceof FcgiException) {
            reportClosed(); // the rest of the stream has no meaning
        }
        channel.close();
    }

    private void reportClosed() {
        Listener current = listener;
        if (current != null) {
            forgetListeners();
            current.closed(broken);
        }
    }

    private void forgetListeners() {
        output = DROP;
        listener = null;
    }
}
