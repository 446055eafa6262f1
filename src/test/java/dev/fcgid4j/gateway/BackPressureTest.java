/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.codec.AbortRequest;
import dev.fcgid4j.testkit.ScriptedConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Neither a slow client nor a slow worker makes bytes pile up in memory. */
class BackPressureTest {

    private static final String HEAD = "Content-Type: text/plain\n\n";
    private static final int MEBIBYTE = 1 << 20;

    @RegisterExtension
    private final GatewayFixture world = new GatewayFixture();

    private static String text(int length) {
        StringBuilder all = new StringBuilder(length + 8);
        while (all.length() < length) {
            all.append(all.length()).append(' ');
        }
        return all.substring(0, length);
    }

    @Test
    void workerIsNotReadWhileTheClientTakesNothing() {
        FixtureRequest request = world.get();
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        request.sink().writable(false);

        connection.stdout(HEAD);
        int offered = 1;
        String piece = text(60_000);
        while (connection.offerStdout(piece)) {
            assertThat(++offered).as("pieces that were taken").isLessThan(40);
        }
        assertThat(request.sink().body().length()).isLessThan(2 * MEBIBYTE);

        request.sink().writable(true);
        request.exchange().resume();
        connection.flush();
        connection.end();
        world.run();
        assertThat(request.sink().body()).isEqualTo(piece.repeat(offered));
        assertThat(request.sink().calls()).endsWith("end");
    }

    @Test
    void clientThatIsFullAgainStopsTheWorkerAgain() {
        FixtureRequest request = world.get();
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        connection.stdout(HEAD);
        String piece = text(60_000);
        for (int round = 0; round < 3; round++) {
            request.sink().writable(false);
            connection.stdout(".");
            world.run();
            for (int offered = 0; connection.offerStdout(piece); offered++) {
                assertThat(offered).as("pieces that were taken").isLessThan(40);
            }
            request.sink().writable(true);
            request.exchange().resume();
            connection.flush();
        }
        connection.end();
        world.run();

        assertThat(request.sink().calls()).endsWith("end");
    }

    @Test
    void clientThatLeavesWhileItIsGivenSomethingDoesNotStopTheWorker() {
        FixtureRequest request = world.get();
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        request.sink().onFlush(() -> {
            request.sink().writable(false);
            request.exchange().cancel();
        });

        connection.stdout(HEAD + "part");
        connection.expect(AbortRequest.class);
        connection.stdout("more").end();

        connection.expectClosed();
        assertThat(world.worker()).isEqualTo("idle");
    }

    @Test
    void connectionThatWasStoppedIsReadAgainForTheNextRequest() {
        FixtureRequest first = world.get();
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        first.sink().writable(false);
        connection.respond(HEAD + "one");
        world.run();
        first.exchange().resume();
        world.run();
        assertThat(first.sink().calls()).containsExactly("head 200", "body one", "end");

        FixtureRequest second = world.get();
        connection.expectRequest();
        connection.respond(HEAD + "two");
        world.run();

        assertThat(second.sink().calls()).containsExactly("head 200", "body two", "end");
    }

    @Test
    void bodyIsReadOnlyAsFastAsTheWorkerTakesIt() {
        String body = text(8 * MEBIBYTE);
        FixtureRequest upload = world.request("POST", body);
        ScriptedConnection connection = world.accept();
        world.run();
        assertThat(upload.body().bytesRead()).isLessThan(MEBIBYTE);

        assertThat(connection.expectRequest().body()).isEqualTo(body);
        connection.respond(HEAD + "thanks");
        world.run();

        assertThat(upload.body().bytesRead()).isEqualTo(body.length());
        assertThat(upload.sink().calls()).containsExactly("head 200", "body thanks", "end");
        assertThat(world.worker()).isEqualTo("idle");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 9, 65_527, 65_528, 65_529, 65_535, 65_536, 131_056, 131_057, 300_000})
    void bodyOfAnyLengthArrivesWholeWithItsEnd(int length) {
        String body = text(length);
        FixtureRequest upload = world.request("POST", body);
        ScriptedConnection connection = world.accept();

        ScriptedConnection.Request received = connection.expectRequest();
        connection.respond(HEAD + "ok");
        world.run();

        assertThat(received.body()).isEqualTo(body);
        assertThat(received.params()).containsEntry("CONTENT_LENGTH", String.valueOf(length));
        assertThat(upload.sink().calls()).containsExactly("head 200", "body ok", "end");
        connection.expectNothing();
    }

    @Test
    void bodyThatCanNotBeReadBackIsAFailure() {
        FixtureBody body = new FixtureBody("a=1");
        body.fail();
        FixtureRequest upload = world.request("POST", body);

        world.accept().expectClosed();

        assertThat(upload.sink().calls()).containsExactly("fail 502");
        assertThat(upload.sink().failureMessage()).contains("can't be read back: the disk is broken");
        assertThat(world.worker()).startsWith("retiring");
    }
}
