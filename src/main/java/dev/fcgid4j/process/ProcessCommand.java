/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The command that a process executes: program and arguments, the whole environment, working directory.
 *
 * <p>Immutable.
 *
 * @param argv the absolute path of the program, then its arguments; none with a NUL
 * @param environment the complete environment of the process; nothing is added to it
 * @param directory the working directory, absolute
 */
public record ProcessCommand(List<String> argv, Map<String, String> environment, Path directory) {

    /** The PATH of a process if the configuration names none. */
    public static final String SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin";

    public ProcessCommand {
        argv = List.copyOf(argv);
        environment = Map.copyOf(environment);
        if (argv.isEmpty()) {
            throw new IllegalArgumentException("argv is empty: name at least the program");
        }
        if (!directory.isAbsolute()) {
            throw new IllegalArgumentException("working directory is not absolute: " + directory);
        }
    }

    /** Returns the program: the first word of the command. */
    public Path program() {
        return Path.of(argv.get(0));
    }

    /** Returns whether one of the words is the path of a file, absolute or relative to the working directory. */
    public boolean names(Path file) {
        return argv.stream()
                .anyMatch(word -> directory.resolve(word).normalize().equals(file));
    }
}
