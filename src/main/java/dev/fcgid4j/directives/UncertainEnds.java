/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import java.util.List;

/**
 * Checks the sections of a {@code .htaccess} whose end is a guess of the parser. What follows the true end may have been
 * meant for the whole folder. So such a section may only say how one kind of files is run; anything else in it is a mistake.
 * The rest of the file counts, but opens nothing.
 *
 * <p>Stateless.
 */
final class UncertainEnds {

    private UncertainEnds() {}

    /**
     * Returns whether the end of a section is a guess.
     *
     * @throws dev.fcgid4j.failure.ConfigurationException if such a section has a line that may be meant for the folder
     */
    static boolean check(List<Node> nodes) {
        boolean uncertain = isUncertain(nodes);
        if (uncertain) {
            checkGrants(nodes);
        }
        return uncertain;
    }

    private static boolean isUncertain(List<Node> nodes) {
        boolean uncertain = false;
        for (Node node : nodes) {
            if (node instanceof Node.Section section) {
                uncertain |= isUncertain(section.children());
                if (!section.closed()) {
                    uncertain = true;
                    checkContent(section, section);
                }
            }
        }
        return uncertain;
    }

    /** Refuses a grant: it is not known for which files it was meant. */
    private static void checkGrants(List<Node> nodes) {
        for (Node node : nodes) {
            if (node instanceof Node.Section section) {
                checkGrants(section.children());
            } else if (node.key().equals("allow") || node.args().contains("granted")) {
                throw node.mistake("may not grant where the end of a section is missing");
            }
        }
    }

    private static void checkContent(Node.Section section, Node.Section open) {
        int handlers = 0;
        for (Node node : section.children()) {
            if (node instanceof Node.Section inner) {
                if (!inner.key().startsWith("files")) {
                    checkContent(inner, open);
                }
                continue;
            }
            boolean handler = node.key().equals("sethandler");
            handlers += handler ? 1 : 0;
            boolean harmless = handler
                    ? handlers == 1
                    : DirectiveTable.find(node)
                            .flatMap(DirectiveDefinition::group)
                            .filter(AllowOverride.Group.COMMANDS::equals)
                            .isPresent();
            if (!harmless) {
                throw open.mistake("is not closed, so it is not known whether line "
                        + node.place().line() + " (" + node.name() + ") belongs to it; expected </" + open.name()
                        + ">");
            }
        }
    }
}
