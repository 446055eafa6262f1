/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerStateTest {

    @ParameterizedTest
    @CsvSource({
        "STARTING, IDLE VERIFYING RETIRING DEAD",
        "IDLE,     BUSY VERIFYING RETIRING DEAD",
        "BUSY,     IDLE VERIFYING RETIRING DEAD",
        "VERIFYING, IDLE RETIRING DEAD",
        "RETIRING, DEAD",
        "DEAD,     ''"
    })
    void stateIsLeftForTheseStatesAndForNoOther(WorkerState state, String successors) {
        Set<WorkerState> expected = EnumSet.noneOf(WorkerState.class);
        Arrays.stream(successors.split(" "))
                .filter(s -> !s.isEmpty())
                .map(WorkerState::valueOf)
                .forEach(expected::add);

        Set<WorkerState> actual = EnumSet.allOf(WorkerState.class);
        actual.removeIf(next -> !state.mayBecome(next));

        assertThat(actual).isEqualTo(expected);
    }
}
