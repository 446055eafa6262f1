/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.fcgid4j.testkit.LogCapture;
import dev.fcgid4j.testkit.TestSite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator reads when applications can't be started: a line for each try, and what to do. */
class FailedStartsIT {

    private static final int REQUESTS = 30;
    private static final Pattern PID = Pattern.compile("/exits\\.fcgi\\[(\\d+)]");

    @TempDir
    private Path root;

    @Test
    void programThatEndsAtOnceIsOneWarningForEachTry() throws Exception {
        TestSite.script(root.resolve("exits.fcgi"), "#!/bin/sh\nexit 3\n");
        try (LogCapture log = LogCapture.of("dev.fcgid4j");
                TestSite site = TestSite.start(root, "")) {
            for (int i = 0; i < REQUESTS; i++) {
                assertThat(site.get("/exits.fcgi").statusCode()).isEqualTo(502);
            }

            long tries = site.snapshot().classes().get(0).started();
            assertThat(tries).isBetween(1L, REQUESTS - 1L);
            assertThat(log.lines(Level.WARN))
                    .hasSize((int) tries)
                    .doesNotHaveDuplicates()
                    .allMatch(line -> line.contains("exit code 3") && line.contains("by hand"));
            assertThat(log.lines(Level.DEBUG).stream().filter(line -> line.contains("GET /exits.fcgi is answered 502")))
                    .hasSize(REQUESTS);
        }
    }

    @Test
    void processIsStartedBeforeItEndsInTheLogToo() throws Exception {
        TestSite.script(root.resolve("exits.fcgi"), "#!/bin/sh\nexit 3\n");
        try (LogCapture log = LogCapture.of("dev.fcgid4j")) {
            for (int i = 0; i < 20; i++) {
                try (TestSite site = TestSite.start(root, "")) {
                    assertThat(site.get("/exits.fcgi").statusCode()).isEqualTo(502);
                }
            }

            List<String> named = log.lines().stream()
                    .filter(line -> PID.matcher(line).find())
                    .toList();
            assertThat(named).isNotEmpty().noneMatch(line -> line.contains("[0]"));
            assertThat(named.stream().map(FailedStartsIT::pid).distinct()).allSatisfy(pid -> assertThat(named.stream()
                            .filter(line -> pid(line).equals(pid))
                            .findFirst()
                            .orElseThrow())
                    .startsWith("started "));
        }
    }

    @Test
    void programThatCanNotBeExecutedIsAWarningForEachTryAndNotForEachRequest() throws Exception {
        Files.writeString(root.resolve("not-executable.fcgi"), "#!/bin/sh\n");
        try (LogCapture log = LogCapture.of("dev.fcgid4j");
                TestSite site = TestSite.start(root, "")) {
            for (int i = 0; i < REQUESTS; i++) {
                assertThat(site.get("/not-executable.fcgi").statusCode()).isEqualTo(502);
            }

            assertThat(log.lines(Level.WARN))
                    .hasSizeBetween(1, REQUESTS - 1)
                    .allMatch(line -> line.contains("can't be started") && line.contains("chmod +x"));
        }
    }

    private static String pid(String line) {
        return PID.matcher(line).results().map(MatchResult::group).findFirst().orElseThrow();
    }
}
