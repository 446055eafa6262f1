/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import java.util.List;
import java.util.OptionalLong;

/**
 * What a script answered, as far as its header block tells.
 *
 * <p>Source: RFC 3875 section 6.2.
 */
public sealed interface CgiResponse {

    /** Files that the script says it depends on ({@code X-Fcgid-Watch}); not for the client. */
    List<String> watch();

    /**
     * A document, with or without a Location header of its own (sections 6.2.1, 6.2.3 and 6.2.4).
     *
     * @param status 200 to 599
     * @param reason the script's own words, or empty
     * @param headers without Status, hop-by-hop fields and Content-Length
     * @param contentLength the length that the script promised
     * @param watch files that the script says it depends on ({@code X-Fcgid-Watch}); not for the client
     */
    record Document(int status, String reason, CgiHeaders headers, OptionalLong contentLength, List<String> watch)
            implements CgiResponse {

        public Document {
            watch = List.copyOf(watch);
        }
    }

    /**
     * The server is to answer with another of its own paths (section 6.2.2); the script's body means nothing.
     *
     * @param target path and query, begins with one {@code /}
     * @param watch as in a {@link Document}
     */
    record LocalRedirect(String target, List<String> watch) implements CgiResponse {

        public LocalRedirect {
            watch = List.copyOf(watch);
        }
    }
}
