/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.gateway.GatewaySettings;
import dev.fcgid4j.testkit.ScriptedConnection;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The way of a request's body to the application; at most 5,000,000 bytes, 1,000 of them in memory in any case. */
class RequestBodyTest {

    private static final int LIMIT = 5_000_000;

    @RegisterExtension
    private final HandlerFixture world = new HandlerFixture(
            GatewaySettings.defaults().withMaxRequestLen(LIMIT).withMaxRequestInMem(1000));

    /** The same without room for temporary files. */
    @RegisterExtension
    private final HandlerFixture noRoom =
            new HandlerFixture(GatewaySettings.defaults().withMaxSpool(0));

    private String answered(ClientChannel client) {
        ScriptedConnection connection = world.accept();
        String body = connection.expectRequest().body();
        connection.respond("Content-Type: a/b\n\nok");
        assertThat(client.received()).contains("HTTP/1.1 200 OK").endsWith("ok");
        return body;
    }

    @Test
    void noApplicationIsStartedBeforeTheBodyIsComplete() throws Exception {
        ClientChannel client = world.connect();
        client.send("POST /app.fcgi HTTP/1.1~Host: a~Content-Length: 6~~abc");
        assertThat(world.applications()).isEmpty();

        client.send("def");

        assertThat(answered(client)).isEqualTo("abcdef");
    }

    @Test
    void chunksAreJoinedAndTheirLengthIsReported() throws Exception {
        ClientChannel client = world.connect();
        client.send("POST /app.fcgi HTTP/1.1~Host: a~Transfer-Encoding: chunked~~");
        client.send("3~abc~").send("2~d").send("e~0~X: trailer~~");

        ScriptedConnection connection = world.accept();
        ScriptedConnection.Request request = connection.expectRequest();
        connection.respond("Content-Type: a/b\n\nok");

        assertThat(request.body()).isEqualTo("abcde");
        assertThat(request.params()).containsEntry("CONTENT_LENGTH", "5");
        assertThat(request.params()).doesNotContainKey("HTTP_TRANSFER_ENCODING");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 0~~", "Transfer-Encoding: chunked~~0~~"})
    void emptyBodyHasALength(String body) throws Exception {
        ClientChannel client = world.connect();
        client.send("POST /app.fcgi HTTP/1.1~Host: a~" + body);

        ScriptedConnection connection = world.accept();
        ScriptedConnection.Request request = connection.expectRequest();
        connection.respond("Content-Type: a/b\n\nok");

        assertThat(request.body()).isEmpty();
        assertThat(request.params()).containsEntry("CONTENT_LENGTH", "0");
    }

    @Test
    void requestWithoutABodyHasNoLength() throws Exception {
        ClientChannel client = world.connect();
        client.send("GET /app.fcgi HTTP/1.1~Host: a~~");

        ScriptedConnection connection = world.accept();
        assertThat(connection.expectRequest().params()).doesNotContainKey("CONTENT_LENGTH");
    }

    @Test
    void bodyThatArrivesWhileItsTargetIsLookedUpIsKept() throws Exception {
        world.forgetTargets();
        world.holdBlocking();
        ClientChannel client = world.connect();
        client.send("POST /app.fcgi HTTP/1.1~Host: a~Content-Length: 6~~abc").send("def");
        assertThat(world.lookedUp()).isEmpty();

        world.releaseBlocking();

        assertThat(answered(client)).isEqualTo("abcdef");
    }

    @Test
    void largeBodyGoesThroughAFileAndIsSentWhenItIsWritten() throws Exception {
        String body = "0123456789".repeat(200_000);
        world.holdBlocking();
        ClientChannel client = world.connect();
        client.send("POST /app.fcgi HTTP/1.1~Host: a~Content-Length: 2000000~~" + body);

        world.releaseBlocking();

        assertThat(answered(client)).isEqualTo(body);
    }

    @Test
    void clientIsReadNoFurtherWhileTheDiskIsBehind() throws Exception {
        world.holdBlocking();
        ClientChannel client = world.connect();
        client.send("POST /app.fcgi HTTP/1.1~Host: a~Content-Length: 3000000~~" + "x".repeat(2_500_000));
        assertThat(client.isRead()).isFalse();

        world.releaseBlocking();

        assertThat(client.isRead()).isTrue();
        assertThat(answered(client.send("x".repeat(500_000)))).hasSize(3_000_000);
    }

    @Test
    void messageThatHoldsHeadAndBodyIsServedLikeTwo() throws Exception {
        world.forgetTargets();
        ClientChannel client = world.connect(
                new HttpServerCodec(),
                new HttpObjectAggregator(1000),
                new FastCgiHttpHandler(world.gateway()),
                world.next());

        client.send("POST /app.fcgi HTTP/1.1~Host: a~Content-Length: 3~~abc");

        assertThat(answered(client)).isEqualTo("abc");
        client.send("POST /file.txt HTTP/1.1~Host: a~Content-Length: 3~~abc");
        assertThat(client.received()).endsWith("next");
    }

    @Test
    void bodyForTheNextHandlerIsReadAndDropped() throws Exception {
        ClientChannel client = world.connect();
        client.send("POST /file.txt HTTP/1.1~Host: a~Content-Length: 6~~abc");
        assertThat(world.next().requests()).isEmpty();

        client.send("def");

        assertThat(client.received()).endsWith("next");
        assertThat(client.isEnded()).isFalse();
    }

    // ---- limits ---------------------------------------------------------------------------------------------------

    private static void assertRefused(ClientChannel client, int status) {
        assertThat(client.received())
                .startsWith("HTTP/1.1 " + status + " ")
                .contains("connection: close")
                .containsOnlyOnce("HTTP/1.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/app.fcgi", "/file.txt", "/missing"})
    void announcedLengthBeyondTheLimitIsRefusedBeforeTheBody(String target) throws Exception {
        ClientChannel client = world.connect();

        client.send("POST " + target + " HTTP/1.1~Host: a~Content-Length: 5000001~~");

        assertRefused(client, 413);
        assertThat(world.next().requests()).isEmpty();
        assertThat(client.send("x".repeat(100_000)).isRead()).isTrue();
    }

    @Test
    void announcedLengthBeyondTheLimitIsRefusedOnceTheTargetIsKnown() throws Exception {
        world.forgetTargets();
        world.holdBlocking();
        ClientChannel client = world.connect();
        client.send("POST /app.fcgi HTTP/1.1~Host: a~Content-Length: 5000001~~").send("x".repeat(100_000));

        world.releaseBlocking();

        assertRefused(client, 413);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/app.fcgi", "/file.txt"})
    void chunksBeyondTheLimitAreRefusedInTheMiddle(String target) throws Exception {
        ClientChannel client = world.connect();
        client.send("POST " + target + " HTTP/1.1~Host: a~Transfer-Encoding: chunked~~");
        client.send("4c4b40~" + "x".repeat(LIMIT) + "~");
        assertThat(client.received()).isEmpty();

        client.send("1~x~");

        assertRefused(client, 413);
        assertThat(world.applications()).isEmpty();
    }

    @Test
    void bodyAsLongAsTheLimitIsServed() throws Exception {
        ClientChannel client = world.connect();

        client.send("POST /app.fcgi HTTP/1.1~Host: a~Content-Length: 5000000~~" + "x".repeat(LIMIT));

        assertThat(answered(client)).hasSize(LIMIT);
    }

    @Test
    void bodyThatCanNotBeReadIsRefused() throws Exception {
        ClientChannel client = world.connect();
        client.send("POST /app.fcgi HTTP/1.1~Host: a~Transfer-Encoding: chunked~~3~abc~");

        client.send("nonsense~");

        assertRefused(client, 400);
        assertThat(world.applications()).isEmpty();
    }

    @Test
    void bodyThatFindsNoRoomIsRefusedWhileItIsSent() throws Exception {
        noRoom.holdBlocking();
        ClientChannel client = noRoom.connect();
        client.send("POST /app.fcgi HTTP/1.1~Host: a~Content-Length: 4000000~~" + "x".repeat(2_500_000));

        noRoom.releaseBlocking();

        assertRefused(client, 507);
        assertThat(client.isRead()).isTrue();
        assertThat(noRoom.applications()).isEmpty();
    }

    // ---- expectations ---------------------------------------------------------------------------------------------

    private static String expecting(String expectation, String target, String length) {
        return "POST " + target + " HTTP/1.1~Host: a~Expect: " + expectation + "~Content-Length: " + length + "~~";
    }

    @Test
    void clientThatExpects100ContinueGetsItBeforeItsBody() throws Exception {
        ClientChannel client = world.connect();
        client.send(expecting("100-continue", "/app.fcgi", "3"));
        assertThat(client.received()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");

        client.send("abc");

        assertThat(answered(client)).isEqualTo("abc");
        assertThat(client.isEnded()).isFalse();
    }

    @Test
    void bodyBeyondTheLimitGetsNo100Continue() throws Exception {
        ClientChannel client = world.connect();

        client.send(expecting("100-continue", "/app.fcgi", "5000001"));

        assertRefused(client, 413);
    }

    @Test
    void unknownExpectationIsRefused() throws Exception {
        ClientChannel client = world.connect();

        client.send(expecting("miracles", "/app.fcgi", "3"));

        assertRefused(client, 417);
    }

    @ParameterizedTest
    @ValueSource(strings = {"100-continue", "miracles"})
    void expectationForTheNextHandlerIsAnsweredWithoutTheBodyAndEndsTheConnection(String expectation) throws Exception {
        ClientChannel client = world.connect();

        client.send(expecting(expectation, "/file.txt", "3"));

        assertRefused(client, 200);
        assertThat(client.isOutputShutdown()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"100-continue", "miracles"})
    void expectationOfAnOldClientIsIgnored(String expectation) throws Exception {
        ClientChannel client = world.connect();

        client.send("POST /app.fcgi HTTP/1.0~Expect: " + expectation + "~Content-Length: 3~~abc");

        assertThat(answered(client)).isEqualTo("abc");
    }
}
