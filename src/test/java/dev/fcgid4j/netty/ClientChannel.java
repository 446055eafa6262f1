/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * The server's end of a client's connection, and the client: what the client sends is read by the pipeline at once, and what
 * the pipeline writes is kept for the test. It lives on an event loop that it is given, beside the connections to workers.
 */
final class ClientChannel extends EmbeddedChannel implements DuplexChannel {

    private final EventLoop loop;
    private final Runnable server;
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    private final StringBuilder received = new StringBuilder();
    private boolean reading = true;
    private boolean inputShutDown;
    private boolean outputShutDown;

    /**
     * Connects.
     *
     * @param server lets the server run until it has nothing more to do
     */
    ClientChannel(EventLoop loop, Runnable server, ChannelHandler... handlers) throws Exception {
        super(DefaultChannelId.newInstance(), false, false, handlers);
        this.loop = loop;
        this.server = server;
        config().setAllocator(allocator);
        register();
    }

    @Override
    public EventLoop eventLoop() {
        return loop == null ? super.eventLoop() : loop; // none while the superclass is constructed
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return new InetSocketAddress("192.0.2.1", 1000);
    }

    @Override
    protected SocketAddress localAddress0() {
        return new InetSocketAddress("192.0.2.2", 80);
    }

    // ---- the client -----------------------------------------------------------------------------------------------

    /** Sends text, {@code ~} for the end of a line, and lets the server do whatever it can with it. */
    ClientChannel send(String text) {
        deliver(text);
        server.run();
        return this;
    }

    /** Sends text; the server reads it and does nothing else yet. */
    ClientChannel deliver(String text) {
        ByteBuf bytes = alloc().buffer();
        bytes.writeCharSequence(text.replace("~", "\r\n"), StandardCharsets.ISO_8859_1);
        writeInbound(bytes);
        return this;
    }

    /** Everything that has arrived from the server until now; {@code [file]} for a file. */
    String received() {
        server.run();
        for (Object next = readOutbound(); next != null; next = readOutbound()) {
            received.append(next instanceof ByteBuf bytes ? bytes.toString(StandardCharsets.ISO_8859_1) : "[file]");
            ReferenceCountUtil.release(next);
        }
        return received.toString();
    }

    /** What has arrived since the last call. */
    String receivedNext() {
        String all = received();
        received.setLength(0);
        return all;
    }

    /** The client reads no more for now. */
    void stopReading() {
        reading = false;
    }

    /** The client reads again. */
    void readOn() {
        reading = true;
        unsafe().flush();
        server.run();
    }

    /** The client disconnects. */
    void disconnectClient() {
        unsafe().close(voidPromise());
        server.run();
    }

    /** The client sends no more, and waits for its answers. */
    void endInput() {
        inputShutDown = true;
        pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        server.run();
    }

    /** Whether the server has ended the connection. */
    boolean isEnded() {
        server.run();
        return !isOpen();
    }

    /** Whether the server reads what the client sends. */
    boolean isRead() {
        server.run();
        return config().isAutoRead();
    }

    /** The connection is over, and nothing that the client has sent is held any more. */
    void check() {
        received();
        assertThat(isOpen()).as("the connection is open").isFalse();
        assertThat(inboundMessages()).as("messages that no handler took").isEmpty();
        assertThat(allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory())
                .as("bytes of the client's buffers that were not released")
                .isZero();
        checkException();
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) throws Exception {
        if (reading) {
            super.doWrite(in);
        }
    }

    // ---- the two directions ---------------------------------------------------------------------------------------

    @Override
    public boolean isOutputShutdown() {
        return outputShutDown;
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        outputShutDown = true;
        return promise.setSuccess();
    }

    @Override
    public boolean isInputShutdown() {
        return inputShutDown;
    }

    @Override
    public ChannelFuture shutdownInput() {
        throw new UnsupportedOperationException("no handler ends the input");
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        return shutdownInput();
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public ChannelFuture shutdown() {
        return shutdownInput();
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        return shutdownInput();
    }
}
