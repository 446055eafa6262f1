/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.testkit.ScriptedConnection;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pool learns the status of each response: its statistics and the comparison with a canary depend on it. */
class StatusCountTest {

    private static final String BLANK_LINE = "Content-Type: text/plain\n\n";

    @RegisterExtension
    private final GatewayFixture world = new GatewayFixture();

    private static void respond(GatewayFixture to, String output) {
        ScriptedConnection connection = to.accept();
        connection.expectRequest();
        connection.respond(output);
        to.run();
    }

    @ParameterizedTest
    @CsvSource({"204, 2", "304, 3", "404, 4", "503, 5"})
    void responseIsCountedByItsStatus(String status, int statusClass) {
        world.get();

        respond(world, "Status: " + status + "\n" + BLANK_LINE);

        assertThat(world.requestsByStatusClass().get(statusClass)).isOne();
    }

    @Test
    void requestWithoutAResponseIsCountedWithoutAStatus() {
        world.get();

        respond(world, "no header");

        assertThat(world.requestsByStatusClass()).containsExactly(1L, 0L, 0L, 0L, 0L, 0L);
    }

    @Test
    void statusOfAnEarlierResponseIsNotCountedAgain() {
        world.get();
        respond(world, "Status: 404\n" + BLANK_LINE);
        world.request("POST", "");

        respond(world, "no header");

        assertThat(world.requestsByStatusClass()).containsExactly(1L, 0L, 0L, 0L, 1L, 0L);
    }

    @Test
    void canaryThatAnswersWithErrorsIsRefused() {
        ChangePolicy canary =
                new ChangePolicy(List.of(GatewayFixture.SCRIPT), List.of(), false, true, Optional.empty(), 50);
        try (GatewayFixture rolling = new GatewayFixture(new FixtureOptions().with(canary))) {
            rolling.get();
            respond(rolling, BLANK_LINE);
            rolling.script().change();
            rolling.accept().close(); // the probe
            rolling.run();

            for (int i = 0; i < 6; i++) {
                rolling.request("POST", "");
                boolean turn = i % 2 == 0;
                ScriptedConnection connection =
                        rolling.applications().get(turn ? 1 : 0).accept();
                connection.expectRequest();
                connection.respond("Status: " + (turn ? 500 : 200) + "\n" + BLANK_LINE);
                rolling.run();
            }

            assertThat(rolling.rollout()).contains("was refused", "3 of 3 requests failed");
        }
    }
}
