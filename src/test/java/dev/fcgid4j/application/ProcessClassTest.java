/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.application;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.codec.Role;
import dev.fcgid4j.process.ProcessCommand;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which classes share workers. */
class ProcessClassTest {

    private static final ProcessCommand COMMAND =
            new ProcessCommand(List.of("/site/a"), Map.of("LANG", "C"), Path.of("/site"));
    private static final ChangePolicy POLICY = ChangePolicy.strict(List.of(Path.of("/site/a")));
    private static final ClassLimits LIMITS = ClassLimits.defaults();

    private final ProcessClass base = new ProcessClass("/a", COMMAND, POLICY, LIMITS, Role.RESPONDER);

    @Test
    void classesThatDifferOnlyInTheirNameShareWorkers() {
        ProcessClass other = new ProcessClass("/b", COMMAND, POLICY);

        assertThat(other).isEqualTo(base).hasSameHashCodeAs(base);
    }

    @Test
    void classWithAnotherEnvironmentHasItsOwnWorkers() {
        ProcessCommand other = new ProcessCommand(COMMAND.argv(), Map.of("LANG", "de"), COMMAND.directory());

        assertThat(new ProcessClass("/a", other, POLICY)).isNotEqualTo(base);
    }

    @Test
    void classWithAnotherChangePolicyHasItsOwnWorkers() {
        assertThat(new ProcessClass("/a", COMMAND, ChangePolicy.strict(List.of())))
                .isNotEqualTo(base);
    }

    @Test
    void classWithOtherLimitsHasItsOwnWorkers() {
        ClassLimits two = LIMITS.toBuilder().maxProcesses(2).build();

        assertThat(new ProcessClass("/a", COMMAND, POLICY, two)).isNotEqualTo(base);
    }

    @Test
    void classWithAnotherRoleHasItsOwnWorkers() {
        assertThat(new ProcessClass("/a", COMMAND, POLICY, LIMITS, Role.AUTHORIZER))
                .isNotEqualTo(base);
    }
}
