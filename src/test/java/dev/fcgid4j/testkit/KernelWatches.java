/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The inotify watches of this JVM, as the kernel lists them in {@code /proc/self/fdinfo}. */
public final class KernelWatches {

    private static final Pattern WATCH = Pattern.compile("inotify wd:\\w+ ino:(\\w+) sdev:\\w+ mask:(\\w+) .*");

    private KernelWatches() {}

    /** Counts the watches of a directory. */
    public static long on(Path directory) throws IOException {
        return on(inode(directory), -1);
    }

    /**
     * Counts the watches of the directory with an inode.
     *
     * @param events bits of inotify's events, of which a watch must have one
     */
    public static long on(long inode, int events) throws IOException {
        return lines().stream()
                .map(WATCH::matcher)
                .filter(Matcher::matches)
                .filter(watch -> Long.parseLong(watch.group(1), 16) == inode)
                .filter(watch -> (Integer.parseUnsignedInt(watch.group(2), 16) & events) != 0)
                .count();
    }

    /** The number by which the kernel lists a directory. */
    public static long inode(Path directory) throws IOException {
        return ((Number) Files.getAttribute(directory, "unix:ino")).longValue();
    }

    /** Counts all watches. */
    public static long all() throws IOException {
        return lines().stream().filter(line -> line.startsWith("inotify")).count();
    }

    private static List<String> lines() throws IOException {
        try (var descriptors = Files.list(Path.of("/proc/self/fdinfo"))) {
            return descriptors.flatMap(KernelWatches::linesOf).toList();
        }
    }

    private static Stream<String> linesOf(Path descriptor) {
        try {
            return Files.readAllLines(descriptor).stream();
        } catch (IOException e) {
            return Stream.empty(); // closed meanwhile
        }
    }
}
