/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.AddressRange;
import dev.fcgid4j.ClientSettings;
import dev.fcgid4j.netty.RelayedRequest;
import dev.fcgid4j.testkit.LogCapture;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each embedded channel has an event loop of its own, so an idle connection is always found on another loop. */
class ConnectionLimitTest {

    private static final List<AddressRange> PROXIES =
            List.of(AddressRange.parse("10.0.0.1", true).orElseThrow());

    private static ClientConnections limits(int total, int perAddress) {
        return new ClientConnections(
                ClientSettings.defaults().withMaxConnections(total).withMaxConnectionsPerAddress(perAddress), 10_000);
    }

    private static EmbeddedChannel client(ClientConnections connections, String address) {
        return new EmbeddedChannel(new ConnectionLimit(connections, PROXIES)) {
            @Override
            protected SocketAddress remoteAddress0() {
                return new InetSocketAddress(address, 1);
            }
        };
    }

    private static void run(EmbeddedChannel... channels) {
        for (int round = 0; round < 10; round++) {
            for (EmbeddedChannel each : channels) {
                each.runPendingTasks();
            }
        }
    }

    private static HttpRequest get() {
        return new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
    }

    private static int status(EmbeddedChannel channel) {
        FullHttpResponse response = channel.readOutbound();
        int status = response.status().code();
        response.release();
        return status;
    }

    @Test
    void connectionThatIsIdleForTheLongestTimeGivesWay() {
        ClientConnections connections = limits(1, 10);
        EmbeddedChannel idle = client(connections, "192.0.2.1");

        EmbeddedChannel fresh = client(connections, "192.0.2.2");
        run(idle, fresh);

        assertThat(idle.isOpen()).isFalse();
        assertThat(fresh.isOpen()).isTrue();
        assertThat(connections.open()).isEqualTo(1);
        fresh.close();
        assertThat(connections.open()).isZero();
    }

    @Test
    void clientIsRefusedIfNoConnectionIsIdle() {
        ClientConnections connections = limits(1, 10);
        EmbeddedChannel busy = client(connections, "192.0.2.1");
        busy.writeInbound(get());

        try (LogCapture log = LogCapture.of(ClientConnections.class.getName())) {
            List<EmbeddedChannel> all = new ArrayList<>(List.of(busy));
            for (int i = 0; i < 3; i++) {
                EmbeddedChannel fresh = client(connections, "192.0.2.2");
                all.add(fresh);
                run(all.toArray(EmbeddedChannel[]::new));
                assertThat(status(fresh)).isEqualTo(503);
                assertThat(fresh.isOpen()).isFalse();
            }
            assertThat(log.lines()).hasSize(1);
        }
        assertThat(busy.isOpen()).isTrue();
        assertThat(connections.open()).isEqualTo(1);
    }

    @Test
    void connectionIsIdleAgainWhenItsResponseHasLeft() {
        ClientConnections connections = limits(1, 10);
        EmbeddedChannel answered = client(connections, "192.0.2.1");
        answered.writeInbound(get());
        answered.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));

        EmbeddedChannel fresh = client(connections, "192.0.2.2");
        run(answered, fresh);

        assertThat(answered.isOpen()).isFalse();
        assertThat(fresh.isOpen()).isTrue();
    }

    @Test
    void addressHasABoundOfItsOwn() {
        ClientConnections connections = limits(10, 2);
        EmbeddedChannel first = client(connections, "192.0.2.1");
        EmbeddedChannel second = client(connections, "192.0.2.1");

        EmbeddedChannel third = client(connections, "192.0.2.1");
        EmbeddedChannel other = client(connections, "192.0.2.2");

        assertThat(status(third)).isEqualTo(503);
        assertThat(other.isOpen()).isTrue();
        first.close();
        assertThat(client(connections, "192.0.2.1").isOpen()).isTrue();
        assertThat(second.isOpen()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.1", "127.0.0.1"})
    void proxyHasNoBoundButEachOfItsClientsHas(String proxy) {
        ClientConnections connections = limits(10, 1);
        EmbeddedChannel first = client(connections, proxy);
        EmbeddedChannel second = client(connections, proxy);
        EmbeddedChannel third = client(connections, proxy);
        InetSocketAddress greedy = new InetSocketAddress("192.0.2.1", 0);

        first.writeInbound(new RelayedRequest(get(), greedy));
        second.writeInbound(new RelayedRequest(get(), greedy));
        third.writeInbound(new RelayedRequest(get(), new InetSocketAddress("192.0.2.2", 0)));

        assertThat(first.isOpen()).isTrue();
        assertThat(status(second)).isEqualTo(503);
        assertThat(third.isOpen()).isTrue();
        first.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        EmbeddedChannel fourth = client(connections, proxy);
        fourth.writeInbound(new RelayedRequest(get(), greedy));
        assertThat(fourth.isOpen()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0, 200, 100", "0, 1024, 512", "0, 20000, 10000", "0, 9223372036854775807, 10000", "150, 200, 150"})
    void boundStaysBelowTheDescriptorLimit(int configured, long descriptors, int max) {
        assertThat(new ClientConnections(ClientSettings.defaults().withMaxConnections(configured), descriptors).max())
                .isEqualTo(max);
    }

    @Test
    void boundThatIsTooHighIsLoweredWithAWarning() {
        try (LogCapture log = LogCapture.of(ClientConnections.class.getName())) {
            assertThat(new ClientConnections(ClientSettings.defaults().withMaxConnections(5000), 1024).max())
                    .isEqualTo(768);
            assertThat(log.lines()).singleElement().asString().startsWith("MaxConnections 5000 is lowered to 768");
        }
    }
}
