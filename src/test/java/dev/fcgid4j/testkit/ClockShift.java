/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Lets programs see a folder as one on a file server whose clock is wrong (src/test/workers/clockshift.c). */
public record ClockShift(Path library, Path folder, long seconds) {

    /** Builds the library; skips the test, aloud, when there is no C compiler. */
    public static ClockShift of(Path folder, long seconds) throws Exception {
        Path compiler = Path.of("/usr/bin/gcc");
        if (!Files.isExecutable(compiler)) {
            System.out.println("skipped: a test needs gcc, which is not installed");
        }
        Assumptions.assumeTrue(Files.isExecutable(compiler), "gcc is not installed");
        Path built = Path.of("target/workers/clockshift.so").toAbsolutePath();
        Path source = Path.of("src/test/workers/clockshift.c").toAbsolutePath();
        Files.createDirectories(built.getParent());
        Process process = new ProcessBuilder(
                        compiler.toString(),
                        "-shared",
                        "-fPIC",
                        "-O1",
                        "-o",
                        built.toString(),
                        source.toString(),
                        "-ldl")
                .inheritIO()
                .start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isZero();
        return new ClockShift(built, folder.toRealPath(), seconds);
    }

    /** What a program's environment must have. */
    public Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD",
                library.toString(),
                "CLOCKSHIFT_BELOW",
                folder.toString(),
                "CLOCKSHIFT_SECONDS",
                Long.toString(seconds));
    }

    /** The same for the workers. */
    public List<String> directives() {
        return environment().entrySet().stream()
                .map(each -> "FcgidInitialEnv " + each.getKey() + " " + each.getValue())
                .toList();
    }
}
