/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.posix.ResourceShortage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Asks the disk what a path names. {@link Files} answers "no" also if the disk can't say; here that is a failure, so that a
 * lack of means is not taken for a missing file.
 *
 * <p>Threading: any thread that may block; stateless.
 */
final class FileKinds {

    private FileKinds() {}

    /**
     * Returns whether a path names a directory.
     *
     * @throws UncheckedIOException if the system lacks the means to tell
     */
    static boolean isDirectory(Path path) {
        return Files.isDirectory(path) || isNo(path);
    }

    /** Returns whether a path names a regular file; fails as {@link #isDirectory} does. */
    static boolean isRegularFile(Path path) {
        return Files.isRegularFile(path) || isNo(path);
    }

    /** Returns whether a path names anything; fails as {@link #isDirectory} does. */
    static boolean exists(Path path) {
        return Files.exists(path) || isNo(path);
    }

    /** Throws if the "no" comes from a lack of means, else returns false. */
    private static boolean isNo(Path path) {
        try {
            Files.readAttributes(path, BasicFileAttributes.class);
        } catch (IOException e) {
            check(e);
        }
        return false;
    }

    /** Throws if a failure comes from a lack of means. */
    static void check(IOException failure) {
        if (ResourceShortage.isCause(failure)) {
            throw new UncheckedIOException(failure);
        }
    }
}
