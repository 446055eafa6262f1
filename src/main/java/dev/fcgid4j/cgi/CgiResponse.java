/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The meaning of a script's header block: a document, another path of the server, or a file.
 *
 * <p>Immutable.
 *
 * <p>Source: RFC 3875 section 6.2; X-Sendfile and X-Accel-Redirect as lighttpd and nginx define them.
 */
public sealed interface CgiResponse {

    /** Files that the script says it depends on ({@code X-Fcgid-Watch}); not for the client. */
    List<String> watch();

    /**
     * A document, with or without a Location header of its own (sections 6.2.1, 6.2.3 and 6.2.4).
     *
     * @param status 200 to 599
     * @param reason the reason phrase that the script sent, or empty
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
     * The server must answer with another of its own paths (section 6.2.2). The script's body is ignored.
     *
     * @param target path and query, begins with {@code /}; after {@code //} no host follows, but the rest of the path
     * @param watch as in a {@link Document}
     */
    record LocalRedirect(String target, List<String> watch) implements CgiResponse {

        public LocalRedirect {
            watch = List.copyOf(watch);
        }
    }

    /**
     * The server must send a file in place of the script's body.
     *
     * @param file absolute and normalized; may not exist, and a symbolic link on its path may lead out of the folder
     * @param folder the folder that the file must be in after symbolic links are followed
     * @param document the document that the script sent; its body is ignored
     */
    record SendFile(Path file, Path folder, Document document) implements CgiResponse {

        /** The server sets these fields itself: they describe the file or how it is sent. */
        private static final Set<String> SET_BY_SERVER = Set.of(
                "x-sendfile", "x-accel-redirect", "etag", "last-modified", "accept-ranges", "content-range", "date");

        public SendFile {
            requireNonNull(file, "file");
            requireNonNull(folder, "folder");
            requireNonNull(document, "document");
        }

        /** The script's header fields that are sent with the file. */
        public CgiHeaders headers() {
            List<Map.Entry<String, String>> kept = document.headers().fields().stream()
                    .filter(field -> !SET_BY_SERVER.contains(field.getKey().toLowerCase(Locale.ROOT)))
                    .toList();
            return new CgiHeaders(kept);
        }

        @Override
        public List<String> watch() {
            return document.watch();
        }
    }
}
