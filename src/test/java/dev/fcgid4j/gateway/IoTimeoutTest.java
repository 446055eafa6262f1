/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.codec.Stdin;
import dev.fcgid4j.testkit.ScriptedConnection;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** FcgidIOTimeout, 40 s: how long a worker may neither take nor send a byte. */
class IoTimeoutTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final String HEAD = "Content-Type: text/plain\n\n";

    @RegisterExtension
    private final GatewayFixture world = new GatewayFixture();

    @Test
    void silentWorkerIsStoppedAndTheClientGets504() {
        FixtureRequest request = world.get();
        ScriptedConnection connection = world.accept(request);

        world.advance(Duration.ofSeconds(40), SECOND);
        assertThat(request.sink().calls()).isEmpty();
        world.advance(SECOND);

        assertThat(request.sink().calls()).containsExactly("fail 504");
        assertThat(request.sink().failureMessage())
                .contains("neither took nor sent a byte for 40 s")
                .contains("FcgidIOTimeout");
        assertThat(world.worker()).isEqualTo("retiring: input/output timeout");
        connection.expectClosed();
    }

    @Test
    void responseThatHasBegunIsCut() {
        FixtureRequest request = world.get();
        world.accept(request).stdout(HEAD + "part");

        world.advance(Duration.ofSeconds(42), SECOND);

        assertThat(request.sink().calls()).containsExactly("head 200", "body part", "cut");
    }

    @Test
    void eachByteOfTheResponseBeginsTheTimeAnew() {
        FixtureRequest request = world.get();
        ScriptedConnection connection = world.accept(request);

        for (int i = 0; i < 4; i++) {
            world.advance(Duration.ofSeconds(39), SECOND);
            connection.stdout(i == 0 ? HEAD : ".");
        }
        connection.end();
        world.run();

        assertThat(request.sink().calls()).containsExactly("head 200", "body ...", "end");
    }

    @Test
    void eachByteForTheLogBeginsTheTimeAnew() {
        FixtureRequest request = world.get();
        ScriptedConnection connection = world.accept(request);

        for (int i = 0; i < 4; i++) {
            world.advance(Duration.ofSeconds(39), SECOND);
            connection.stderr(".");
        }
        connection.respond(HEAD + "ok");
        world.run();

        assertThat(request.sink().calls()).containsExactly("head 200", "body ok", "end");
    }

    @Test
    void workerThatTakesALargeBodySlowlyIsNotSilent() {
        FixtureRequest upload = world.request("POST", "x".repeat(2_000_000));
        ScriptedConnection connection = world.accept();
        connection.expectHead();

        for (boolean ended = false; !ended; ) {
            world.advance(Duration.ofSeconds(30), SECOND);
            for (int taken = 0; taken < 400_000 && !ended; ) {
                Stdin piece = connection.expect(Stdin.class);
                taken += piece.content().readableBytes();
                ended = piece.endOfStream();
                piece.release();
            }
        }
        connection.respond(HEAD + "ok");
        world.run();

        assertThat(upload.sink().calls()).containsExactly("head 200", "body ok", "end");
    }

    @Test
    void workerThatTakesNothingOfALargeBodyIsStopped() {
        FixtureRequest upload = world.request("POST", "x".repeat(2_000_000));
        world.accept();

        world.advance(Duration.ofSeconds(42), SECOND);

        assertThat(upload.sink().calls()).containsExactly("fail 504");
    }

    @Test
    void slowClientIsNoFaultOfTheWorker() {
        FixtureRequest request = world.get();
        ScriptedConnection connection = world.accept(request);
        request.sink().writable(false);
        connection.stdout(HEAD + "part");

        world.advance(Duration.ofSeconds(200), SECOND);
        request.sink().writable(true);
        request.exchange().resume();
        world.advance(Duration.ofSeconds(39), SECOND);
        connection.stdout(" rest").end();
        world.run();

        assertThat(request.sink().calls()).containsExactly("head 200", "body part rest", "end");
    }

    @Test
    void lateAnswerOfAStoppedWorkerIsIgnored() {
        FixtureRequest request = world.get();
        ScriptedConnection connection = world.accept(request);
        world.advance(Duration.ofSeconds(42), SECOND);

        connection.expectClosed();
        world.application().exit();
        world.run();

        assertThat(request.sink().calls()).containsExactly("fail 504");
        assertThat(world.requestsEnded()).isEqualTo(1);
    }

    @Test
    void timersOfRequestsThatHaveEndedConcernNoLaterRequest() {
        for (int i = 0; i < 3; i++) {
            FixtureRequest request = world.get();
            ScriptedConnection connection = world.accept(request);
            world.advance(Duration.ofSeconds(39), SECOND);
            connection.respond(HEAD + "ok");
            connection.close();
            world.run();
            assertThat(request.sink().calls()).containsExactly("head 200", "body ok", "end");
        }
    }
}
