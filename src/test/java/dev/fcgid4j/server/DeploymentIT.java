/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.failure.ConfigurationException;
import dev.fcgid4j.testkit.TestApplication;
import dev.fcgid4j.testkit.TestSite;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Other people's ways to say that there is a new version. */
class DeploymentIT {

    @TempDir
    private Path root;

    private Path script;

    @BeforeEach
    void install() throws Exception {
        script = TestApplication.PERL_CORE.install(root);
    }

    private static String pid(TestSite site) throws Exception {
        String[] words = site.get("/core-pl.fcgi").body().split(" ", 2);
        assertThat(words[0]).matches("\\d+");
        return words[0];
    }

    private void edit() throws Exception {
        Files.writeString(script, Files.readString(script) + "# edited\n");
    }

    @Test
    void triggerReloadsBesideTheWatchedFiles() throws Exception {
        Files.createDirectories(root.resolve("tmp"));
        Files.writeString(root.resolve(".htaccess"), "FcgidReloadTrigger tmp/restart.txt\n");
        try (TestSite site = TestSite.start(root, "AllowOverride All")) {
            String first = pid(site);

            Files.writeString(root.resolve("tmp/restart.txt"), "");
            String second = pid(site);
            edit();
            String third = pid(site);

            assertThat(second).isNotEqualTo(first);
            assertThat(third).isNotEqualTo(second);
            assertThat(pid(site)).isEqualTo(third);
        }
    }

    @Test
    void triggerAloneLeavesEditsForLater() throws Exception {
        try (TestSite site = TestSite.start(root, "FcgidReloadTrigger tmp/restart.txt only")) {
            String first = pid(site);
            edit();
            assertThat(pid(site)).isEqualTo(first);

            Files.createDirectories(root.resolve("tmp"));
            Files.writeString(root.resolve("tmp/restart.txt"), "");

            assertThat(pid(site)).isNotEqualTo(first);
        }
    }

    @Test
    void globsNameFilesThatNoProcessReports() throws Exception {
        Files.createDirectories(root.resolve("views/users"));
        Path view = Files.writeString(root.resolve("views/users/show.tmpl"), "1");
        try (TestSite site = TestSite.start(root, "FcgidWatch views/**/*.tmpl *.ini")) {
            String first = pid(site);

            Files.writeString(view, "2");
            String afterEdit = pid(site);
            Files.writeString(root.resolve("views/index.tmpl"), "new");
            String afterNew = pid(site);
            Files.createDirectories(root.resolve("views/orders"));
            Files.writeString(root.resolve("views/orders/list.tmpl"), "new");
            String afterDirectory = pid(site);
            Files.writeString(root.resolve("app.ini"), "x");
            String afterTop = pid(site);
            Files.writeString(root.resolve("views/notes.txt"), "no view");
            Files.writeString(root.resolve("views/users/notes.txt"), "no view");

            assertThat(pid(site)).isEqualTo(afterTop);
            assertThat(Set.of(first, afterEdit, afterNew, afterDirectory, afterTop))
                    .hasSize(5);
        }
    }

    @Test
    void fileThatIsBeingWrittenIsNoChangeUntilItIsClosed() throws Exception {
        try (TestSite site = TestSite.start(root, "")) {
            String first = pid(site);
            byte[] text = Files.readAllBytes(script);
            try (FileChannel open = FileChannel.open(script, StandardOpenOption.WRITE)) {
                open.write(ByteBuffer.wrap(text, 0, 10));
                assertThat(pid(site)).isEqualTo(first);
                open.write(ByteBuffer.wrap(text, 10, text.length - 10), 10);
                assertThat(pid(site)).isEqualTo(first);
            }

            assertThat(pid(site)).isNotEqualTo(first);
        }
    }

    @Test
    void settleTimeWaitsUntilNothingMoreChanges() throws Exception {
        try (TestSite site = TestSite.start(root, "FcgidSettleTime 1")) {
            String first = pid(site);
            edit();
            assertThat(pid(site)).as("within the settle time").isEqualTo(first);

            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (pid(site).equals(first)) {
                assertThat(System.nanoTime() - deadline).as("replaced in time").isNegative();
            }
        }
    }

    /** The library that the script loads, and the script, in a new version. */
    private void deploy(String what, int version) throws Exception {
        Path fresh = root.resolve("fresh");
        if (what.equals("script")) {
            String text = Files.readString(Path.of("src/test/workers/core.pl"))
                    .replace("my $served = 0;", "my $served = 0; use lib 'lib'; use M;")
                    .replace("\"$$ $served\"", "\"$$ script " + version + " library \" . M::v()");
            TestSite.script(fresh, text);
            Files.move(fresh, script, StandardCopyOption.ATOMIC_MOVE);
        } else {
            Files.writeString(fresh, "package M; sub v { " + version + " } 1;");
            Files.createDirectories(root.resolve("lib"));
            Files.move(fresh, root.resolve("lib/M.pm"), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"library", "script library", "library script"})
    void settleTimeHoldsForLoadedFilesToo(String edits) throws Exception {
        deploy("library", 1);
        deploy("script", 1);
        try (TestSite site = TestSite.start(root, "FcgidSettleTime 1\nFcgidMaxProcessesPerClass 1")) {
            String first = site.get("/core-pl.fcgi").body();
            assertThat(first).endsWith("script 1 library 1");
            assertThat(site.get("/core-pl.fcgi").body()).isEqualTo(first);
            for (String what : edits.split(" ", 0)) {
                deploy(what, 2);
                assertThat(site.get("/core-pl.fcgi").body())
                        .as("within the settle time: %s", what)
                        .isEqualTo(first);
            }

            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            String seen = site.get("/core-pl.fcgi").body();
            while (seen.equals(first)) {
                assertThat(System.nanoTime() - deadline).as("replaced in time").isNegative();
                seen = site.get("/core-pl.fcgi").body();
            }
            assertThat(seen).endsWith("script " + (edits.contains("script") ? 2 : 1) + " library 2");
            assertThat(site.snapshot().classes().get(0).started())
                    .as("all at once")
                    .isEqualTo(2);
        }
    }

    @Test
    void triggerAloneWatchesNoPatternEither() throws Exception {
        Path view = Files.writeString(root.resolve("a.tmpl"), "1");
        try (TestSite site = TestSite.start(root, "FcgidReloadTrigger restart.txt only\nFcgidWatch *.tmpl")) {
            String first = pid(site);
            Files.writeString(view, "2");
            assertThat(pid(site)).isEqualTo(first);

            Files.writeString(root.resolve("restart.txt"), "");
            assertThat(pid(site)).isNotEqualTo(first);
        }
    }

    @Test
    void classIsRecycledByACallAndByAPost() throws Exception {
        try (TestSite site = TestSite.start(root, "")) {
            String first = pid(site);

            HttpRequest post = site.to("/fcgid-status?recycle=/core-pl.fcgi")
                    .POST(HttpRequest.BodyPublishers.ofString("x", StandardCharsets.UTF_8))
                    .build();
            assertThat(site.send(post).statusCode()).isEqualTo(303);
            String second = pid(site);
            assertThat(site.manager().recycle("/core-pl.fcgi")).isTrue();
            String third = pid(site);

            assertThat(Set.of(first, second, third)).hasSize(3);
            assertThat(site.manager().recycle("/unknown.fcgi")).isFalse();
            assertThat(site.get("/fcgid-status").body()).contains("recycled by request", second);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FcgidReloadTrigger a b",
                "FcgidWatch",
                "FcgidWatch ../x",
                "FcgidReplace now",
                "FcgidWarmup ping",
                "FcgidCanary 99%",
                "FcgidIdleTimeot 5",
                "<Files x>\nFcgidIdleTimeout 5\n</Files>"
            })
    void mistakesInTheseDirectivesSayWhatWasExpected(String mistake) {
        assertThatThrownBy(() -> TestSite.start(root, mistake))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageMatching("(?s).*:[12]: Fcgid\\w+(: (expected|no pattern).*| is not known.*)");
    }
}
