/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import dev.fcgid4j.process.ProcessCommand;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Finds the interpreters on this machine that the example site uses.
 *
 * <p>Stateless. Threading: reads the disk.
 */
final class InstalledInterpreters {

    /**
     * An interpreter.
     *
     * @param language as the report names it
     * @param program the name of its executable
     * @param hint what to do if it is missing
     */
    private record Interpreter(String language, String program, String hint) {}

    private static final List<Interpreter> ALL = List.of(
            new Interpreter("Perl", "perl", "install perl"),
            new Interpreter("Python 3", "python3", "install python3"),
            new Interpreter("PHP", "php-cgi", "install php-cgi"),
            new Interpreter("Ruby", "ruby", "install ruby"));

    private InstalledInterpreters() {}

    /** Returns a program on the PATH of workers, whatever the PATH of this process is. */
    static Optional<Path> find(String program) {
        for (String folder : ProcessCommand.SEARCH_PATH.split(":", -1)) {
            Path candidate = Path.of(folder).resolve(program);
            if (Files.isExecutable(candidate) && Files.isRegularFile(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    /** Prints a line for each interpreter: its path, or how to install it. */
    static void report(PrintStream out) {
        for (Interpreter each : ALL) {
            String found = find(each.program()).map(Path::toString).orElse("not found; " + each.hint());
            out.printf("  %-9s %s%n", each.language(), found);
        }
    }
}
