/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.testkit.ScriptedApplication;
import dev.fcgid4j.testkit.ScriptedConnection;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A process that exits while a connection to it is open: whether it has accepted it decides what happens. */
class ExitDuringConnectTest {

    private static final String OK = "Content-Type: text/plain\n\nok";
    private static final Duration LATER = Duration.ofMillis(2);

    @RegisterExtension
    private final GatewayFixture world = new GatewayFixture();

    private ScriptedApplication first;

    /** The worker has answered before, so that its end is no failed start. */
    @BeforeEach
    void useOnce() {
        world.get();
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        connection.respond(OK);
        first = world.application();
    }

    private FixtureRequest post() {
        FixtureRequest post = world.request("POST", "a=1");
        world.run();
        return post;
    }

    private ScriptedConnection acceptAtAnother() {
        assertThat(world.application()).isNotSameAs(first);
        return world.accept();
    }

    @Test
    void requestOnAConnectionThatWasNeverAcceptedIsRunByAnotherWorkerWhateverItsMethod() {
        FixtureRequest post = post();

        first.exit();
        world.advance(LATER);
        ScriptedConnection connection = acceptAtAnother();
        assertThat(connection.expectRequest().body()).isEqualTo("a=1");
        connection.respond(OK);
        world.run();

        assertThat(post.sink().calls()).containsExactly("head 200", "body ok", "end");
        assertThat(world.worker()).isEqualTo("idle");
    }

    @Test
    void exitAloneDecidesNothingBeforeTheLoopHadTimeToLook() {
        FixtureRequest post = post();

        first.exit();
        world.run();

        assertThat(post.sink().calls()).isEmpty();
        assertThat(world.applications()).hasSize(1);
    }

    @Test
    void requestOnAnAcceptedConnectionIsNotRepeatedAfterTheExit() {
        FixtureRequest post = post();
        first.accept().expectRequest();

        first.exit();
        world.advance(LATER);

        assertThat(post.sink().calls()).containsExactly("fail 502");
        assertThat(world.applications()).hasSize(1);
    }

    @Test
    void loopThatLearnsOfTheExitBeforeTheCloseStillSeesThatTheConnectionWasAccepted() {
        FixtureRequest post = post();
        first.accept().expectRequest();

        first.closeConnections();
        first.reap(ExitStatus.exited(0));
        world.runTasksBeforeInput();
        world.advanceTasksBeforeInput(LATER);
        assertThat(post.sink().calls()).isEmpty();
        world.advance(LATER);

        assertThat(post.sink().calls()).containsExactly("fail 502");
        assertThat(world.applications()).hasSize(1);
    }

    @Test
    void responseThatArrivedBeforeTheExitCounts() {
        FixtureRequest post = post();
        ScriptedConnection connection = first.accept();
        connection.expectRequest();
        connection.respond(OK);

        first.exit();
        world.runTasksBeforeInput();
        world.advanceTasksBeforeInput(LATER);
        world.advance(LATER);

        assertThat(post.sink().calls()).containsExactly("head 200", "body ok", "end");
        assertThat(world.applications()).hasSize(1);
    }

    @Test
    void exitAfterTheFirstByteLeavesTheRestToTheConnection() {
        FixtureRequest post = post();
        ScriptedConnection connection = first.accept();
        connection.expectRequest();
        connection.stdout("Content-Type: text/plain\n\npart");
        world.run();

        first.reap(ExitStatus.exited(0)); // a child of it may hold the connection
        world.advance(LATER);
        connection.stdout(" and the rest").end();
        world.run();

        assertThat(post.sink().calls()).containsExactly("head 200", "body part and the rest", "end");
    }

    @Test
    void exitWithAnUsedConnectionLeavesTheDecisionToItsClose() {
        world.run();
        FixtureRequest get = world.get(); // on the connection that was kept
        world.run();

        first.reap(ExitStatus.exited(0));
        world.advance(LATER);
        assertThat(get.sink().calls()).isEmpty();
        assertThat(world.applications()).hasSize(1);
        first.closeConnections();
        ScriptedConnection connection = acceptAtAnother();
        connection.expectRequest();
        connection.respond(OK);
        world.run();

        assertThat(get.sink().calls()).containsExactly("head 200", "body ok", "end");
    }

    @Test
    void abortedRequestThatWasNeverAcceptedEndsWithTheExit() {
        FixtureRequest post = post();
        post.exchange().cancel();

        first.exit();
        world.advance(LATER);

        assertThat(post.sink().calls()).isEmpty();
        assertThat(world.applications()).hasSize(1);
        assertThat(world.workers()).isEmpty();
    }
}
