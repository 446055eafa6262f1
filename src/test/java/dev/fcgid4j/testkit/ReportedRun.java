/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that was run to its end, and what it said. */
public record ReportedRun(String stdout, String stderr, int exit) {

    /** One line of a report. */
    public record Loaded(long now, long mtime, long ctime, long size, long inode, String content, Path path) {

        static Loaded parse(String line) {
            String[] fields = line.split("\t", -1);
            assertThat(fields).as("fields of %s", line).hasSize(7);
            return new Loaded(
                    Long.parseLong(fields[0]),
                    Long.parseLong(fields[1]),
                    Long.parseLong(fields[2]),
                    Long.parseLong(fields[3]),
                    Long.parseLong(fields[4]),
                    fields[5],
                    Path.of(fields[6]).normalize());
        }
    }

    /** Runs a command in a folder with this environment and no other. */
    public static ReportedRun of(Path folder, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile("fcgid4j-", ".out");
        Path err = Files.createTempFile("fcgid4j-", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            assertThat(process.waitFor(60, TimeUnit.SECONDS))
                    .as("%s ends", command)
                    .isTrue();
            return new ReportedRun(text(out), text(err), process.exitValue());
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** The lines of a report. */
    public static List<Loaded> report(Path file) throws IOException {
        String text = text(file);
        assertThat(text)
                .satisfiesAnyOf(t -> assertThat(t).isEmpty(), t -> assertThat(t).endsWith("\n"));
        return text.lines().map(Loaded::parse).toList();
    }

    /** What a program sees besides what a test gives to it. */
    public static Map<String, String> environment(Map<String, String> own) {
        Map<String, String> environment = new HashMap<>(Map.of("PATH", "/usr/bin:/bin", "LC_ALL", "C.UTF-8"));
        environment.putAll(own);
        return environment;
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
