/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.process.ProcessActivity;
import dev.fcgid4j.testkit.ScriptedConnection;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A worker that does not read its kept connection, and classes that keep none. */
class KeptConnectionTest {

    private static final String OK = "Content-Type: text/plain\n\nok";
    private static final ProcessActivity THREADS_ASLEEP = new ProcessActivity(7, 3, true);
    private static final Duration TICK = Duration.ofMillis(100);

    @RegisterExtension
    private final GatewayFixture world = new GatewayFixture();

    private ScriptedConnection usedConnection(ProcessActivity activity) {
        world.get();
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        connection.respond(OK);
        world.application().activity(() -> activity);
        world.run();
        return connection;
    }

    private void answer(ScriptedConnection connection) {
        connection.expectRequest();
        connection.respond(OK);
        world.run();
    }

    @Test
    void requestThatIsNotReadGoesToANewConnectionOfTheSameWorker() {
        usedConnection(THREADS_ASLEEP);
        FixtureRequest second = world.get();

        world.advance(Duration.ofMillis(300), TICK);
        answer(world.accept());

        assertThat(second.sink().calls()).containsExactly("head 200", "body ok", "end");
        assertThat(world.applications()).hasSize(1);
        assertThat(world.keptConnectionsUnread()).isOne();
    }

    @Test
    void classKeepsNoConnectionAfterThat() {
        usedConnection(THREADS_ASLEEP);
        world.get();
        world.advance(Duration.ofMillis(300), TICK);
        ScriptedConnection fresh = world.accept();

        assertThat(fresh.expectRequest().begin().keepConnection()).isFalse();
        fresh.respond(OK);
        fresh.expectClosed();
        FixtureRequest third = world.get();
        answer(world.accept());
        assertThat(third.sink().calls()).containsExactly("head 200", "body ok", "end");
        assertThat(world.keptConnectionsUnread()).isOne();
    }

    @Test
    void requestThatWasReadMayTakeItsTime() {
        ScriptedConnection kept = usedConnection(THREADS_ASLEEP);
        FixtureRequest second = world.get();
        kept.expectRequest();

        world.advance(Duration.ofSeconds(30), TICK);
        kept.respond(OK);
        world.run();

        assertThat(second.sink().calls()).containsExactly("head 200", "body ok", "end");
        world.application().expectNoConnection();
        assertThat(world.keptConnectionsUnread()).isZero();
    }

    @Test
    void requestThatIsReadAtTheLastMomentStaysOnItsConnection() {
        ScriptedConnection kept = usedConnection(THREADS_ASLEEP);
        FixtureRequest second = world.get();
        world.advance(Duration.ofMillis(200), TICK);
        world.application().activity(() -> {
            kept.expectRequest(); // while the last sample is taken
            return THREADS_ASLEEP;
        });

        world.advance(TICK);
        kept.respond(OK);
        world.run();

        assertThat(second.sink().calls()).containsExactly("head 200", "body ok", "end");
        assertThat(world.keptConnectionsUnread()).isZero();
    }

    @Test
    void singleThreadThatIsLateIsWaitedFor() {
        ScriptedConnection kept = usedConnection(new ProcessActivity(7, 1, true));
        FixtureRequest second = world.get();

        world.advance(Duration.ofSeconds(2), TICK);
        answer(kept);

        assertThat(second.sink().calls()).containsExactly("head 200", "body ok", "end");
        world.application().expectNoConnection();
    }

    @Test
    void threadsThatAreAtWorkAreWaitedFor() {
        ScriptedConnection kept = usedConnection(new ProcessActivity(7, 3, false));
        FixtureRequest second = world.get();

        world.advance(Duration.ofSeconds(2), TICK);
        answer(kept);

        assertThat(second.sink().calls()).containsExactly("head 200", "body ok", "end");
        world.application().expectNoConnection();
    }

    @Test
    void clientThatLeavesAnUnreadRequestFreesTheWorker() {
        usedConnection(THREADS_ASLEEP);
        FixtureRequest second = world.get();
        world.run();
        second.exchange().cancel();

        world.advance(Duration.ofMillis(400), TICK);

        assertThat(world.worker()).isEqualTo("idle");
    }

    @Test
    void classThatKeepsNoConnectionsOpensOneForEachRequest() {
        FixtureOptions off = new FixtureOptions()
                .with(ClassLimits.defaults().toBuilder().keepConnection(false).build());
        try (GatewayFixture never = new GatewayFixture(off)) {
            for (int i = 0; i < 2; i++) {
                FixtureRequest request = never.get();
                ScriptedConnection connection = never.accept();
                assertThat(connection.expectRequest().begin().keepConnection()).isFalse();
                connection.respond(OK);
                connection.expectClosed();
                assertThat(request.sink().calls()).containsExactly("head 200", "body ok", "end");
            }
            assertThat(never.keptConnectionsUnread()).isZero();
        }
    }
}
