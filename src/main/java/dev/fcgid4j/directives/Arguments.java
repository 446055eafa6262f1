/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import java.util.List;

/** Checks how many arguments a directive has. Stateless. */
final class Arguments {

    private Arguments() {}

    /** Returns the only argument; any other number of arguments is a mistake. */
    static String one(Node directive) {
        List<String> args = directive.args();
        if (args.size() != 1) {
            throw directive.mistake("expected one argument, found " + args.size());
        }
        return args.get(0);
    }

    /**
     * Returns all arguments; fewer than {@code count} are a mistake.
     *
     * @param expected describes them in the message of the mistake
     */
    static List<String> atLeast(Node directive, int count, String expected) {
        if (directive.args().size() < count) {
            throw directive.mistake("expected " + expected);
        }
        return directive.args();
    }
}
