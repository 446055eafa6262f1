/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.gateway.GatewaySettings;
import dev.fcgid4j.testkit.LogCapture;
import dev.fcgid4j.testkit.ScriptedConnection;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The way of an application's response to the client; at most one request waits for a worker. */
class ResponseTest {

    private static final String GET = "GET /app.fcgi?secret=1 HTTP/1.1~Host: a~~";

    @RegisterExtension
    private final HandlerFixture world = new HandlerFixture(
            GatewaySettings.defaults(),
            ClassLimits.defaults().toBuilder().maxProcesses(1).queueLength(1).build());

    private ClientChannel client;

    private ScriptedConnection request(String request) throws Exception {
        client = world.connect();
        client.send(request);
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        return connection;
    }

    // ---- heads and lengths ----------------------------------------------------------------------------------------

    @Test
    void responseThatEndsWithoutAPauseIsSentWithItsLength() throws Exception {
        request(GET).respond("Content-Type: text/plain\nX-A: 1\nX-A: 2\n\nhello");

        assertThat(client.received())
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("Content-Type: text/plain\r\n", "X-A: 1\r\n", "X-A: 2\r\n", "content-length: 5\r\n")
                .doesNotContain("transfer-encoding")
                .endsWith("\r\n\r\nhello");
    }

    @Test
    void responseThatPausesIsSentInChunks() throws Exception {
        ScriptedConnection connection = request(GET);
        connection.stdout("Content-Type: text/plain\n\nfirst");
        assertThat(client.received()).contains("transfer-encoding: chunked").endsWith("5\r\nfirst\r\n");

        connection.respond("second");

        assertThat(client.received()).endsWith("6\r\nsecond\r\n0\r\n\r\n");
        assertThat(client.isEnded()).isFalse();
    }

    @Test
    void headIsSentWhenTheApplicationPausesBeforeItsBody() throws Exception {
        ScriptedConnection connection = request(GET);

        connection.stdout("Content-Type: text/plain\n\n");

        assertThat(client.received())
                .startsWith("HTTP/1.1 200 OK")
                .contains("chunked")
                .endsWith("\r\n\r\n");
        connection.respond("body");
        assertThat(client.received()).endsWith("4\r\nbody\r\n0\r\n\r\n");
    }

    @Test
    void promisedLengthIsSentWithAResponseThatPauses() throws Exception {
        ScriptedConnection connection = request(GET);
        connection.stdout("Content-Length: 11\n\nfirst");
        assertThat(client.received()).contains("content-length: 11").endsWith("\r\n\r\nfirst");

        connection.respond("second and more");

        assertThat(client.received()).endsWith("\r\n\r\nfirstsecond");
    }

    @Test
    void responseWithoutABodyHasTheLengthZero() throws Exception {
        request(GET).respond("Content-Type: text/plain\n\n");

        assertThat(client.received()).contains("content-length: 0\r\n").endsWith("\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"204 No Content", "304 Not Modified"})
    void statusThatAllowsNoBodyHasNoLengthEither(String status) throws Exception {
        request(GET).respond("Status: " + status + "\nETag: \"1\"\n\ndropped");

        assertThat(client.received())
                .startsWith("HTTP/1.1 " + status)
                .doesNotContain("content-length", "chunked", "dropped");
        assertThat(client.isEnded()).isFalse();
    }

    @Test
    void reasonOfTheApplicationIsKept() throws Exception {
        request(GET).respond("Status: 404 Gone Fishing\nContent-Type: a/b\n\n");

        assertThat(client.received()).startsWith("HTTP/1.1 404 Gone Fishing\r\n");
    }

    @Test
    void wholeResponseToHeadWithoutALengthInventsNone() throws Exception {
        request("HEAD /app.fcgi HTTP/1.1~Host: a~~").respond("Content-Type: a/b\n\n");

        assertThat(client.received())
                .contains("Content-Type: a/b\r\n")
                .doesNotContainIgnoringCase("content-length")
                .endsWith("\r\n\r\n");
    }

    @Test
    void responseToHeadKeepsThePromisedLengthAndHasNoBody() throws Exception {
        request("HEAD /app.fcgi HTTP/1.1~Host: a~~").respond("Content-Length: 5\nContent-Type: a/b\n\nhello");

        assertThat(client.received()).contains("content-length: 5\r\n").endsWith("\r\n\r\n");
        assertThat(client.isEnded()).isFalse();
    }

    @Test
    void responseToHeadWithoutALengthInventsNone() throws Exception {
        ScriptedConnection connection = request("HEAD /app.fcgi HTTP/1.1~Host: a~~");
        connection.stdout("Content-Type: a/b\n\nhello");
        assertThat(client.received())
                .doesNotContain("content-length", "chunked")
                .endsWith("\r\n\r\n");

        connection.respond("more");

        assertThat(client.received()).containsOnlyOnce("\r\n\r\n").endsWith("\r\n\r\n");
        assertThat(client.isEnded()).isFalse();
    }

    @Test
    void fullResponseOfTheNextHandlerToHeadKeepsItsLengthAndHasNoBody() throws Exception {
        client = world.connect();

        client.send("HEAD /file.txt HTTP/1.1~Host: a~~");

        assertThat(client.received()).contains("content-length: 4").endsWith("\r\n\r\n");
    }

    // ---- failures -------------------------------------------------------------------------------------------------

    @Test
    void responseCutAfterItsHeadHasNoEnd() throws Exception {
        ScriptedConnection connection = request(GET);
        connection.stdout("Content-Type: text/plain\n\nfirst");
        assertThat(client.received()).contains("first");

        connection.close();

        assertThat(client.received()).endsWith("first\r\n").doesNotContain("0\r\n\r\n");
        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void responseThatFailsBeforeItsHeadIsSentIsA502() throws Exception {
        ScriptedConnection connection = request(GET);

        connection.respond("Content-Length: 10\nX-Secret: 1\n\nhalf");

        assertThat(client.received())
                .startsWith("HTTP/1.1 502 Bad Gateway")
                .contains("text/html", "cache-control: no-store")
                .doesNotContain("X-Secret", "half");
        assertThat(client.isEnded()).isFalse();
    }

    @Test
    void outputThatIsNoResponseIsA502AndLoggedWithoutTheQuery() throws Exception {
        try (LogCapture log = LogCapture.of("dev.fcgid4j")) {
            request(GET).respond("nonsense\n\n");

            assertThat(client.received()).startsWith("HTTP/1.1 502 Bad Gateway");
            assertThat(log.lines(Level.WARN))
                    .singleElement()
                    .asString()
                    .startsWith("GET /app.fcgi is answered 502: the script sent a line that is no header");
        }
    }

    @Test
    void requestOfAProcessThatDoesNotAnswerIsA504() throws Exception {
        request("POST /app.fcgi HTTP/1.1~Host: a~Content-Length: 0~~");

        for (int second = 0; second < 50; second++) {
            world.advance(Duration.ofSeconds(1));
        }

        assertThat(client.received()).startsWith("HTTP/1.1 504 Gateway Timeout");
        assertThat(client.isEnded()).isFalse();
    }

    @Test
    void requestThatFindsTheLineFullIsA503WithRetryAfter() throws Exception {
        request(GET);
        ClientChannel waiting = world.connect().send(GET);
        assertThat(world.waiting()).isOne();

        ClientChannel refused = world.connect().send(GET);

        assertThat(refused.received()).startsWith("HTTP/1.1 503").contains("retry-after: 2\r\n");
        assertThat(refused.isEnded()).isFalse();
        assertThat(waiting.received()).isEmpty();
    }

    @Test
    void errorPageToHeadHasALengthAndNoBody() throws Exception {
        request("HEAD /app.fcgi HTTP/1.1~Host: a~~").respond("nonsense\n\n");

        assertThat(client.received())
                .startsWith("HTTP/1.1 502")
                .contains("content-length: ")
                .endsWith("\r\n\r\n");
    }

    @Test
    void requestAfterThePoolWasClosedIsA503() throws Exception {
        client = world.connect();
        world.shutDownPool();

        client.send(GET);

        assertThat(client.received()).startsWith("HTTP/1.1 503");
    }
}
