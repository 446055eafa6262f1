/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.cgi.ScriptPath;
import java.nio.file.Path;
import java.util.Set;

/** The answer to a request target, before an application runs or a file is sent. Immutable. */
public sealed interface Resolution {

    /**
     * A FastCGI application answers.
     *
     * @param path the script, and the rest of the URL path
     * @param processClass the application that runs the script
     * @param passHeaders request headers that are passed on besides the usual ones, in lower case (FcgidPassHeader)
     */
    record Script(ScriptPath path, ProcessClass processClass, Set<String> passHeaders) implements Resolution {}

    /**
     * A plain file is sent.
     *
     * @param file absolute; a readable regular file at the time of the lookup
     */
    record StaticFile(Path file) implements Resolution {}

    /**
     * The client is redirected: it asked for a directory without the final slash.
     *
     * @param location the new request target, percent-encoded, with the query
     */
    record Moved(String location) implements Resolution {}

    /**
     * The answer is an error.
     *
     * @param status 400, 403, 404, or what a directive names; 500 or 503 if the answer can't be found out
     * @param reason for the log; never sent to the client
     * @param mayComeBack whether the path led to a script until a moment ago, so that a writer may be replacing it; a
     *     caller that can wait resolves again
     * @param noIndex whether the path leads to a permitted directory that has no index file: nothing can be sent, but nothing
     *     is denied
     */
    record Refused(int status, String reason, boolean mayComeBack, boolean noIndex) implements Resolution {

        /** Creates a refusal that will not change by waiting. */
        public Refused(int status, String reason) {
            this(status, reason, false);
        }

        /** Creates a refusal of anything but a directory without an index file. */
        public Refused(int status, String reason, boolean mayComeBack) {
            this(status, reason, mayComeBack, false);
        }

        /** Creates the refusal of a permitted directory that has no index file. */
        static Refused withoutIndex(Path directory) {
            return new Refused(403, "a directory without an index file: " + directory, false, true);
        }
    }
}
