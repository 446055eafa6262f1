/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import java.io.IOException;
import java.util.Locale;
import java.util.Set;

/** There is no room for more bytes in temporary files: FcgidMaxSpool is reached, or the file system is full. */
final class SpoolFullException extends IOException {

    private static final long serialVersionUID = 1;

    /** The words of the C library for ENOSPC, EDQUOT and EFBIG; the JDK gives no number. */
    private static final Set<String> FULL = Set.of("no space left", "quota exceeded", "file too large");

    SpoolFullException(String message) {
        super(message);
    }

    private SpoolFullException(IOException cause) {
        super(cause.getMessage(), cause);
    }

    /** Returns the failure itself, or this exception if it says that a file system is full. */
    static IOException orSame(IOException failure) {
        String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        return FULL.stream().anyMatch(message::contains) ? new SpoolFullException(failure) : failure;
    }
}
