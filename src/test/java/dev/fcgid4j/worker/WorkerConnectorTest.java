/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Connects to a real Unix socket, with each transport that this system has. */
class WorkerConnectorTest {

    private static final byte[] END_REQUEST = ByteBufUtil.decodeHexDump("01030001000800000000000700000000");

    @TempDir
    private Path temp;

    private Path socket;
    private ServerSocketChannel server;
    private final List<EventLoopGroup> groups = new ArrayList<>();

    static Stream<Named<IoHandlerFactory>> transports() {
        Stream<Named<IoHandlerFactory>> nio = Stream.of(Named.of("NIO", NioIoHandler.newFactory()));
        return Epoll.isAvailable()
                ? Stream.concat(nio, Stream.of(Named.of("epoll", EpollIoHandler.newFactory())))
                : nio;
    }

    @BeforeEach
    void listen() throws IOException {
        socket = temp.resolve("s");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
    }

    @AfterEach
    void end() throws IOException {
        server.close();
        groups.forEach(group -> group.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly());
    }

    private EventLoop loop(IoHandlerFactory transport) {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, transport);
        groups.add(group);
        return group.next();
    }

    private static WorkerConnection connect(EventLoop loop, Path socket) throws Exception {
        CompletableFuture<WorkerConnection> result = new CompletableFuture<>();
        loop.execute(() -> WorkerConnector.connect(loop, socket, (connection, why) -> {
            if (connection == null) {
                result.completeExceptionally(why);
            } else {
                result.complete(connection);
            }
        }));
        return result.get(30, TimeUnit.SECONDS);
    }

    private static void onLoop(WorkerConnection connection, Runnable step) {
        connection.loop().submit(step).syncUninterruptibly();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void recordsGoBothWays(IoHandlerFactory transport) throws Exception {
        WorkerConnection connection = connect(loop(transport), socket);
        RecordedCalls calls = new RecordedCalls();
        try (SocketChannel application = server.accept()) {
            onLoop(connection, () -> {
                connection.begin(calls, calls);
                connection.write(connection.allocate(1).writeByte(42));
                connection.flush();
            });
            ByteBuffer received = ByteBuffer.allocate(1);
            application.read(received);
            application.write(ByteBuffer.wrap(END_REQUEST));
            calls.awaitLast();

            assertThat(received.get(0)).isEqualTo((byte) 42);
            assertThat(calls.list()).contains("ended REQUEST_COMPLETE 7");
            assertThat(connection.isOpen()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void endOfTheApplicationIsReported(IoHandlerFactory transport) throws Exception {
        WorkerConnection connection = connect(loop(transport), socket);
        RecordedCalls calls = new RecordedCalls();
        onLoop(connection, () -> connection.begin(calls, calls));

        server.accept().close();
        calls.awaitLast();

        assertThat(calls.list()).last().isEqualTo("closed null");
        assertThat(connection.isOpen()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void closeFromAnotherThreadEndsTheConnection(IoHandlerFactory transport) throws Exception {
        WorkerConnection connection = connect(loop(transport), socket);
        RecordedCalls calls = new RecordedCalls();
        onLoop(connection, () -> connection.begin(calls, calls));
        try (SocketChannel application = server.accept()) {

            connection.close();

            assertThat(application.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            onLoop(connection, () -> {});
            assertThat(calls.list()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void closeAfterTheEndOfTheLoopIsHarmless(IoHandlerFactory transport) throws Exception {
        EventLoop loop = loop(transport);
        WorkerConnection connection = connect(loop, socket);
        loop.parent().shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();

        assertThatCode(connection::close).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void socketThatIsNotThereIsAFailure(IoHandlerFactory transport) {
        EventLoop loop = loop(transport);

        assertThatThrownBy(() -> connect(loop, temp.resolve("missing")))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IOException.class);
    }

    /** Only a native transport can ask the kernel; the loop does not read while it runs a task. */
    @ParameterizedTest
    @MethodSource("transports")
    void bytesThatWereNotReadYetAreNewsToANativeTransport(IoHandlerFactory transport) throws Exception {
        WorkerConnection connection = connect(loop(transport), socket);
        CompletableFuture<Boolean> before = new CompletableFuture<>();
        CompletableFuture<Boolean> after = new CompletableFuture<>();
        try (SocketChannel application = server.accept()) {
            onLoop(connection, () -> {
                before.complete(connection.hasUnreadInput());
                try {
                    application.write(ByteBuffer.wrap(END_REQUEST));
                } catch (IOException e) {
                    after.completeExceptionally(e);
                }
                after.complete(connection.hasUnreadInput());
            });
        }

        boolean isNative = connection.loop() instanceof IoEventLoop io && io.isIoType(EpollIoHandler.class);
        assertThat(before.get()).isFalse();
        assertThat(after.get()).isEqualTo(isNative);
    }
}
