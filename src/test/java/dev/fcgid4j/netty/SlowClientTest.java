/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.ScriptedConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A client that takes its response slowly: the response is framed as for a fast one, and no worker waits. */
class SlowClientTest {

    private static final String PIECE = "x".repeat(60_000);
    private static final int PIECES = 100;
    private static final long LENGTH = (long) PIECES * PIECE.length();

    @RegisterExtension
    private final HandlerFixture world = new HandlerFixture();

    private ClientChannel client;

    private ScriptedConnection request(String version) throws Exception {
        client = world.connect();
        client.send("GET /app.fcgi " + version + "~Host: a~~");
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        return connection;
    }

    /** The client stops reading, and the application sends everything. */
    private void sendAll(ScriptedConnection connection, String fields) {
        connection.stdout(fields + "Content-Type: a/b\n\n");
        assertThat(client.received()).containsIgnoringCase("content-type: a/b");
        client.stopReading();
        for (int i = 0; i < PIECES; i++) {
            connection.stdout(PIECE);
        }
        connection.end();
        assertThat(world.workers()).containsExactly("idle");
    }

    private long bytesOfBody() {
        return client.received().chars().filter(c -> c == 'x').count();
    }

    @Test
    void chunkedResponseIsCompleteAndTheConnectionGoesOn() throws Exception {
        sendAll(request("HTTP/1.1"), "");
        assertThat(bytesOfBody()).isLessThan(LENGTH);

        client.readOn();

        assertThat(bytesOfBody()).isEqualTo(LENGTH);
        assertThat(client.received()).contains("transfer-encoding: chunked").endsWith("0\r\n\r\n");
        assertThat(client.isEnded()).isFalse();
    }

    @Test
    void responseWithALengthHasNoChunks() throws Exception {
        sendAll(request("HTTP/1.1"), "Content-Length: " + LENGTH + "\n");

        client.readOn();

        assertThat(bytesOfBody()).isEqualTo(LENGTH);
        assertThat(client.received()).doesNotContain("chunked").endsWith("x");
    }

    @Test
    void responseToAnOldClientEndsWithTheConnection() throws Exception {
        sendAll(request("HTTP/1.0"), "");
        assertThat(client.isEnded()).isFalse();

        client.readOn();

        assertThat(bytesOfBody()).isEqualTo(LENGTH);
        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void nextRequestOfTheConnectionWaitsForTheEndOfTheResponse() throws Exception {
        ScriptedConnection connection = request("HTTP/1.1");
        sendAll(connection, "");
        client.send("GET /file.txt HTTP/1.1~Host: a~~");
        assertThat(world.next().requests()).isEmpty();

        client.readOn();

        assertThat(client.received()).endsWith("next");
    }

    @Test
    void clientThatDisconnectsLeavesNoFileAndNoBuffer() throws Exception {
        sendAll(request("HTTP/1.1"), "");

        client.disconnectClient();

        assertThat(world.workers()).containsExactly("idle");
    }
}
