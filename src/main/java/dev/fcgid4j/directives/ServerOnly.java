/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import java.util.Locale;

/** Directives of the server's configuration that mean nothing to mapping; whoever reads settings deals with them. */
final class ServerOnly {

    private ServerOnly() {}

    /** Whether it is such a directive, in any case. */
    static boolean isKnown(String name) {
        String key = name.toLowerCase(Locale.ROOT);
        return switch (key) {
            case "documentroot", "listen", "alias", "scriptalias", "servername" -> true;
            default -> false;
        };
    }
}
