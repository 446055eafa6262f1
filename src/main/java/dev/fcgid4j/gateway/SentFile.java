/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.cgi.CgiHeaders;
import dev.fcgid4j.cgi.CgiResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A file that an application has the server send in place of its own body.
 *
 * @param file absolute and normalized; whether it exists, and where links lead, is not known yet
 * @param folder the folder that it must not leave
 * @param document what the application answered
 */
public record SentFile(Path file, Path folder, CgiResponse.Document document) {

    /** What tells about the file and how it is sent is the server's to say. */
    private static final Set<String> OF_THE_FILE =
            Set.of("x-sendfile", "x-accel-redirect", "etag", "last-modified", "accept-ranges", "content-range", "date");

    /** The application's header fields that go with the file. */
    public CgiHeaders headers() {
        List<Map.Entry<String, String>> kept = document.headers().fields().stream()
                .filter(field -> !OF_THE_FILE.contains(field.getKey().toLowerCase(Locale.ROOT)))
                .toList();
        return new CgiHeaders(kept);
    }
}
