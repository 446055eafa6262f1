/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.TestApplication;
import dev.fcgid4j.testkit.TestSite;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are away between two steps of a deployment: no request fails for it. */
class AwayFilesIT {

    private static final String LONG = "\nFcgidQuietTime 100\nFcgidMaxProcessesPerClass 1";

    @TempDir
    private Path temp;

    private Path root;
    private Path library;

    @BeforeEach
    void install() throws Exception {
        root = temp.toRealPath();
        library = Files.createDirectory(root.resolve("lib")).resolve("M.pm");
        library(1);
        script("use M;", "M::v()");
    }

    private void script(String use, String version) throws IOException {
        TestSite.script(
                root.resolve("app.fcgi"),
                Files.readString(Path.of("src/test/workers/core.pl"))
                        .replace("my $served = 0;", "my $served = 0; use lib 'lib'; " + use)
                        .replace("\"$$ $served\"", "\"$$ \" . " + version));
    }

    private void library(int version) throws IOException {
        Files.writeString(library, "package M; sub v { " + version + " } 1;");
    }

    private static String[] ask(TestSite site) throws Exception {
        HttpResponse<String> response = site.get("/app.fcgi");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body().split(" ");
    }

    /**
     * Returns the only process when it has certainly loaded the present files. A process that has loaded a file right after
     * its change may be replaced.
     */
    private static String stablePid(TestSite site) throws Exception {
        String pid = "";
        while (true) {
            String again = ask(site)[0];
            if (again.equals(pid)) {
                return pid;
            }
            pid = again;
            until("its files are verified", () -> site.snapshot().classes().get(0).workers().stream()
                    .allMatch(worker -> worker.state().equals("idle")));
        }
    }

    private static CompletableFuture<HttpResponse<String>> begin(TestSite site, String path) {
        return site.client().sendAsync(site.to(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as(what).isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"FcgidInotify On", "FcgidInotify Off\nFcgidWatchInterval 0.05"})
    void workerWithAMissingLoadedFileServesUntilItReturns(String watching) throws Exception {
        try (TestSite site = TestSite.start(root, watching + LONG)) {
            String pid = stablePid(site);
            long started = site.snapshot().classes().get(0).started();

            Files.delete(library);
            for (int i = 0; i < 20; i++) {
                assertThat(ask(site)).containsExactly(pid, "1");
            }
            library(2);
            until("the new version serves", () -> {
                try {
                    String[] seen = ask(site);
                    return !seen[0].equals(pid) && seen[1].equals("2");
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(site.snapshot().classes().get(0).started()).isGreaterThan(started);
        }
    }

    @Test
    void returnedFileCountsAtOnce() throws Exception {
        try (TestSite site = TestSite.start(root, LONG)) {
            for (int version = 2; version < 20; version++) {
                String pid = stablePid(site);
                Files.delete(library);
                if (version % 3 != 0) { // otherwise no request comes while it is missing
                    assertThat(ask(site)).containsExactly(pid, Integer.toString(version - 1));
                }
                library(version);
                assertThat(ask(site)[1]).isEqualTo(Integer.toString(version));
            }
        }
    }

    @Test
    void aRequestThatNeedsAProcessWaitsUntilTheFolderIsBack() throws Exception {
        try (TestSite site = TestSite.start(root, LONG)) {
            String pid = ask(site)[0];

            Files.move(root.resolve("lib"), root.resolve("old"));
            CompletableFuture<HttpResponse<String>> waiting = begin(site, "/app.fcgi");
            until("it waits", () -> site.snapshot().classes().get(0).waiting() == 1);
            Files.createDirectory(root.resolve("lib")); // not yet with the file
            until(
                    "the old process is gone",
                    () -> site.snapshot().classes().get(0).workers().isEmpty());
            assertThat(waiting).isNotDone();
            library(2);

            HttpResponse<String> response = waiting.get(30, TimeUnit.SECONDS);
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(response.body()).endsWith(" 2").doesNotStartWith(pid + " ");
            assertThat(site.snapshot().classes().get(0).started()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/app.fcgi", "/"})
    void aRequestWaitsForTheScriptItself(String path) throws Exception {
        Files.writeString(root.resolve("index.html"), "the next index");
        try (TestSite site = TestSite.start(root, LONG + "\nDirectoryIndex app.fcgi index.html")) {
            String pid = site.get(path).body().split(" ", 2)[0];
            Path script = root.resolve("app.fcgi");
            String text = Files.readString(script);

            Files.delete(script);
            CompletableFuture<HttpResponse<String>> waiting = begin(site, path);
            until("its process is gone", () -> site.snapshot().classes().stream()
                    .allMatch(each -> each.workers().isEmpty()));
            assertThat(waiting).isNotDone();
            Path fresh = root.resolve("fresh");
            TestSite.script(fresh, text);
            Files.move(fresh, script);

            HttpResponse<String> response = waiting.get(30, TimeUnit.SECONDS);
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(response.body()).doesNotStartWith(pid + " ");
        }
    }

    @Test
    void aRequestWaitsForAFileThatOnlyAPatternNames() throws Exception {
        Files.writeString(root.resolve("part.inc"), "<?php return 'one';");
        Files.writeString(root.resolve("page.php"), "<?php echo require './part.inc';");
        try (TestSite site = TestSite.start(root, TestApplication.PHP.directives() + LONG + "\nFcgidWatch *.inc")) {
            assertThat(site.get("/page.php").body()).isEqualTo("one");

            Files.delete(root.resolve("part.inc"));
            CompletableFuture<HttpResponse<String>> waiting = begin(site, "/page.php");
            until(
                    "it waits",
                    () -> site.snapshot().classes().get(0).waiting() == 1
                            && site.snapshot().classes().get(0).workers().isEmpty());
            Files.writeString(root.resolve("part.inc"), "<?php return 'two';");

            assertThat(waiting.get(30, TimeUnit.SECONDS).body()).isEqualTo("two");
            assertThat(site.snapshot().classes().get(0).requests())
                    .as("none failed")
                    .isEqualTo(2);
        }
    }

    @Test
    void aScriptThatIsGoneForGoodIsNotFound() throws Exception {
        try (TestSite site = TestSite.start(root, "FcgidQuietTime 0.2")) {
            ask(site);
            Files.delete(root.resolve("app.fcgi"));

            assertThat(site.get("/app.fcgi").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void aRequestWaitsForItsProgramToo() throws Exception {
        Path program = root.resolve("bin/app");
        Files.createDirectory(program.getParent());
        Files.copy(root.resolve("app.fcgi"), program, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(root.resolve("page.x"), "served by the program");
        try (TestSite site =
                TestSite.start(root, "FcgidWrapper " + program + " .x\nAddHandler fcgid-script .x" + LONG)) {
            assertThat(site.get("/page.x").body()).endsWith(" 1");
            byte[] text = Files.readAllBytes(program);

            Files.delete(program);
            CompletableFuture<HttpResponse<String>> waiting = begin(site, "/page.x");
            until("it waits", () -> site.snapshot().classes().get(0).waiting() == 1);
            Path fresh = Files.write(root.resolve("bin/fresh"), text);
            Files.setPosixFilePermissions(fresh, Files.getPosixFilePermissions(root.resolve("app.fcgi")));
            Files.move(fresh, program);

            HttpResponse<String> response = waiting.get(30, TimeUnit.SECONDS);
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        }
    }

    @Test
    void removedTriggerDelaysNoRequest() throws Exception {
        Path trigger = Files.createFile(root.resolve("restart.txt"));
        try (TestSite site = TestSite.start(root, "FcgidReloadTrigger restart.txt" + LONG)) {
            String pid = ask(site)[0];
            Files.delete(trigger);
            assertThat(ask(site)[0]).isNotEqualTo(pid);
        }
    }

    @Test
    void aFileThatDoesNotComeBackIsRemoved() throws Exception {
        script("eval { require M };", "(defined &M::v ? M::v() : 'without')");
        try (TestSite site = TestSite.start(root, "FcgidQuietTime 0.2")) {
            String pid = ask(site)[0];
            Files.delete(library);
            until("a process without it serves", () -> {
                try {
                    String[] seen = ask(site);
                    assertThat(seen[1]).isEqualTo(seen[0].equals(pid) ? "1" : "without");
                    return !seen[0].equals(pid);
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(site.get("/fcgid-status").body()).contains("a file it has loaded changed: " + library);
        }
    }

    @Test
    void aProcessThatNeedsAFileThatDoesNotComeBackCannotBeStarted() throws Exception {
        try (TestSite site = TestSite.start(root, "FcgidQuietTime 0.2")) {
            ask(site);
            Files.delete(library);
            until("it is missed", () -> {
                try {
                    HttpResponse<String> response = site.get("/app.fcgi");
                    assertThat(response.statusCode()).as(response.body()).isIn(200, 502);
                    return response.statusCode() == 502;
                } catch (IOException | InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            library(2);
            assertThat(ask(site)[1]).as("and it may be at once when it is back").isEqualTo("2");
        }
    }
}
