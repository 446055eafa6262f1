/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.posix;

import java.nio.file.FileSystemException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a call failed because the system lacks means: descriptors, memory, space on a disk, or a disk that works.
 * Such a failure says nothing about the file that was asked for, so it is answered 503, never 403 or 404.
 *
 * <p>Threading: stateless. Source: errno(3).
 */
public final class ResourceShortage {

    private static final int EIO = 5;
    private static final int ENOMEM = 12;
    private static final int ENFILE = 23;
    private static final int EMFILE = 24;
    private static final int ENOSPC = 28;
    private static final int EDQUOT = 122;
    private static final Set<Integer> NUMBERS = Set.of(EIO, ENOMEM, ENFILE, EMFILE, ENOSPC, EDQUOT);
    private static final int MAX_CAUSES = 16;

    /** The C library's words for them, in the language of this process: Java's and Netty's exceptions have no number. */
    private static final List<String> TEXTS =
            NUMBERS.stream().map(LibC::describe).toList();

    private ResourceShortage() {}

    /** Returns whether a failure, or one of its causes, comes from a lack of means. */
    public static boolean isCause(@Nullable Throwable failure) {
        return Stream.iterate(failure, each -> each != null, Throwable::getCause)
                .limit(MAX_CAUSES)
                .anyMatch(ResourceShortage::isShortage);
    }

    private static boolean isShortage(Throwable failure) {
        if (failure instanceof PosixException posix) {
            return NUMBERS.contains(posix.errno());
        }
        if (failure instanceof OutOfMemoryError) {
            return true;
        }
        String text = failure instanceof FileSystemException file ? file.getReason() : failure.getMessage();
        return text != null && TEXTS.stream().anyMatch(text::contains);
    }
}
