/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.RecordingAdapter;
import dev.fcgid4j.testkit.ScriptedConnection;
import dev.fcgid4j.testkit.WriteBuffer;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A client that takes its response slowly does not hold the worker; a client that reads at once notices nothing. */
class SpooledResponseTest {

    private static final String HEAD = "Content-Type: text/plain\n\n";
    private static final String PIECE = "0123456789".repeat(6000);
    private static final int PIECES = 60;

    @RegisterExtension
    private final GatewayFixture world = new GatewayFixture(
            new FixtureOptions().with(GatewaySettings.defaults().withMaxResponseSpool(4_000_000)));

    private final RecordingAdapter adapter = new RecordingAdapter("GET", "/app.fcgi", 0);
    private final ClientRequest request = world.clientRequest(adapter);

    private ScriptedConnection begin() {
        return begin(request);
    }

    private ScriptedConnection begin(ClientRequest begun) {
        begun.begin();
        begun.content(Unpooled.EMPTY_BUFFER, true);
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        return connection;
    }

    /** A response of which the client has taken the first byte and then nothing. */
    private ScriptedConnection beginSlowly() {
        ScriptedConnection connection = begin();
        adapter.sink().writable(false);
        connection.stdout(HEAD + ".");
        world.run();
        assertThat(adapter.calls()).containsExactly("head 200", "body .");
        return connection;
    }

    private void sendAll(ScriptedConnection connection) {
        for (int i = 0; i < PIECES; i++) {
            connection.stdout(PIECE);
        }
        world.run();
    }

    private void clientReads() {
        adapter.sink().writable(true);
        request.resume();
        world.run();
    }

    @Test
    void workerIsFreeWhenItHasWrittenItsLastByte() {
        ScriptedConnection connection = beginSlowly();
        sendAll(connection);
        assertThat(world.worker()).isEqualTo("busy");

        connection.end();
        world.run();

        assertThat(world.worker()).isEqualTo("idle");
        assertThat(adapter.calls()).containsExactly("head 200", "body .");
        clientReads();
        assertThat(adapter.calls()).containsExactly("head 200", "body ." + PIECE.repeat(PIECES), "end");
    }

    @Test
    void connectionOfAFreeWorkerServesTheNextRequest() {
        ScriptedConnection connection = beginSlowly();
        sendAll(connection);
        connection.end();
        world.run();

        FixtureRequest second = world.get();
        connection.expectRequest();
        connection.respond(HEAD + "two");
        world.run();

        assertThat(second.sink().calls()).containsExactly("head 200", "body two", "end");
        assertThat(adapter.sink().body()).isEqualTo(".");
    }

    @Test
    void clientThatReadsAgainGetsWhatFollowsDirectly() {
        ScriptedConnection connection = beginSlowly();
        connection.stdout("kept");
        world.run();
        clientReads();
        assertThat(adapter.sink().body()).isEqualTo(".kept");

        connection.stdout(" direct");
        world.run();
        assertThat(adapter.sink().body()).isEqualTo(".kept direct");
        connection.end();
        world.run();

        assertThat(adapter.calls()).endsWith("end");
    }

    @Test
    void workerWaitsForTheClientWhenTheSpoolIsFull() {
        ScriptedConnection connection = beginSlowly();
        int offered = 0;
        while (connection.offerStdout(PIECE)) {
            world.run();
            assertThat(++offered).as("pieces that were taken").isLessThan(200);
        }
        assertThat(offered).isGreaterThan(4_000_000 / PIECE.length() - 1);

        clientReads();
        connection.flush();
        connection.end();
        world.run();

        assertThat(adapter.sink().body()).hasSize(1 + (offered + 1) * PIECE.length());
        assertThat(adapter.calls()).endsWith("end");
    }

    @Test
    void failureOfTheApplicationCutsTheResponseBehindWhatItHasSent() {
        ScriptedConnection connection = beginSlowly();
        sendAll(connection);
        connection.close();
        world.run();
        assertThat(adapter.calls()).doesNotContain("cut");

        clientReads();

        assertThat(adapter.calls()).containsExactly("head 200", "body ." + PIECE.repeat(PIECES), "cut");
    }

    @Test
    void bodyThatIsShorterThanItsLengthIsCut() {
        ScriptedConnection connection = begin();
        adapter.sink().writable(false);
        connection.stdout("Content-Length: 100\n" + HEAD + ".");
        world.run();
        connection.stdout("short").end();
        world.run();

        clientReads();

        assertThat(adapter.calls()).containsExactly("head 200", "body .short", "cut");
    }

    @Test
    void clientThatLeavesIsGivenNothingMore() {
        ScriptedConnection connection = beginSlowly();
        sendAll(connection);
        connection.end();
        world.run();

        request.cancel();
        world.run();

        assertThat(adapter.calls()).containsExactly("head 200", "body .");
        assertThat(world.worker()).isEqualTo("idle");
    }

    @Test
    void clientThatReadsAtOnceGetsEachPieceWithoutDelay() {
        ScriptedConnection connection = begin();
        connection.stdout(HEAD + "a");
        world.run();
        assertThat(adapter.sink().body()).isEqualTo("a");

        connection.stdout("b");
        world.run();

        assertThat(adapter.sink().body()).isEqualTo("ab");
        connection.end();
    }

    @Test
    void secondSpoolOfAResponseBeginsWithNothingUnflushed() {
        WriteBuffer client = new WriteBuffer(request::resume);
        adapter.sink().through(client);
        ScriptedConnection connection = begin();
        connection.stdout(HEAD + PIECE + PIECE);
        world.run();
        connection.stdout(PIECE);
        world.run();
        client.clientTakes(95_000);
        assertThat(adapter.sink().body()).as("the first spool is empty").hasSize(3 * PIECE.length());
        assertThat(client.isWritable()).isFalse();
        client.clientTakes(85_000);

        String half = PIECE.substring(PIECE.length() / 2);
        connection.stdout(half).stdout(half).stdout(half).stdout(half).stdout(half);
        world.run();
        connection.end();
        client.clientTakes(1 << 20);
        world.run();

        assertThat(client.sent()).isEqualTo(3 * PIECE.length() + 5 * half.length());
        assertThat(adapter.calls()).endsWith("end");
    }

    @Test
    void clientThatLeavesWhileASpoolIsFlushedIsGivenNothingMore() {
        ScriptedConnection connection = beginSlowly();
        sendAll(connection);
        adapter.sink().writable(true);
        adapter.sink().onBody(() -> adapter.sink().writable(false));
        adapter.sink().onFlush(() -> {
            adapter.sink().writable(true);
            request.cancel();
        });

        request.resume();
        world.run();

        assertThat(adapter.calls()).hasSize(2);
    }
}
