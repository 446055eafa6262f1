/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The header fields of a script's response, in order; a repeated name stays repeated.
 *
 * <p>Immutable.
 *
 * @param fields names as the script spelled them, and their values; byte strings (see {@link CgiRequest})
 */
public record CgiHeaders(List<Map.Entry<String, String>> fields) {

    public CgiHeaders {
        fields = List.copyOf(fields);
    }

    /** Returns the last value of a name, in any case. */
    public Optional<String> last(String name) {
        Optional<String> found = Optional.empty();
        for (Map.Entry<String, String> field : fields) {
            if (field.getKey().equalsIgnoreCase(name)) {
                found = Optional.of(field.getValue());
            }
        }
        return found;
    }
}
