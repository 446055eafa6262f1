/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.cgi.ScriptPath;
import java.nio.file.Path;
import java.util.Set;

/** Where a request's path leads. */
public sealed interface Resolution {

    /**
     * A FastCGI application answers it.
     *
     * @param path which file, and what is left of the URL for it
     * @param processClass what to run
     * @param passHeaders request header names, lower case, that {@code FcgidPassHeader} adds to what is passed on
     */
    record Script(ScriptPath path, ProcessClass processClass, Set<String> passHeaders) implements Resolution {}

    /**
     * A plain file to be sent.
     *
     * @param file absolute; existed and was readable as a regular file when it was looked up
     */
    record StaticFile(Path file) implements Resolution {}

    /**
     * The client should ask for another path: a directory was asked for without its closing slash.
     *
     * @param location the new request target, percent-encoded, query included
     */
    record Moved(String location) implements Resolution {}

    /**
     * The answer is an error.
     *
     * @param status 400, 403, 404; 500 or 503 when the answer can't be found out
     * @param reason for the log; never sent to the client
     * @param mayComeBack whether there was a script until a moment ago, so that somebody may just be replacing it; whoever
     *     can wait asks again
     */
    record Refused(int status, String reason, boolean mayComeBack) implements Resolution {

        /** One for good. */
        public Refused(int status, String reason) {
            this(status, reason, false);
        }
    }
}
