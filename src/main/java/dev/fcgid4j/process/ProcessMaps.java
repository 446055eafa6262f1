/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The programs and libraries that a process executes, as the system maps them into it. Stateless. */
final class ProcessMaps {

    private static final String DELETED = " (deleted)";
    private static final int PATH_FIELD = 6;

    private ProcessMaps() {}

    /** The executable files of a process; empty when it has ended or the system doesn't tell. Reads the disk. */
    static List<Path> executables(long pid) {
        Set<Path> found = new LinkedHashSet<>();
        try {
            for (String line : Files.readAllLines(
                    Path.of("/proc/" + pid + "/maps"), java.nio.charset.StandardCharsets.ISO_8859_1)) {
                // 7f0c-7f0d r-xp 00000000 fe:00 1234   /usr/lib/x.so
                String[] fields = line.split(" +", PATH_FIELD);
                if (fields.length == PATH_FIELD && fields[1].contains("x") && fields[5].startsWith("/")) {
                    String path = fields[5].endsWith(DELETED)
                            ? fields[5].substring(0, fields[5].length() - DELETED.length())
                            : fields[5];
                    found.add(Path.of(new String(
                            path.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1),
                            java.nio.charset.StandardCharsets.UTF_8)));
                }
            }
        } catch (IOException e) {
            return List.of();
        }
        return List.copyOf(found);
    }
}
