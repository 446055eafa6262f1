/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import java.util.List;
import java.util.Locale;

/** The names of handlers, in lower case. Stateless. */
public final class Handlers {

    /** Runs a file as a FastCGI script. */
    public static final String FCGID_SCRIPT = "fcgid-script";

    /** Sends a file as it is, even if its suffix is that of a program. */
    public static final String DEFAULT = "default-handler";

    /** Words in the names of handlers that run programs, at any hosting company. */
    private static final List<String> INTERPRETERS = List.of("php", "cgi", "perl", "python", "ruby", "wsgi", "lsapi");

    private Handlers() {}

    /**
     * Returns whether a handler runs the files it is given, here or in another server. The source of such a file must
     * not be sent.
     *
     * @param name of a handler, or of a media type that other servers treat as one; in any case
     */
    static boolean runsPrograms(String name) {
        String key = name.toLowerCase(Locale.ROOT);
        return key.equals(FCGID_SCRIPT)
                || key.startsWith("application/x-httpd")
                || key.startsWith("server-")
                || key.startsWith("proxy:")
                || key.endsWith("-script")
                || INTERPRETERS.stream().anyMatch(key::contains);
    }
}
