/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.LogCapture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How often a warning about a file is logged. */
class HtaccessFilesTest {

    private final LogCapture log = LogCapture.of(HtaccessFiles.class.getName());
    private final HtaccessFiles files = new HtaccessFiles();

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void sameWarningIsLoggedOnce() {
        files.warn("a mistake");
        files.warn("a mistake");

        assertThat(log.lines()).containsExactly("a mistake");
    }

    @Test
    void afterOneMebibyteOfWarningsTheSameWarningIsLoggedAgain() {
        files.warn("a mistake");
        files.warn("x".repeat(1 << 20));

        files.warn("a mistake");

        assertThat(log.lines()).hasSize(3).endsWith("a mistake");
    }
}
