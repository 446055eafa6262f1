/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.ScriptedApplication;
import dev.fcgid4j.testkit.ScriptedConnection;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests are run again on another worker, and how often. */
class RetryTest {

    private static final String HEAD = "Content-Type: text/plain\n\n";
    private static final Duration MILLISECOND = Duration.ofMillis(1);

    @RegisterExtension
    private final GatewayFixture world = new GatewayFixture();

    /** The worker takes the request and closes the connection without an answer. */
    private void lose() {
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        connection.close();
        world.run();
    }

    private void answer(String output) {
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        connection.respond(output);
        world.run();
    }

    @Nested
    class WhenTheWorkerIsLostBeforeItsAnswer {

        @ParameterizedTest
        @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
        void idempotentRequestIsRunAgain(String method) {
            FixtureRequest request = world.request(method, "");
            lose();

            answer("Status: 201\n" + HEAD);

            assertThat(request.sink().calls()).containsExactly("head 201", "end");
            assertThat(world.applications()).hasSize(2);
        }

        @ParameterizedTest
        @ValueSource(strings = {"POST", "PATCH", "PROPFIND", "get"})
        void anyOtherRequestFails(String method) {
            FixtureRequest request = world.request(method, "");
            lose();

            assertThat(request.sink().calls()).containsExactly("fail 502");
            assertThat(request.sink().failureMessage())
                    .contains("closed the connection before the end of its response");
            assertThat(world.applications()).hasSize(1);
        }

        @Test
        void bodyIsSentAgainFromItsBeginning() {
            FixtureRequest request = world.request("PUT", "all of it");
            lose();

            ScriptedConnection connection = world.accept();
            assertThat(connection.expectRequest().body()).isEqualTo("all of it");
            connection.respond(HEAD);
            world.run();

            assertThat(request.sink().calls()).containsExactly("head 200", "end");
        }

        @Test
        void thirdLossIsAFailure() {
            FixtureRequest request = world.get();
            lose();
            lose();
            assertThat(request.sink().calls()).isEmpty();

            lose();

            assertThat(request.sink().calls()).containsExactly("fail 502");
            assertThat(world.applications()).hasSize(3);
        }
    }

    @Nested
    class WhenNobodyHasReadTheRequest {

        @BeforeEach
        void stopListeningAfterAnAnswer() {
            world.get();
            answer(HEAD);
            world.application().stopListening();
        }

        @Test
        void itGoesToAnotherWorkerWhateverItsMethod() {
            FixtureRequest post = world.request("POST", "a=1");
            answer(HEAD);

            assertThat(post.sink().calls()).containsExactly("head 200", "end");
        }

        @Test
        void itIsRunAgainTwentyTimesAndThenFails() {
            world.onStart(ScriptedApplication::stopListening);

            FixtureRequest post = world.request("POST", "a=1");
            world.run();

            assertThat(post.sink().calls()).containsExactly("fail 502");
            assertThat(post.sink().failureMessage()).contains("can't be reached");
            assertThat(world.applications()).hasSize(21);
        }
    }

    @Test
    void requestWhoseAnswerHasBegunIsNotRunAgain() {
        FixtureRequest request = world.get();
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        connection.stdout(HEAD + "part");
        connection.close();
        world.run();
        world.advance(MILLISECOND);

        assertThat(request.sink().calls()).containsExactly("head 200", "body part", "cut");
        assertThat(world.applications()).hasSize(1);
    }
}
