/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.codec.AbortRequest;
import dev.fcgid4j.gateway.GatewaySettings;
import dev.fcgid4j.testkit.LogCapture;
import dev.fcgid4j.testkit.ScriptedConnection;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A client disconnects, in each phase of a request. The fixture checks that every buffer is released.
 */
class LostClientTest {

    private static final String GET = "GET /app.fcgi HTTP/1.1~Host: a~~";

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

    private void assertWorkerServesAnother() throws Exception {
        assertThat(world.workers()).containsExactly("idle");
        // Not an idempotent request: it gets a connection of its own.
        ClientChannel another = world.connect().send("POST /app.fcgi HTTP/1.1~Host: a~~");
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        connection.respond("Content-Type: a/b\n\nserved");
        assertThat(another.received()).endsWith("served");
        assertThat(world.applications()).hasSize(1);
    }

    @Test
    void beforeARequest() throws Exception {
        client = world.connect();

        client.disconnectClient();

        assertThat(client.isEnded()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"GET /app.fcgi HTTP/1.1~Host: a~~", "POST /app.fcgi HTTP/1.1~Host: a~Content-Length: 9~~abc"})
    void whileItsTargetIsLookedUp(String request) throws Exception {
        world.forgetTargets();
        world.holdBlocking();
        client = world.connect().send(request);

        client.disconnectClient();
        world.releaseBlocking();

        assertThat(world.lookedUp()).hasSize(1);
        assertThat(world.applications()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 3000, 3_000_000})
    void inTheMiddleOfItsBody(int received) throws Exception {
        world.holdBlocking();
        client = world.connect().send("POST /app.fcgi HTTP/1.1~Host: a~Content-Length: 9000000~~");
        client.send("x".repeat(received));

        client.disconnectClient();
        world.releaseBlocking();

        assertThat(world.applications()).isEmpty();
    }

    @Test
    void whileItsWholeBodyIsWrittenToAFile() throws Exception {
        world.holdBlocking();
        client = world.connect().send("POST /app.fcgi HTTP/1.1~Host: a~Content-Length: 2000000~~");
        client.send("x".repeat(2_000_000));

        client.disconnectClient();
        world.releaseBlocking();

        assertThat(world.applications()).isEmpty();
    }

    @Test
    void inTheMiddleOfABodyForTheNextHandler() throws Exception {
        client = world.connect().send("POST /file.txt HTTP/1.1~Host: a~Content-Length: 9~~abc");

        client.disconnectClient();

        assertThat(world.next().requests()).isEmpty();
    }

    @Test
    void whileTheNextHandlerWorks() throws Exception {
        world.next().answerLater();
        client = world.connect().send("GET /file.txt HTTP/1.1~Host: a~~" + GET);

        client.disconnectClient();
        world.next().answer("too late");

        assertThat(world.applications()).isEmpty();
    }

    @Test
    void whileItWaitsForAWorker() throws Exception {
        ScriptedConnection connection = request(GET);
        ClientChannel waiting = world.connect().send("POST /app.fcgi HTTP/1.1~Host: a~Content-Length: 3~~abc");
        assertThat(world.waiting()).isOne();

        waiting.disconnectClient();

        assertThat(world.waiting()).isZero();
        connection.respond("Content-Type: a/b\n\nok");
        assertWorkerServesAnother();
    }

    @Test
    void beforeTheResponse() throws Exception {
        ScriptedConnection connection = request(GET);

        client.disconnectClient();

        connection.expect(AbortRequest.class);
        connection.respond("Content-Type: a/b\n\nfor no client");
        assertWorkerServesAnother();
    }

    @Test
    void inTheMiddleOfTheResponse() throws Exception {
        ScriptedConnection connection = request(GET);
        connection.stdout("Content-Type: a/b\n\nfirst");
        assertThat(client.received()).contains("first");

        client.disconnectClient();

        connection.expect(AbortRequest.class);
        connection.respond("second");
        assertWorkerServesAnother();
    }

    @Test
    void whileItTakesNothing() throws Exception {
        ScriptedConnection connection = request(GET);
        client.stopReading();
        connection.stdout("Content-Type: a/b\n\n" + "x".repeat(200_000));
        world.run();

        client.disconnectClient();

        connection.expect(AbortRequest.class);
        connection.end();
        assertWorkerServesAnother();
    }

    @Test
    void afterTheFirstBytesAndBeforeTheEndOfTheHead() throws Exception {
        ScriptedConnection connection = request(GET);
        connection.stdout("Content-Type: a/b\nX-Half");
        world.run();

        client.disconnectClient();

        connection.expect(AbortRequest.class);
        connection.respond("-Head: 1\n\nbody");
        assertWorkerServesAnother();
    }

    @Test
    void whileTheTargetOfALocalRedirectIsLookedUp() throws Exception {
        ScriptedConnection connection = request(GET);
        world.forgetTargets();
        world.holdBlocking();
        connection.respond("Location: /app.fcgi\n\n");
        world.run();

        client.disconnectClient();
        world.releaseBlocking();

        connection.expectNothing();
        assertThat(world.workers()).containsExactly("idle");
    }

    @Test
    void withRequestsThatWaitBehindItsFirst() throws Exception {
        ScriptedConnection connection = request(GET + "POST /app.fcgi HTTP/1.1~Host: a~Content-Length: 3~~abc" + GET);

        client.disconnectClient();

        connection.expect(AbortRequest.class);
        connection.end();
        assertWorkerServesAnother();
    }

    @Test
    void handlerThatIsRemovedLetsGoOfEverything() throws Exception {
        ScriptedConnection connection = request(GET + GET);

        client.pipeline().remove(FastCgiHttpHandler.class);

        connection.expect(AbortRequest.class);
        connection.end();
        assertWorkerServesAnother();
    }

    // ---- errors ---------------------------------------------------------------------------------------------------

    private static Stream<Exception> faultsOfTheClient() {
        return Stream.of(new IOException("connection reset"), new DecoderException("too many requests"));
    }

    @ParameterizedTest
    @MethodSource("faultsOfTheClient")
    void brokenConnectionIsClosedWithoutAWarning(Exception fault) throws Exception {
        client = world.connect();
        try (LogCapture log = LogCapture.of("dev.fcgid4j")) {
            client.pipeline().fireExceptionCaught(fault);

            assertThat(client.isEnded()).isTrue();
            assertThat(log.lines(Level.DEBUG)).singleElement().asString().contains(fault.getMessage());
            assertThat(log.lines()).hasSize(1);
        }
    }

    @Test
    void mistakeOfTheServerIsAnErrorAndClosesTheConnection() throws Exception {
        client = world.connect();
        try (LogCapture log = LogCapture.of("dev.fcgid4j")) {
            client.pipeline().fireExceptionCaught(new IllegalStateException("a bug"));

            assertThat(client.isEnded()).isTrue();
            assertThat(log.lines(Level.ERROR)).hasSize(1);
        }
    }
}
