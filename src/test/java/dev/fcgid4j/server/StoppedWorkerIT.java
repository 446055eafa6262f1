/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.TestApplication;
import dev.fcgid4j.testkit.TestSite;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real worker that the server stops in the middle of its request. */
class StoppedWorkerIT {

    @TempDir
    private Path root;

    @Test
    void hungRequestOnAKeptConnectionIsRunInOneWorkerOnly() throws Exception {
        TestApplication.PERL_CORE.install(root);
        try (TestSite site = TestSite.start(root, "FcgidBusyTimeout 1\nEventLoops 1")) {
            assertThat(site.get("/core-pl.fcgi").statusCode()).isEqualTo(200); // its connection is kept

            assertThat(site.get("/core-pl.fcgi?op=sleep&n=600000").statusCode()).isEqualTo(504);

            assertThat(site.snapshot().classes()).singleElement().satisfies(each -> {
                assertThat(each.started()).isOne();
                assertThat(each.requests()).isEqualTo(2);
            });
        }
    }
}
