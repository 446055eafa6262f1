/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.RequestReadTimeout;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SlowRequestTimeoutTest {

    private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n";

    private final EmbeddedChannel channel = new EmbeddedChannel();

    @BeforeEach
    void open() {
        open(new RequestReadTimeout(
                new RequestReadTimeout.Stage(Duration.ofSeconds(20), Duration.ofSeconds(40), 100),
                new RequestReadTimeout.Stage(Duration.ofSeconds(20), Duration.ZERO, 500)));
    }

    private void open(RequestReadTimeout limits) {
        channel.freezeTime();
        SlowRequestTimeout slow = new SlowRequestTimeout(limits);
        channel.pipeline().addLast(slow, new HttpServerCodec(), slow.messages());
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private void send(String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
        channel.releaseInbound();
    }

    private void pass(long seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
    }

    private String sent() {
        ByteBuf bytes = channel.readOutbound();
        String text = bytes == null ? "" : bytes.toString(StandardCharsets.US_ASCII);
        if (bytes != null) {
            bytes.release();
        }
        return text;
    }

    private void respond(int status) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
        response.headers().set("content-length", 0);
        channel.writeOutbound(response);
        channel.releaseOutbound();
    }

    @Test
    void headThatDripsIsAnswered408() {
        for (int i = 0; i < 19; i++) {
            send(i == 0 ? "GET / HTTP/1.1\r\n" : "x");
            pass(1);
        }
        assertThat(channel.isOpen()).isTrue();
        send("x");
        pass(1);

        assertThat(sent()).startsWith("HTTP/1.1 408 ");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void bodyThatDripsIsAnswered408() {
        send(POST);
        for (int i = 0; i < 19; i++) {
            send("x");
            pass(1);
        }
        assertThat(channel.isOpen()).isTrue();
        pass(1);

        assertThat(sent()).startsWith("HTTP/1.1 408 ");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void bodyThatKeepsTheRateHasAllTheTimeThatItNeeds() {
        send(POST);
        for (int i = 0; i < 150; i++) {
            send("x".repeat(600));
            pass(1);
        }

        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void headHasAnEndHoweverFastItComes() {
        send("GET / HTTP/1.1\r\n");
        for (int i = 0; i < 39; i++) {
            send("x" + i + ": " + "y".repeat(120) + "\r\n");
            pass(1);
        }
        assertThat(channel.isOpen()).isTrue();

        pass(1);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void timeOfTheApplicationIsNotTheClients() {
        send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        pass(1000);

        assertThat(channel.isOpen()).isTrue();
        assertThat(sent()).isEmpty();
    }

    @Test
    void timeInWhichTheServerDoesNotReadIsNotTheClients() {
        send(POST);
        channel.config().setAutoRead(false);
        pass(20);
        assertThat(channel.isOpen()).isTrue();
        channel.config().setAutoRead(true);
        pass(19);
        assertThat(channel.isOpen()).isTrue();

        pass(1);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void nextRequestOfAConnectionHasItsOwnTime() {
        send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        respond(200);
        pass(30);
        send("GET / HTTP/1.1\r\n");
        pass(19);
        assertThat(channel.isOpen()).isTrue();

        pass(1);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void requestThatWasRefusedEarlyGetsNoSecondResponse() {
        send(POST);
        respond(413);

        pass(20);

        assertThat(sent()).isEmpty();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void pipelinedRequestIsNotTimedWhileTheOneBeforeIsServed() {
        send("GET / HTTP/1.1\r\nHost: a\r\n\r\n" + POST);

        pass(60);

        assertThat(channel.isOpen()).isTrue();
    }
}
