/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.ScriptedConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The server wants to end its connections. */
class FinishTest {

    private static final String GET = "GET /app.fcgi HTTP/1.1~Host: a~~";

    @RegisterExtension
    private final HandlerFixture world = new HandlerFixture();

    private static void finish(ClientChannel client) {
        client.pipeline().fireUserEventTriggered(FastCgiHttpHandler.Finish.REQUEST);
    }

    @Test
    void connectionWithoutARequestIsClosedAtOnce() throws Exception {
        ClientChannel client = world.connect();

        finish(client);

        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void runningRequestIsAnsweredBeforeTheConnectionIsClosed() throws Exception {
        ClientChannel client = world.connect();
        client.send(GET);
        ScriptedConnection connection = world.accept();
        connection.expectRequest();

        finish(client);
        assertThat(client.isEnded()).isFalse();
        connection.respond("Content-Type: a/b\n\nlast");

        assertThat(client.received()).contains("connection: close").endsWith("last");
        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void requestThatWaitsBehindTheRunningOneIsNotAnswered() throws Exception {
        ClientChannel client = world.connect();
        client.send(GET + GET);
        ScriptedConnection connection = world.accept();
        connection.expectRequest();

        finish(client);
        connection.respond("Content-Type: a/b\n\nlast");

        assertThat(client.received().split("HTTP/1.1 200 OK", -1)).hasSize(2);
        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void uploadIsTakenToItsEndAndAnswered() throws Exception {
        ClientChannel client = world.connect();
        client.send("POST /app.fcgi HTTP/1.1~Host: a~Content-Length: 6~~abc");

        finish(client);
        client.send("def");
        ScriptedConnection connection = world.accept();
        assertThat(connection.expectRequest().body()).isEqualTo("abcdef");
        connection.respond("Content-Type: a/b\n\nlast");

        assertThat(client.received()).contains("connection: close").endsWith("last");
        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void finishingTwiceIsHarmless() throws Exception {
        ClientChannel client = world.connect();

        finish(client);
        finish(client);

        assertThat(client.isEnded()).isTrue();
    }
}
