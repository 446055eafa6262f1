/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.codec.AbortRequest;
import dev.fcgid4j.gateway.GatewaySettings;
import dev.fcgid4j.testkit.ScriptedConnection;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client ends its input: it waits for its answer after the last request of a connection, else it is gone. */
class HalfClosedTest {

    private static final String KEPT = "GET /app.fcgi HTTP/1.1~Host: a~~";
    private static final String LAST = "GET /app.fcgi HTTP/1.1~Host: a~Connection: close~~";
    private static final String OK = "Content-Type: a/b\n\nok";

    @RegisterExtension
    private final HandlerFixture world = new HandlerFixture(
            GatewaySettings.defaults(),
            ClassLimits.defaults().toBuilder().maxProcesses(1).build());

    private ClientChannel client;

    private ScriptedConnection request(String request) throws Exception {
        client = world.connect();
        client.send(request);
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        return connection;
    }

    private ClientChannel waiting(String request) throws Exception {
        request(KEPT);
        ClientChannel waiting = world.connect().send(request);
        assertThat(world.waiting()).isOne();
        return waiting;
    }

    // ---- the last request -----------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                LAST,
                "GET /app.fcgi HTTP/1.0~~",
                "POST /app.fcgi HTTP/1.1~Host: a~Connection: close~Content-Length: 3~~abc"
            })
    void lastRequestIsAnswered(String request) throws Exception {
        ScriptedConnection connection = request(request);

        client.endInput();
        connection.respond(OK);

        assertThat(client.received()).endsWith("ok");
        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void lastRequestIsAnsweredAfterThoseBeforeIt() throws Exception {
        ScriptedConnection connection = request(KEPT + LAST);

        client.endInput();
        connection.respond(OK);
        connection.expectRequest();
        connection.respond(OK);

        assertThat(client.received().split("HTTP/1.1 200 OK", -1)).hasSize(3);
        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void lastRequestKeepsItsPlaceInTheLine() throws Exception {
        ClientChannel waiting = waiting(LAST);

        waiting.endInput();

        assertThat(world.waiting()).isOne();
    }

    @Test
    void lastRequestIsAnsweredThatEndsWhileItsTargetIsLookedUp() throws Exception {
        world.forgetTargets();
        world.holdBlocking();
        client = world.connect().send("POST /app.fcgi HTTP/1.0~Content-Length: 3~~abc");

        client.endInput();
        world.releaseBlocking();
        ScriptedConnection connection = world.accept();

        assertThat(connection.expectRequest().body()).isEqualTo("abc");
        connection.respond(OK);
        assertThat(client.received()).endsWith("ok");
    }

    @Test
    void nextHandlerAnswersTheLastRequest() throws Exception {
        world.next().answerLater();
        client = world.connect().send("GET /file.txt HTTP/1.0~~");

        client.endInput();
        world.next().answer("file");

        assertThat(client.received()).endsWith("file");
    }

    @Test
    void responseThatIsStillBeingWrittenIsWrittenToItsEnd() throws Exception {
        client = world.connect();
        client.stopReading();
        client.send("GET /file.txt HTTP/1.0~~");

        client.endInput();
        assertThat(client.isEnded()).isFalse();
        client.readOn();

        assertThat(client.received()).endsWith("next");
        assertThat(client.isEnded()).isTrue();
    }

    // ---- every other request --------------------------------------------------------------------------------------

    @Test
    void connectionWithoutARequestEnds() throws Exception {
        client = world.connect();

        client.endInput();

        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void keptConnectionEndsAndItsRequestIsAborted() throws Exception {
        ScriptedConnection connection = request(KEPT);

        client.endInput();

        assertThat(client.isEnded()).isTrue();
        connection.expect(AbortRequest.class);
        connection.end();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                KEPT,
                "GET /app.fcgi HTTP/1.0~Connection: keep-alive~~",
                "POST /app.fcgi HTTP/1.1~Host: a~Content-Length: 3~~abc"
            })
    void requestOfAKeptConnectionLeavesTheLine(String request) throws Exception {
        ClientChannel waiting = waiting(request);

        waiting.endInput();

        assertThat(world.waiting()).isZero();
        assertThat(waiting.isEnded()).isTrue();
    }

    @Test
    void keptRequestBehindAnotherOneEndsBoth() throws Exception {
        ScriptedConnection connection = request(KEPT + KEPT);

        client.endInput();

        assertThat(client.isEnded()).isTrue();
        connection.expect(AbortRequest.class);
        connection.end();
    }

    @ParameterizedTest
    @ValueSource(strings = {"app.fcgi", "file.txt"})
    void lastRequestWhoseBodyIsCutIsNotAnswered(String path) throws Exception {
        client = world.connect().send("POST /" + path + " HTTP/1.0~Content-Length: 9~~abc");

        client.endInput();

        assertThat(client.received()).isEmpty();
        assertThat(client.isEnded()).isTrue();
        assertThat(world.applications()).isEmpty();
        assertThat(world.next().requests()).isEmpty();
    }

    @Test
    void headThatIsCutIsA400() throws Exception {
        client = world.connect().send("GET / HTTP/1.1~Host: a");

        client.endInput();

        assertThat(client.received()).startsWith("HTTP/1.1 400 ");
        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void headThatIsCutBehindAKeptRequestEndsBoth() throws Exception {
        ScriptedConnection connection = request(KEPT + "GET / HTTP/1.1~Host: a");

        client.endInput();

        assertThat(client.isEnded()).isTrue();
        connection.expect(AbortRequest.class);
        connection.end();
    }

    @Test
    void refusedConnectionThatLingersIsClosedAtOnce() throws Exception {
        client = world.connect().send("GET / HTTP/9.9~Content-Length: 3~~");
        assertThat(client.isOutputShutdown()).isTrue();
        world.advance(Duration.ofMillis(1));
        assertThat(client.isEnded()).isFalse();

        client.endInput();

        assertThat(client.isEnded()).isTrue();
    }
}
