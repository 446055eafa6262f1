/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.Interpreters;
import dev.fcgid4j.testkit.TestApplication;
import dev.fcgid4j.testkit.TestSite;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What belongs together and what doesn't: process classes over real HTTP. */
class ClassesIT {

    @TempDir
    private Path root;

    private static String pid(TestSite site, String page) throws Exception {
        String[] words = site.get(page).body().split(" ", 2);
        assertThat(words[0]).as(page).matches("\\d+");
        return words[0];
    }

    @Test
    void changedHtaccessRetiresOnlyWorkersWhoseApplicationItChanges() throws Exception {
        Files.copy(TestApplication.PERL_CORE.install(root), root.resolve("other.fcgi"));
        Path htaccess = root.resolve(".htaccess");
        Files.writeString(htaccess, "<Files core-pl.fcgi>\n  FcgidInitialEnv A 1\n</Files>\n");
        try (TestSite site = TestSite.start(root, "AllowOverride All")) {
            String first = pid(site, "/core-pl.fcgi");
            String other = pid(site, "/other.fcgi");

            Files.writeString(htaccess, "<Files core-pl.fcgi>\n  FcgidInitialEnv A 2\n</Files>\n");

            assertThat(pid(site, "/other.fcgi")).isEqualTo(other);
            assertThat(pid(site, "/core-pl.fcgi")).isNotEqualTo(first);
            assertThat(site.get("/core-pl.fcgi?op=env").body()).doesNotContain("A=1");
        }
    }

    @Test
    void wrapperThatIsEditedRunsItsNewCode() throws Exception {
        TestApplication.PERL_CORE.install(root);
        String perl = Interpreters.required("perl");
        Path wrapper = root.resolve("wrapper");
        Files.move(root.resolve("core-pl.fcgi"), root.resolve("core.pl"));
        String text = "#!/bin/sh\nVERSION=1 exec " + perl + " core.pl\n";
        TestSite.script(wrapper, text);
        Files.writeString(root.resolve("page.x"), "data");
        try (TestSite site =
                TestSite.start(root, "AddHandler fcgid-script .x\nFcgidWrapper " + wrapper + " .x\nOptions +ExecCGI")) {
            String first = pid(site, "/page.x");
            Files.writeString(root.resolve("page.x"), "other data");
            assertThat(pid(site, "/page.x")).as("the page is data").isEqualTo(first);

            TestSite.script(wrapper, text.replace("VERSION=1", "VERSION=2"));

            assertThat(pid(site, "/page.x")).isNotEqualTo(first);
        }
    }

    @Test
    void idleWorkerOfOneClassMakesRoomForAnother() throws Exception {
        Files.copy(TestApplication.PERL_CORE.install(root), root.resolve("other.fcgi"));
        try (TestSite site = TestSite.start(root, "FcgidMaxProcesses 1")) {
            for (int i = 0; i < 10; i++) {
                pid(site, "/core-pl.fcgi");
                pid(site, "/other.fcgi");
                assertThat(site.snapshot().processes()).isLessThanOrEqualTo(1);
            }
            assertThat(site.snapshot().classes()).hasSize(2).allSatisfy(c -> {
                assertThat(c.started()).isEqualTo(10);
                assertThat(c.lastDeaths())
                        .allSatisfy(d -> assertThat(d.reason()).isEqualTo("made room for another class"));
            });
        }
    }

    @Test
    void processesAreReplacedAfterTheirRequests() throws Exception {
        TestApplication.PERL_CORE.install(root);
        try (TestSite site = TestSite.start(root, "FcgidMaxRequestsPerProcess 3")) {
            for (int i = 0; i < 9; i++) {
                assertThat(site.get("/core-pl.fcgi").body()).endsWith(" " + (i % 3 + 1));
            }
        }
    }
}
