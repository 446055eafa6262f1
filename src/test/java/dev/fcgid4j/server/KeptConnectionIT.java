/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.status.EventLog;
import dev.fcgid4j.testkit.LogCapture;
import dev.fcgid4j.testkit.TestApplication;
import dev.fcgid4j.testkit.TestSite;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real program whose threads share a lock around their accept, so that it does not read a kept connection. */
class KeptConnectionIT {

    private static final String URL = "/threaded.fcgi";
    /** While this runs, another thread takes the lock and waits in accept. */
    private static final String LONG_ENOUGH = URL + "?op=sleep&n=100";

    private static final String LIMITS = "FcgidMaxProcessesPerClass 1\nFcgidIOTimeout 10\nEventLoops 1\n";

    @TempDir
    private Path root;

    @BeforeEach
    void install() throws Exception {
        TestApplication.installThreaded("threaded.c", root.resolve("threaded.fcgi"));
    }

    @Test
    void requestThatIsNotReadIsAnsweredOnANewConnection() throws Exception {
        try (LogCapture log = LogCapture.of(EventLog.LOGGER);
                TestSite site = TestSite.start(root, LIMITS)) {
            String worker = site.get(LONG_ENOUGH).body();

            for (int i = 0; i < 3; i++) {
                assertThat(site.get(LONG_ENOUGH).body()).isEqualTo(worker);
            }

            assertThat(log.lines().stream().filter(line -> line.contains("FcgidKeepConnection Off")))
                    .hasSize(1);
        }
    }

    @Test
    void requestThatIsReadMaySleepLongerThanTheCheckTakes() throws Exception {
        try (TestSite site = TestSite.start(root, LIMITS)) {
            String worker = site.get(URL + "?op=sleep&n=700").body();

            assertThat(site.get(URL + "?op=sleep&n=700").body()).isEqualTo(worker);
        }
    }

    @Test
    void classThatKeepsNoConnectionsIsNeverSuspect() throws Exception {
        try (LogCapture log = LogCapture.of(EventLog.LOGGER);
                TestSite site = TestSite.start(root, LIMITS + "FcgidKeepConnection Off")) {
            for (int i = 0; i < 3; i++) {
                assertThat(site.get(LONG_ENOUGH).statusCode()).isEqualTo(200);
            }

            assertThat(log.lines()).noneMatch(line -> line.contains("FcgidKeepConnection"));
        }
    }
}
