/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import dev.fcgid4j.process.ProcessCommand;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Looks for the interpreters that the example site uses. */
final class Interpreters {

    private record Kind(String pages, String program, String hint) {}

    private static final List<Kind> KINDS = List.of(
            new Kind("Perl", "perl", "install perl"),
            new Kind("Python 3", "python3", "install python3"),
            new Kind("PHP", "php-cgi", "install php-cgi"),
            new Kind("Ruby", "ruby", "install ruby"));

    private Interpreters() {}

    /** The program of this name where a worker finds it, whatever the PATH of this process is. */
    static Optional<Path> find(String program) {
        for (String folder : ProcessCommand.SEARCH_PATH.split(":", -1)) {
            Path candidate = Path.of(folder).resolve(program);
            if (Files.isExecutable(candidate) && Files.isRegularFile(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    /** A line for each kind of page. */
    static void report(PrintStream out) {
        for (Kind kind : KINDS) {
            String found = find(kind.program()).map(Path::toString).orElse("not found; " + kind.hint());
            out.printf("  %-9s %s%n", kind.pages(), found);
        }
    }
}
