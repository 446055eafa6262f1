/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.posix;

import java.util.function.BooleanSupplier;

/**
 * Whether the current thread may wait for a file system. Code that opens, reads or compares files asserts {@link
 * #isPermitted}, because an event loop that waits for a disk delays all of its clients. Without assertions nothing is
 * checked.
 *
 * <p>Threading: any thread.
 */
public final class FileAccess {

    private static volatile BooleanSupplier check = () -> true;

    private FileAccess() {}

    /** Whether the current thread may wait for a file system. */
    public static boolean isPermitted() {
        return check.getAsBoolean();
    }

    /** Registers the check, in place of the one before. Without one every thread may wait. */
    public static void check(BooleanSupplier permitted) {
        check = permitted;
    }
}
