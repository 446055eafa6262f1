/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.observe;

import java.util.List;

/**
 * Returns whether everything that the server needs is alive. Immutable.
 *
 * @param problems what is broken and what to do, one sentence each; empty if nothing is
 */
public record Health(List<String> problems) {

    public Health {
        problems = List.copyOf(problems);
    }

    /** Returns whether nothing is broken. */
    public boolean isGood() {
        return problems.isEmpty();
    }
}
