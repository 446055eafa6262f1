/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.ScriptedConnection;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether a connection stays open after a response, and what the response says of it (RFC 9112 section 9). */
class KeepAliveTest {

    @RegisterExtension
    private final HandlerFixture world = new HandlerFixture();

    private ScriptedConnection request(ClientChannel client, String request) {
        client.send(request);
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        return connection;
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1,            , true,  ''",
        "HTTP/1.1, close,       false, close",
        "HTTP/1.0,            , false, close",
        "HTTP/1.0, keep-alive,  true,  keep-alive"
    })
    void connectionStaysAsVersionAndClientSay(String version, String asked, boolean stays, String said)
            throws Exception {
        ClientChannel client = world.connect();
        String field = asked == null ? "" : "Connection: " + asked + "~";

        request(client, "GET /app.fcgi " + version + "~Host: a~" + field + "~")
                .respond("Content-Type: text/plain\n\nok");

        assertThat(client.received()).contains("content-length: 2");
        assertThat(field(client.received(), "connection")).isEqualTo(said);
        assertThat(client.isEnded()).isNotEqualTo(stays);
    }

    private static String field(String response, String name) {
        return response.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ": "))
                .map(line -> line.substring(name.length() + 2))
                .findFirst()
                .orElse("");
    }

    @Test
    void shortResponsesOfAKeptWorkerConnectionHaveTheirLength() throws Exception {
        ClientChannel client = world.connect();
        ScriptedConnection connection = request(client, "GET /app.fcgi HTTP/1.1~Host: a~~");

        for (int i = 0; i < 100; i++) {
            int length = i % 10 == 9 ? 200 : 1; // the guess of the next read's size falls with the short ones
            connection.respond("Content-Type: text/plain\n\n" + "x".repeat(length));
            assertThat(client.receivedNext()).as("response %d", i).contains("content-length: " + length);
            client.send("GET /app.fcgi HTTP/1.1~Host: a~~");
            connection.expectRequest();
        }
        connection.respond("Content-Type: text/plain\n\n");
    }

    @Test
    void responseOfUnknownLengthEndsTheConnectionOfAnOldClient() throws Exception {
        ClientChannel client = world.connect();
        ScriptedConnection connection = request(client, "GET /app.fcgi HTTP/1.0~Connection: keep-alive~~");
        connection.stdout("Content-Type: text/plain\n\nfirst");
        assertThat(client.received()).contains("connection: close").doesNotContain("transfer-encoding");

        connection.respond("second");

        assertThat(client.received()).endsWith("\r\n\r\nfirstsecond");
        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void connectionFieldOfTheApplicationHasNoSay() throws Exception {
        ClientChannel client = world.connect();

        request(client, "GET /app.fcgi HTTP/1.1~Host: a~~").respond("Connection: close\nContent-Type: a/b\n\nok");

        assertThat(client.received()).doesNotContainIgnoringCase("connection:");
        assertThat(client.isEnded()).isFalse();
    }

    @Test
    void responseOfTheNextHandlerSaysWhetherTheConnectionStays() throws Exception {
        ClientChannel client = world.connect();

        client.send("GET /file.txt HTTP/1.1~Host: a~Connection: close~~");

        assertThat(client.received()).contains("connection: close", "date: ").endsWith("next");
        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void responseHasADateUnlessItBringsOne() throws Exception {
        ClientChannel client = world.connect();
        ScriptedConnection connection = request(client, "GET /app.fcgi HTTP/1.1~Host: a~~");
        connection.respond("Content-Type: a/b\n\nok");
        assertThat(client.receivedNext()).containsOnlyOnce("\r\ndate: ");

        client.send("GET /app.fcgi HTTP/1.1~Host: a~~");
        connection.expectRequest();
        connection.respond("Date: Thu, 01 Jan 1970 00:00:00 GMT\nContent-Type: a/b\n\nok");

        assertThat(client.received()).containsOnlyOnce("Date: Thu, 01 Jan 1970").doesNotContain("\r\ndate: ");
    }

    @Test
    void connectionThatTheClientHasFinishedIsClosedAtOnce() throws Exception {
        ClientChannel client = world.connect();

        request(client, "GET /app.fcgi HTTP/1.1~Host: a~Connection: close~~").respond("Content-Type: a/b\n\nok");

        assertThat(client.isOutputShutdown()).isFalse();
        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void connectionWithUnreadBytesIsClosedTwoSecondsAfterItsResponse() throws Exception {
        ClientChannel client = world.connect();
        client.send("GET /app.fcgi HTTP/9.9~Host: a~Content-Length: 3~~");
        assertThat(client.received()).startsWith("HTTP/1.1 505");
        assertThat(client.isOutputShutdown()).isTrue();
        world.advance(Duration.ofMillis(1999));
        assertThat(client.send("abc").isEnded()).isFalse();

        world.advance(Duration.ofMillis(1));

        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void clientThatDisconnectsWithinThoseTwoSecondsIsForgotten() throws Exception {
        ClientChannel client = world.connect();
        client.send("GET /app.fcgi HTTP/9.9~Host: a~Content-Length: 3~~");

        client.disconnectClient();
        world.advance(Duration.ofSeconds(2));

        assertThat(client.isEnded()).isTrue();
    }
}
