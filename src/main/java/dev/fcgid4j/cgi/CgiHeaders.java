/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Header fields of a response, in order; a repeated name stays repeated. Byte strings.
 *
 * @param fields names as the script wrote them, and their values
 */
public record CgiHeaders(List<Map.Entry<String, String>> fields) {

    public CgiHeaders {
        fields = List.copyOf(fields);
    }

    /** The last value under this name, in any case. */
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
