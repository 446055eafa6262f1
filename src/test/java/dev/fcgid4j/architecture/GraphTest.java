/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How rings are found. */
class GraphTest {

    @Test
    void chainHasNoRing() {
        assertThat(Graph.rings(Map.of("a", Set.of("b"), "b", Set.of("c"), "c", Set.of())))
                .isEmpty();
    }

    @Test
    void namesThatReachEachOtherAreOneRing() {
        assertThat(Graph.rings(Map.of(
                        "a", Set.of("b", "d"),
                        "b", Set.of("c"),
                        "c", Set.of("a"),
                        "d", Set.of("e"),
                        "e", Set.of("d", "elsewhere"))))
                .containsExactlyInAnyOrder(Set.of("a", "b", "c"), Set.of("d", "e"));
    }

    @Test
    void ringsThatShareANameAreOneRing() {
        assertThat(Graph.rings(Map.of("a", Set.of("b"), "b", Set.of("a", "c"), "c", Set.of("b"))))
                .containsExactly(Set.of("a", "b", "c"));
    }
}
