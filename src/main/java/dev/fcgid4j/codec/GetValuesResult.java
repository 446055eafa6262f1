/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The application answers {@link GetValues} with the values that it knows.
 *
 * <p>Source: FastCGI 1.0, section 4.1.
 *
 * @param values names and values in order, byte strings (ISO-8859-1)
 */
public record GetValuesResult(Map<String, String> values) implements ManagementRecord {

    public GetValuesResult {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    @Override
    public RecordType type() {
        return RecordType.GET_VALUES_RESULT;
    }
}
