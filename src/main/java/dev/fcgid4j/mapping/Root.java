/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import java.nio.file.Path;
import java.util.List;

/**
 * A part of the URL space and the directory that it stands for: the document root, {@code Alias}, {@code ScriptAlias}.
 *
 * @param prefix the URL segments it begins with; none for the document root
 * @param directory absolute
 * @param scripts whether every file in it is a script (ScriptAlias)
 */
record Root(List<String> prefix, Path directory, boolean scripts) {

    /** Whether it answers for a path. */
    boolean covers(List<String> segments) {
        return segments.size() >= prefix.size()
                && segments.subList(0, prefix.size()).equals(prefix);
    }

    /** The prefix as a URL path; empty for the document root. */
    String url() {
        return prefix.isEmpty() ? "" : "/" + String.join("/", prefix);
    }
}
