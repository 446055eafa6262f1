/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.mapping.Resolution;
import dev.fcgid4j.netty.ResolvedRequest;
import dev.fcgid4j.pool.PoolSnapshot;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusHandlerTest {

    @ParameterizedTest
    @CsvSource({"127.0.0.1,200", "127.8.7.6,200", "::1,200", "10.0.0.1,403", "192.0.2.7,403", "2001:db8::1,403"})
    void onlyTheSameMachineIsShownTheStatus(String client, int status) {
        PoolSnapshot empty = new PoolSnapshot(Instant.EPOCH, 0, 10, List.of());
        FullHttpResponse response =
                answer(empty, client, new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/fcgid-status"));

        assertThat(response.status().code()).isEqualTo(status);
        assertThat(response.content().toString(StandardCharsets.UTF_8).contains("fcgid4j status"))
                .isEqualTo(status == 200);
        response.release();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "127.0.0.1, ?recycle=/app,    -,                    303",
                "127.0.0.1, ?recycle=%2Fapp,  http://a:80,          303",
                "127.0.0.1, ?recycle=/app,    http://evil.example,  403",
                "127.0.0.1, ?recycle=/app,    null,                 403",
                "127.0.0.1, ?recycle=/other,  -,                    404",
                "127.0.0.1, ?,                -,                    400",
                "192.0.2.7, ?recycle=/app,    -,                    403"
            })
    void classIsRecycledByAPostFromTheSameMachineAndSite(String client, String query, String origin, int status) {
        PoolSnapshot empty = new PoolSnapshot(Instant.EPOCH, 0, 10, List.of());
        HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/fcgid-status" + query);
        request.headers().set("host", "a:80");
        if (origin != null) {
            request.headers().set("origin", origin);
        }

        FullHttpResponse response = answer(empty, client, request);

        assertThat(response.status().code()).isEqualTo(status);
        response.release();
    }

    private static FullHttpResponse answer(PoolSnapshot snapshot, String client, HttpRequest request) {
        EmbeddedChannel channel =
                new EmbeddedChannel(new StatusHandler(() -> snapshot, "/app"::equals, Runnable::run)) {
                    @Override
                    protected SocketAddress remoteAddress0() {
                        return new InetSocketAddress(client, 1);
                    }
                };
        channel.writeInbound(new ResolvedRequest(request, new Resolution.Refused(404, "not a file")));
        channel.runPendingTasks();
        return channel.readOutbound();
    }
}
