/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.TestApplication;
import dev.fcgid4j.testkit.TestSite;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The promises: no answer from old code, no lost request. */
class PromisesIT {

    private static final int CLIENTS = 4;

    @TempDir
    private Path root;

    @Test
    void noAnswerIsOlderThanTheLastCompletedEditAndNoRequestIsLost() throws Exception {
        Path source = TestApplication.PERL_CORE.install(root);
        String template = Files.readString(source).replace("\"$$ $served\"", "\"version @VERSION@\"");
        Path script = root.resolve("edited.fcgi");
        TestSite.script(script, template.replace("@VERSION@", "0"));
        AtomicInteger completed = new AtomicInteger();
        AtomicInteger running = new AtomicInteger(1);
        try (TestSite site = TestSite.start(root, "FcgidMaxProcessesPerClass 4")) {
            ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
            List<Future<Integer>> results = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                results.add(clients.submit(() -> {
                    int answers = 0;
                    while (running.get() == 1) {
                        int least = completed.get();
                        HttpResponse<String> response = site.get("/edited.fcgi");
                        assertThat(response.statusCode())
                                .as("after edit %d", least)
                                .isEqualTo(200);
                        assertThat(Integer.parseInt(response.body().substring("version ".length())))
                                .isGreaterThanOrEqualTo(least);
                        answers++;
                    }
                    return answers;
                }));
            }
            for (int version = 1; version <= 300; version++) {
                byte[] text =
                        template.replace("@VERSION@", Integer.toString(version)).getBytes(StandardCharsets.UTF_8);
                if (version % 2 == 0) {
                    overwrite(script, text);
                } else {
                    Path fresh = root.resolve("edited.new");
                    Files.write(fresh, text);
                    Files.setPosixFilePermissions(fresh, Files.getPosixFilePermissions(script));
                    Files.move(fresh, script, StandardCopyOption.ATOMIC_MOVE);
                }
                completed.set(version);
                assertThat(site.get("/edited.fcgi").body()).isEqualTo("version " + version);
            }
            running.set(0);
            clients.shutdown();
            for (Future<Integer> result : results) {
                assertThat(result.get(60, TimeUnit.SECONDS)).isPositive();
            }
        }
    }

    /** In place. The system refuses while it is executing the script for a worker that starts just then. */
    private static void overwrite(Path script, byte[] text) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            try {
                Files.write(script, text);
                return;
            } catch (FileSystemException e) {
                if (!String.valueOf(e.getReason()).contains("Text file busy") || System.nanoTime() - deadline > 0) {
                    throw e;
                }
            }
        }
    }

    @Test
    void workersThatExitBetweenTwoRequestsCostNoRequest() throws Exception {
        TestApplication.PHP.install(root);
        try (TestSite site =
                TestSite.start(root, TestApplication.PHP.directives() + "\nFcgidInitialEnv PHP_FCGI_MAX_REQUESTS 20")) {
            ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
            List<Future<Integer>> results = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                results.add(clients.submit(() -> {
                    int answered = 0;
                    for (int n = 0; n < 500; n++) {
                        answered += site.get("/app.php").statusCode() == 200 ? 1 : 0;
                    }
                    return answered;
                }));
            }
            int answered = 0;
            for (Future<Integer> result : results) {
                answered += result.get(120, TimeUnit.SECONDS);
            }
            clients.shutdown();

            assertThat(answered).isEqualTo(2000);
            assertThat(site.snapshot().classes().get(0).started()).isGreaterThan(90);
        }
    }

    @Test
    void twoHundredRequestsOnAColdClassAreAnsweredByAtMostEightWorkers() throws Exception {
        TestApplication.PERL_CORE.install(root);
        try (TestSite site = TestSite.start(root, "FcgidMaxProcessesPerClass 8")) {
            long began = System.nanoTime();
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                answers.add(site.client()
                        .sendAsync(
                                site.to("/core-pl.fcgi?op=sleep&n=20").build(), HttpResponse.BodyHandlers.ofString()));
            }
            for (CompletableFuture<HttpResponse<String>> answer : answers) {
                assertThat(answer.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            }
            // For people; the machine's speed decides no test.
            System.out.printf("200 requests on a cold class of 8: %d ms%n", (System.nanoTime() - began) / 1_000_000);

            assertThat(site.snapshot().classes().get(0).started()).isBetween(1L, 8L);
        }
    }

    @Test
    void workerThatDiesInItsRequestIsA502AndTheNextRequestIsServed() throws Exception {
        TestApplication.PERL_CORE.install(root);
        try (TestSite site = TestSite.start(root, "")) {
            assertThat(site.get("/core-pl.fcgi").statusCode()).isEqualTo(200);
            assertThat(site.get("/core-pl.fcgi?op=die").statusCode()).isEqualTo(502);
            assertThat(site.get("/core-pl.fcgi").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void scriptsThatCanNotStartAre502() throws Exception {
        TestSite.script(root.resolve("no-interpreter.fcgi"), "#!/no/such/interpreter\n");
        TestSite.script(root.resolve("exits.fcgi"), "#!/bin/sh\nexit 3\n");
        Files.writeString(root.resolve("not-executable.fcgi"), "#!/bin/sh\n");
        try (TestSite site = TestSite.start(root, "")) {
            assertThat(site.get("/no-interpreter.fcgi").statusCode()).isEqualTo(502);
            assertThat(site.get("/exits.fcgi").statusCode()).isEqualTo(502);
            assertThat(site.get("/not-executable.fcgi").statusCode()).isEqualTo(502);
        }
    }

    @Test
    void twoLinesOfHtaccessMakeAnyExtensionAScript() throws Exception {
        Path script = TestApplication.PERL_CORE.install(root);
        Files.move(script, root.resolve("page.rb"));
        Files.copy(root.resolve("page.rb"), root.resolve("copy.rb.bak"));
        try (TestSite site = TestSite.start(root, "")) {
            assertThat(site.get("/page.rb").statusCode()).isEqualTo(403);

            Files.writeString(root.resolve(".htaccess"), "<Files *.rb>\n  SetHandler fcgid-script\n");

            assertThat(site.get("/page.rb").statusCode()).isEqualTo(200);
            assertThat(site.get("/copy.rb.bak").statusCode()).isEqualTo(403);
            assertThat(site.get("/.htaccess").statusCode()).isEqualTo(404);

            Files.delete(root.resolve(".htaccess"));

            assertThat(site.get("/page.rb").statusCode()).isEqualTo(403);
        }
    }

    @Test
    void silentWorkerIsA504AndIsReplaced() throws Exception {
        TestApplication.PERL_CORE.install(root);
        try (TestSite site = TestSite.start(root, "FcgidIOTimeout 1\nFcgidErrorScanInterval 1")) {
            assertThat(site.get("/core-pl.fcgi?op=sleep&n=600000").statusCode()).isEqualTo(504);
            assertThat(site.get("/core-pl.fcgi").statusCode()).isEqualTo(200);
        }
        try (TestSite site = TestSite.start(root, "FcgidBusyTimeout 1")) {
            assertThat(site.get("/core-pl.fcgi?op=sleep&n=600000").statusCode()).isEqualTo(504);
        }
    }

    @Test
    void fullLineIsA503ThatSaysWhenToTryAgain() throws Exception {
        TestApplication.PERL_CORE.install(root);
        try (TestSite site = TestSite.start(root, "FcgidMaxProcessesPerClass 1\nFcgidQueueLength 0")) {
            HttpResponse<InputStream> running = site.client()
                    .send(site.to("/core-pl.fcgi?op=flush").build(), HttpResponse.BodyHandlers.ofInputStream());
            assertThat(running.body().readNBytes(5)).hasSize(5);

            HttpResponse<String> refused = site.get("/core-pl.fcgi");

            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("retry-after")).isPresent();
            Files.createFile(root.resolve("go-on"));
            assertThat(running.body().readAllBytes()).hasSize(6);
        }
    }

    @Test
    void idleWorkerIsStoppedAfterItsTimeoutWithoutAnyRequest() throws Exception {
        TestApplication.PERL_CORE.install(root);
        try (TestSite site = TestSite.start(root, "FcgidIdleTimeout 1")) {
            assertThat(site.get("/core-pl.fcgi").statusCode()).isEqualTo(200);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (site.snapshot().processes() > 0) {
                assertThat(System.nanoTime() - deadline).as("stopped in time").isNegative();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
            assertThat(site.snapshot().classes().get(0).lastDeaths())
                    .singleElement()
                    .satisfies(d -> assertThat(d.reason()).isEqualTo("idle timeout"));
        }
    }
}
