/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import java.io.File;
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

    /** The program of this name in the usual folders and on the PATH. */
    static Optional<Path> find(String program) {
        String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/local/bin"
                + File.pathSeparator + "/usr/bin";
        for (String folder : path.split(File.pathSeparator, -1)) {
            Path candidate = Path.of(folder).resolve(program);
            if (candidate.isAbsolute() && Files.isExecutable(candidate) && Files.isRegularFile(candidate)) {
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
