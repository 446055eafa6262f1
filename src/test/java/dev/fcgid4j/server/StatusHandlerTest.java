/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.mapping.Resolution;
import dev.fcgid4j.netty.ResolvedRequest;
import dev.fcgid4j.observe.Health;
import dev.fcgid4j.observe.PoolSnapshot;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatusHandlerTest {

    private static final PoolSnapshot EMPTY = new PoolSnapshot(Instant.EPOCH, 0, 10, 0, List.of());

    private static final Health GOOD = new Health(List.of());

    @ParameterizedTest
    @CsvSource({"127.0.0.1,200", "127.8.7.6,200", "::1,200", "10.0.0.1,403", "192.0.2.7,403", "2001:db8::1,403"})
    void onlyTheSameMachineIsShownTheStatus(String client, int status) {
        FullHttpResponse response = answer(EMPTY, client, request(HttpMethod.GET, "", "localhost"));

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
                "127.0.0.1, ?recycle=%2Fapp,  http://localhost:80,  303",
                "127.0.0.1, ?recycle=/app,    http://evil.example,  403",
                "127.0.0.1, ?recycle=/app,    null,                 403",
                "127.0.0.1, ?recycle=/app,    http://localhost:81,  403",
                "127.0.0.1, ?recycle=/other,  -,                    404",
                "127.0.0.1, ?,                -,                    400",
                "192.0.2.7, ?recycle=/app,    -,                    403"
            })
    void classIsRecycledByAPostFromTheSameMachineAndSite(String client, String query, String origin, int status) {
        HttpRequest request = request(HttpMethod.POST, query, "localhost:80");
        if (origin != null) {
            request.headers().set("origin", origin);
        }

        FullHttpResponse response = answer(EMPTY, client, request);

        assertThat(response.status().code()).isEqualTo(status);
        response.release();
    }

    @ParameterizedTest
    @CsvSource({
        "localhost,200",
        "LocalHost:8080,200",
        "127.0.0.1,200",
        "127.0.0.1:1,200",
        "[::1],200",
        "[::1]:8080,200",
        "'',403",
        "evil.example,403",
        "127.0.0.1.evil.example,403",
        "localhost.evil.example:80,403",
        "10.0.0.1,403"
    })
    void onlyANameOfTheSameMachineIsAnswered(String host, int status) {
        for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.POST)) {
            FullHttpResponse response = answer(EMPTY, "127.0.0.1", request(method, "?recycle=/app", host));

            assertThat(response.status().code())
                    .as("%s", method)
                    .isEqualTo(status == 200 && method.equals(HttpMethod.POST) ? 303 : status);
            response.release();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Forwarded", "X-Forwarded-For", "Via"})
    void requestThroughAProxyIsRefused(String header) {
        HttpRequest request = request(HttpMethod.GET, "", "localhost");
        request.headers().set(header, "for=192.0.2.7");

        FullHttpResponse response = answer(EMPTY, "127.0.0.1", request);

        assertThat(response.status().code()).isEqualTo(403);
        response.release();
    }

    @ParameterizedTest
    @CsvSource({"PUT,405", "DELETE,405", "PATCH,405", "OPTIONS,200"})
    void otherMethodsAreAnsweredWithTheAllowedOnes(String method, int status) {
        FullHttpResponse response =
                answer(EMPTY, "127.0.0.1", request(HttpMethod.valueOf(method), "?recycle=/app", "localhost"));

        assertThat(response.status().code()).isEqualTo(status);
        assertThat(response.headers().get("allow")).isEqualTo("GET, HEAD, OPTIONS, POST");
        response.release();
    }

    private static HttpRequest request(HttpMethod method, String query, String host) {
        HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, "/fcgid-status" + query);
        request.headers().set("host", host);
        return request;
    }

    @Test
    void healthIsToldToProgramsByTheStatus() {
        Health bad = new Health(List.of("a thread has died", "another too"));

        FullHttpResponse good = answer(EMPTY, GOOD, "127.0.0.1", request(HttpMethod.GET, "?health", "localhost"));
        FullHttpResponse broken = answer(EMPTY, bad, "127.0.0.1", request(HttpMethod.GET, "?health", "localhost"));
        FullHttpResponse stranger = answer(EMPTY, GOOD, "192.0.2.7", request(HttpMethod.GET, "?health", "localhost"));

        assertThat(good.status().code()).isEqualTo(200);
        assertThat(good.content().toString(StandardCharsets.UTF_8)).isEqualTo("good\n");
        assertThat(broken.status().code()).isEqualTo(503);
        assertThat(broken.content().toString(StandardCharsets.UTF_8)).isEqualTo("a thread has died\nanother too\n");
        assertThat(stranger.status().code()).isEqualTo(403);
        good.release();
        broken.release();
        stranger.release();
    }

    @Test
    void pageShowsWhatIsBroken() {
        FullHttpResponse page = answer(
                EMPTY,
                new Health(List.of("a <thread> has died")),
                "127.0.0.1",
                request(HttpMethod.GET, "", "localhost"));

        assertThat(page.status().code()).isEqualTo(200);
        assertThat(page.content().toString(StandardCharsets.UTF_8)).contains("a &lt;thread&gt; has died");
        page.release();
    }

    private static FullHttpResponse answer(PoolSnapshot snapshot, String client, HttpRequest request) {
        return answer(snapshot, GOOD, client, request);
    }

    private static FullHttpResponse answer(PoolSnapshot snapshot, Health health, String client, HttpRequest request) {
        EmbeddedChannel channel =
                new EmbeddedChannel(new StatusHandler(() -> snapshot, () -> health, "/app"::equals, Runnable::run)) {
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
