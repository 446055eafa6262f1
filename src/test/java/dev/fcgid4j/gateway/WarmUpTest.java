/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.codec.GetValues;
import dev.fcgid4j.codec.GetValuesResult;
import dev.fcgid4j.codec.ProtocolStatus;
import dev.fcgid4j.codec.UnknownType;
import dev.fcgid4j.mapping.Resolution;
import dev.fcgid4j.testkit.ScriptedApplication;
import dev.fcgid4j.testkit.ScriptedConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a process of a new generation shows that it is ready, with FcgidReplace rolling. */
class WarmUpTest {

    private static final String HEAD = "Content-Type: text/plain\n\n";

    private static GatewayFixture rolling(Optional<String> warmup) {
        return new GatewayFixture(new FixtureOptions()
                .with(new ChangePolicy(List.of(GatewayFixture.SCRIPT), List.of(), false, true, warmup, 0)));
    }

    /** Serves a request, changes the script, and returns the process of the new generation. */
    private static ScriptedApplication change(GatewayFixture world) {
        world.get();
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        connection.respond(HEAD);
        world.run();
        world.script().change();
        assertThat(world.applications()).hasSize(2);
        return world.application();
    }

    private static void assertOldGenerationIsReplaced(GatewayFixture world) {
        assertThat(world.applications().get(0).isTerminated()).isTrue();
        assertThat(world.applications().get(1).isTerminated()).isFalse();
        assertThat(world.workers())
                .filteredOn(worker -> worker.state().equals("idle"))
                .singleElement()
                .satisfies(worker -> assertThat(worker.generation()).isEqualTo(1));
    }

    private static void assertOldGenerationServesOn(GatewayFixture world, String why) {
        assertThat(world.applications().get(0).isTerminated()).isFalse();
        assertThat(world.rollout()).contains(why);
    }

    @Nested
    class WithoutAWarmUpRequest {

        @RegisterExtension
        private final GatewayFixture world = rolling(Optional.empty());

        private ScriptedApplication candidate;

        @BeforeEach
        void changeTheScript() {
            candidate = change(world);
        }

        @Test
        void processIsAskedForItsValuesAndIsReadyWhenItAnswers() {
            ScriptedConnection connection = candidate.accept();
            assertThat(connection.expect(GetValues.class).values()).containsKey("FCGI_MPXS_CONNS");
            assertThat(world.applications().get(0).isTerminated()).isFalse();

            connection.send(new GetValuesResult(Map.of("FCGI_MPXS_CONNS", "0")));

            connection.expectClosed();
            assertOldGenerationIsReplaced(world);
        }

        @Test
        void processThatDoesNotKnowTheQuestionIsReady() {
            candidate.accept().send(new UnknownType(9));

            assertOldGenerationIsReplaced(world);
        }

        @Test
        void processThatAcceptsAndClosesIsReady() {
            candidate.accept().close();

            assertOldGenerationIsReplaced(world);
        }

        @Test
        void processThatAnswersARequestThatWasNeverMadeIsReady() {
            candidate.accept().stderr("confused").stdout("x").end(ProtocolStatus.REQUEST_COMPLETE);

            assertOldGenerationIsReplaced(world);
        }

        @Test
        void processThatSaysNothingIsReadyAfterTwoSeconds() {
            world.advance(Duration.ofMillis(1999));
            assertThat(world.applications().get(0).isTerminated()).isFalse();

            world.advance(Duration.ofMillis(1));

            assertOldGenerationIsReplaced(world);
        }

        @Test
        void processThatExitsIsNotReady() {
            candidate.exit();

            assertOldGenerationServesOn(world, "its process ended with exit code 0");
            assertThat(world.workers()).hasSize(1);
        }
    }

    @Test
    void processThatCanNotBeReachedIsNotReady() {
        try (GatewayFixture world = rolling(Optional.empty())) {
            world.onStart(application -> {
                if (application.pid() > 100) {
                    application.stopListening();
                }
            });

            change(world);

            assertOldGenerationServesOn(world, "it can't be reached");
        }
    }

    @Nested
    class WithAWarmUpRequest {

        @RegisterExtension
        private final GatewayFixture world = rolling(Optional.of("/app.fcgi/warm"));

        private ScriptedConnection warmUp() {
            ScriptedConnection connection = change(world).accept();
            assertThat(connection.expectRequest().params())
                    .containsEntry("REQUEST_METHOD", "GET")
                    .containsEntry("REQUEST_URI", "/app.fcgi/warm")
                    .containsEntry("HTTP_HOST", "localhost");
            return connection;
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "Status: 200\n" + HEAD + "body",
                    "Status: 399\n" + HEAD,
                    "Location: /elsewhere\n\n",
                    "Location: http://a/\n\n"
                })
        void statusBelow400IsReady(String output) {
            warmUp().respond(output);

            assertOldGenerationIsReplaced(world);
        }

        @ParameterizedTest
        @ValueSource(ints = {400, 404, 500, 503})
        void statusFrom400OnIsNotReady(int status) {
            warmUp().respond("Status: " + status + "\n" + HEAD);

            assertOldGenerationServesOn(world, "FcgidWarmup /app.fcgi/warm was answered " + status);
        }

        @Test
        void responseThatIsCutIsNotReady() {
            warmUp().stdout(HEAD + "part").close();

            assertOldGenerationServesOn(world, "FcgidWarmup /app.fcgi/warm was not answered to the end");
        }

        @Test
        void lostConnectionIsNotReadyAndTheRequestIsNotRunByAnotherWorker() {
            warmUp().close();

            assertOldGenerationServesOn(world, "FcgidWarmup /app.fcgi/warm: ");
            assertThat(world.applications()).hasSize(2);
        }

        @Test
        void connectionThatWasNeverAcceptedIsNotReady() {
            ScriptedApplication candidate = change(world);

            candidate.exit();
            world.advance(Duration.ofMillis(2));

            assertOldGenerationServesOn(world, "its process ended with exit code 0");
            assertThat(world.workers()).hasSize(1);
        }

        @Test
        void pathThatLeadsElsewhereIsNotReady() {
            world.everythingLeadsTo(new Resolution.StaticFile(Path.of("/site/page.html")));

            change(world).expectNoConnection();

            assertOldGenerationServesOn(world, "FcgidWarmup /app.fcgi/warm doesn't lead to /app.fcgi");
        }
    }
}
