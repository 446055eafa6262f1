/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

/**
 * The application does not know the type of a management record.
 *
 * <p>Source: FastCGI 1.0, section 4.2.
 *
 * @param unknown the type that the application does not know, 0 to 255
 */
public record UnknownType(int unknown) implements ManagementRecord {

    public UnknownType {
        if (unknown < 0 || unknown > 255) {
            throw new IllegalArgumentException("type " + unknown + ": expected 0 to 255");
        }
    }

    @Override
    public RecordType type() {
        return RecordType.UNKNOWN_TYPE;
    }
}
