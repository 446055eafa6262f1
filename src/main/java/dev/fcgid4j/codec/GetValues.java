/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The web server asks the application for the values of names; each value is empty.
 *
 * <p>Source: FastCGI 1.0, section 4.1.
 *
 * @param values names and values in order, byte strings (ISO-8859-1)
 */
public record GetValues(Map<String, String> values) implements ManagementRecord {

    public GetValues {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    @Override
    public RecordType type() {
        return RecordType.GET_VALUES;
    }
}
