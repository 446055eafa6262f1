/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.testkit.ScriptedConnection;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The pool refuses a worker, or stops the one that runs a request. */
class StoppedWorkerTest {

    private static final String HEAD = "Content-Type: text/plain\n\n";
    private static final Duration SECOND = Duration.ofSeconds(1);

    @RegisterExtension
    private final GatewayFixture world = new GatewayFixture(new FixtureOptions()
            .with(ClassLimits.defaults().toBuilder()
                    .maxProcesses(1)
                    .busyTimeout(Duration.ofSeconds(10))
                    .build()));

    @Test
    void requestBeyondTheBusyTimeoutIsAnswered504AndNotRunAgain() {
        FixtureRequest request = world.get();
        world.accept(request);

        world.advance(Duration.ofSeconds(10), SECOND);
        assertThat(world.application().isTerminated()).isTrue();
        world.application().exit();
        world.run();

        assertThat(request.sink().calls()).containsExactly("fail 504");
        assertThat(request.sink().failureMessage())
                .contains("was stopped: busy timeout")
                .contains("FcgidBusyTimeout");
        assertThat(world.applications()).hasSize(1);
    }

    @Test
    void requestOnAKeptConnectionIsNotRunAgainEither() {
        world.get();
        ScriptedConnection kept = world.accept();
        kept.expectRequest();
        kept.respond(HEAD);
        world.run();
        FixtureRequest request = world.get();
        kept.expectRequest();

        world.advance(Duration.ofSeconds(10), SECOND);
        world.application().exit();
        world.run();

        assertThat(request.sink().calls()).containsExactly("fail 504");
        assertThat(request.sink().failureMessage()).contains("was stopped: busy timeout");
        assertThat(world.applications()).hasSize(1);
    }

    @Test
    void keptConnectionThatAStoppedWorkerClosesIsNotReplaced() {
        world.get();
        ScriptedConnection kept = world.accept();
        kept.expectRequest();
        kept.respond(HEAD);
        world.run();
        FixtureRequest request = world.get();
        kept.expectRequest();

        world.shutDown();
        world.stopBusy();
        kept.close(); // before the process is reaped
        world.run();

        assertThat(request.sink().calls()).containsExactly("fail 502");
        assertThat(request.sink().failureMessage()).contains("it was stopped: shutting down");
        world.application().expectNoConnection();
    }

    @Test
    void outdatedWorkerBeyondTheBusyTimeoutEndsItsRequestToo() {
        FixtureRequest request = world.get();
        world.accept(request);
        world.script().change(); // the worker is marked for another reason

        world.advance(Duration.ofSeconds(10), SECOND);
        world.application().exit();
        world.run();

        assertThat(request.sink().calls()).containsExactly("fail 504");
        assertThat(world.applications()).hasSize(1);
    }

    @Test
    void workerThatAcceptsNothingUntilTheBusyTimeoutEndsItsRequestToo() {
        FixtureRequest request = world.request("POST", "a=1");
        world.run();

        world.advance(Duration.ofSeconds(10), SECOND);
        world.application().exit();
        world.advance(SECOND);

        assertThat(request.sink().calls()).containsExactly("fail 504");
        assertThat(world.applications()).hasSize(1);
    }

    @Test
    void withheldResponseBeyondTheBusyTimeoutIsNotRunAgain() {
        FixtureRequest request = world.get();
        ScriptedConnection connection = world.accept(request);
        world.advance(Duration.ofSeconds(6), SECOND);
        world.script().beginToWrite();
        connection.stdout("Status: 500\n" + HEAD + "half a page");
        world.run();

        world.advance(Duration.ofSeconds(4), SECOND); // the application gets 5 s to end a withheld response
        world.script().change();
        world.application().exit();
        world.advance(SECOND);

        assertThat(request.sink().calls()).containsExactly("fail 504");
        assertThat(world.applications()).hasSize(1);
    }

    @Test
    void responseBeyondTheBusyTimeoutIsCut() {
        FixtureRequest request = world.get();
        world.accept(request).stdout(HEAD + "part");

        world.advance(Duration.ofSeconds(10), SECOND);
        world.application().exit();
        world.run();

        assertThat(request.sink().calls()).containsExactly("head 200", "body part", "cut");
    }

    @Test
    void workerThatAnswersInSpiteOfTheBusyTimeoutIsHeard() {
        FixtureRequest request = world.get();
        ScriptedConnection connection = world.accept(request);

        world.advance(Duration.ofSeconds(10), SECOND);
        connection.respond(HEAD + "late");
        world.application().exit();
        world.run();

        assertThat(request.sink().calls()).containsExactly("head 200", "body late", "end");
    }

    @Test
    void requestThatIsStoppedByTheShutdownIsNotRunAgain() {
        FixtureRequest request = world.get();
        world.accept(request);

        world.shutDown();
        world.stopBusy();
        world.application().exit();
        world.run();

        assertThat(request.sink().calls()).containsExactly("fail 502");
        assertThat(request.sink().failureMessage()).contains("it was stopped: shutting down");
    }

    @Test
    void requestThatIsNotGrantedAWorkerInTimeIsAnswered503() {
        FixtureRequest first = world.get();
        world.accept(first);
        FixtureRequest second = world.get();

        world.advance(Duration.ofSeconds(9), SECOND);
        first.sink().writable(true);
        world.shutDown();
        world.run();

        assertThat(second.sink().calls()).containsExactly("fail 503");
        assertThat(first.sink().calls()).isEmpty();
    }

    @Test
    void requestAfterTheShutdownIsAnswered503() {
        world.shutDown();

        FixtureRequest request = world.get();

        assertThat(request.sink().calls()).containsExactly("fail 503");
    }

    @Test
    void refusalFromAnotherThreadReachesTheSinkOnTheLoop() throws Exception {
        FixtureRequest first = world.get();
        world.accept(first);
        FixtureRequest second = world.get();

        Thread closing = new Thread(world::shutDown);
        closing.start();
        closing.join();
        assertThat(second.sink().calls()).isEmpty();
        world.run();

        assertThat(second.sink().calls()).containsExactly("fail 503");
    }

    @Test
    void repetitionKeepsTheTimeInLine() {
        try (GatewayFixture slow = new GatewayFixture(new FixtureOptions()
                .with(ClassLimits.defaults().toBuilder()
                        .maxProcesses(1)
                        .queueTimeout(Duration.ofSeconds(30))
                        .build()))) {
            FixtureRequest request = slow.get();
            ScriptedConnection connection = slow.accept();
            connection.expectRequest();
            slow.advance(Duration.ofSeconds(31), Duration.ofSeconds(10));
            slow.script().beginToWrite(); // no process is started meanwhile

            connection.close();
            slow.application().exit();
            slow.advance(Duration.ofSeconds(2), Duration.ofMillis(100));

            assertThat(request.sink().calls()).containsExactly("fail 503");
            assertThat(request.sink().failureMessage()).contains("FcgidQueueTimeout");
        }
    }
}
