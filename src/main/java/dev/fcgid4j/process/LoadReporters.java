/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

import static java.util.Objects.requireNonNull;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A few lines each of Perl, Python, Ruby and PHP that make a process note which files it loads, put into it by its
 * environment alone: the script stays as it is, and what the site sets in the same variables goes on working.
 *
 * <p>Other languages may append paths, one a line, to the file that {@code FCGID_WATCH_FILE} names.
 *
 * <p>Threading: immutable after {@link #unpack}.
 */
final class LoadReporters {

    private static final List<String> FILES = List.of(
            "perl/Fcgid4j/Report.pm",
            "python/sitecustomize.py",
            "ruby/fcgid4j_report.rb",
            "php/report.php",
            "php/none.php");

    private final Path directory;

    private LoadReporters(Path directory) {
        this.directory = directory;
    }

    /** Writes the reporters below a private directory, whose path has no spaces. */
    static LoadReporters unpack(Path parent) throws IOException {
        Path directory = parent.resolve("reporters");
        for (String file : FILES) {
            Path target = directory.resolve(file);
            Files.createDirectories(requireNonNull(target.getParent(), "parent"));
            Files.write(target, read(file));
        }
        Path ini = Files.createDirectories(directory.resolve("php/ini"));
        Files.writeString(
                ini.resolve("fcgid4j.ini"), "auto_prepend_file=\"" + directory.resolve("php/report.php") + "\"\n");
        return new LoadReporters(directory);
    }

    /**
     * An environment in which processes note what they load.
     *
     * @param environment what the site configured; its values are kept and come where its language expects them
     * @param report the file to note it in
     */
    Map<String, String> inject(Map<String, String> environment, Path report) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("FCGID_WATCH_FILE", report.toString());
        all.merge("PERL5OPT", "-I" + directory.resolve("perl") + " -MFcgid4j::Report", (own, ours) -> ours + " " + own);
        all.merge("PYTHONPATH", directory.resolve("python").toString(), (own, ours) -> ours + ":" + own);
        all.merge("RUBYOPT", "-r" + directory.resolve("ruby/fcgid4j_report.rb"), (own, ours) -> ours + " " + own);
        // An empty entry stands for the directory that PHP was built with.
        String php = directory.resolve("php/ini").toString();
        all.merge("PHP_INI_SCAN_DIR", ":" + php, (own, ours) -> own + ":" + php);
        return all;
    }

    private static byte[] read(String name) throws IOException {
        try (InputStream in = LoadReporters.class.getResourceAsStream("reporters/" + name)) {
            if (in == null) {
                throw new FileNotFoundException("the library lacks reporters/" + name);
            }
            return in.readAllBytes();
        }
    }
}
