/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.posix.FileAccess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Reads from {@code /proc/PID/maps} which programs and libraries a process executes. Stateless. */
final class ProcessMaps {

    private static final String DELETED = " (deleted)";

    private ProcessMaps() {}

    /** Returns the executed files; empty if the process has ended or the system has no {@code /proc}. Reads the disk. */
    static List<Path> executables(long pid) {
        assert FileAccess.isPermitted() : "an event loop must not wait for a file system";
        Set<String> found = new LinkedHashSet<>();
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/maps"), StandardCharsets.ISO_8859_1)) {
                String file = executable(line);
                if (!file.isEmpty()) {
                    found.add(file);
                }
            }
        } catch (IOException e) {
            return List.of();
        }
        return found.stream().map(ProcessMaps::path).toList();
    }

    /** Returns the file of a line of {@code /proc/PID/maps}; empty if the line has no file or doesn't execute it. */
    static String executable(String line) {
        // 7f0c-7f0d r-xp 00000000 fe:00 1234   /usr/lib/x.so
        int permission = line.indexOf(' ') + 3;
        int path = line.indexOf(" /") + 1; // memory without a file has a name like [heap] or [anon:a/b]
        if (path <= permission || line.charAt(permission) != 'x') {
            return "";
        }
        return line.substring(path, line.length() - (line.endsWith(DELETED) ? DELETED.length() : 0));
    }

    private static Path path(String bytes) {
        return Path.of(new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
    }
}
