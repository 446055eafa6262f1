/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.gateway.GatewaySettings;
import dev.fcgid4j.testkit.ScriptedConnection;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A client that reads more slowly than the application writes, where responses are not spooled. */
class BackPressureTest {

    private static final String GET = "GET /app.fcgi HTTP/1.1~Host: a~~";
    private static final String PIECE = "x".repeat(60_000);
    private static final int MOST_HELD = 8 << 20;

    @RegisterExtension
    private final HandlerFixture world =
            new HandlerFixture(GatewaySettings.defaults().withMaxResponseSpool(0));

    private ClientChannel client;

    private ScriptedConnection request() throws Exception {
        client = world.connect();
        client.send(GET);
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        connection.stdout("Content-Type: a/b\n\nfirst");
        assertThat(client.received()).contains("first");
        return connection;
    }

    /** Sends pieces until the server takes no more; returns how many bytes that were. */
    private static long fill(ScriptedConnection connection) {
        long sent = PIECE.length();
        while (connection.offerStdout(PIECE) && sent < 4L * MOST_HELD) {
            sent += PIECE.length();
        }
        return sent;
    }

    @Test
    void applicationIsReadNoFurtherWhileTheClientTakesNothing() throws Exception {
        ScriptedConnection connection = request();
        client.stopReading();

        assertThat(fill(connection)).isLessThan(MOST_HELD);
    }

    @Test
    void responseGoesOnWhenTheClientReadsAgain() throws Exception {
        ScriptedConnection connection = request();
        client.stopReading();
        long sent = fill(connection);

        client.readOn();
        connection.flush();
        connection.respond("last");

        String received = client.received();
        assertThat(received).endsWith("4\r\nlast\r\n0\r\n\r\n");
        assertThat(received.chars().filter(c -> c == 'x').count()).isEqualTo(sent);
    }

    @Test
    void applicationIsNotStoppedForAClientThatTakesItsTime() throws Exception {
        ScriptedConnection connection = request();
        client.stopReading();
        fill(connection);

        for (int minute = 0; minute < 200; minute++) {
            world.advance(Duration.ofSeconds(1));
        }

        assertThat(world.workers()).containsExactly("busy");
        client.readOn();
        connection.flush();
        connection.respond("last");
        assertThat(client.received()).endsWith("0\r\n\r\n");
    }
}
