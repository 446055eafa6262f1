/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.observe.PoolSnapshot;
import dev.fcgid4j.testkit.TestApplication;
import dev.fcgid4j.testkit.TestSite;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The old generation serves until the new one is ready. */
class RollingIT {

    @TempDir
    private Path root;

    private Path script;
    private String template;

    @BeforeEach
    void install() throws Exception {
        script = TestApplication.PERL_CORE.install(root);
        template = Files.readString(script)
                .replace("\"$$ $served\"", "\"version @VERSION@\"")
                .replace("my $served = 0;", "my $served = 0; @BOOT@");
        deploy(0, "");
    }

    /** A version that runs this when it starts. */
    private void deploy(int version, String boot) throws Exception {
        Path fresh = root.resolve("fresh");
        TestSite.script(
                fresh, template.replace("@VERSION@", Integer.toString(version)).replace("@BOOT@", boot));
        Files.move(fresh, script, StandardCopyOption.ATOMIC_MOVE);
    }

    private static int version(TestSite site) throws Exception {
        HttpResponse<String> response = site.get("/core-pl.fcgi");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return Integer.parseInt(response.body().substring("version ".length()));
    }

    private static PoolSnapshot.ClassSnapshot seen(TestSite site) {
        return site.snapshot().classes().get(0);
    }

    private static void until(TestSite site, int version) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (version(site) != version) {
            assertThat(System.nanoTime() - deadline)
                    .as("version %d in time", version)
                    .isNegative();
        }
    }

    private static void untilRolloutSays(TestSite site, String text) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!seen(site).rollout().contains(text)) {
            assertThat(System.nanoTime() - deadline)
                    .as("%s in time, not: %s", text, seen(site).rollout())
                    .isNegative();
            version(site);
        }
    }

    @Test
    void answerOfTheOldGenerationStaysValidWhenANewOneBegins() throws Exception {
        try (TestSite site = TestSite.start(
                root,
                "FcgidReplace rolling\nFcgidWarmup /core-pl.fcgi?op=path\nFcgidMaxProcessesPerClass 1"
                        + "\nFcgidWatch *.ini\nFcgidQuietTime 100")) {
            assertThat(version(site)).isZero();
            deploy(1, "Time::HiRes::sleep(0.01) until -e 'go-on';");
            untilRolloutSays(site, "generation 1 is being tried; generation 0 serves");
            long before = seen(site).requests();

            for (int i = 0; i < 5; i++) {
                assertThat(version(site)).isZero();
            }

            assertThat(seen(site).requests()).as("each was run once").isEqualTo(before + 5);
            Files.createFile(root.resolve("go-on"));
            until(site, 1);
        }
    }

    @Test
    void oldGenerationServesWhileTheNewOneWarmsUp() throws Exception {
        try (TestSite site = TestSite.start(
                root, "FcgidReplace rolling\nFcgidWarmup /core-pl.fcgi?op=path\nFcgidMaxProcessesPerClass 2")) {
            assertThat(version(site)).isZero();
            AtomicBoolean running = new AtomicBoolean(true);
            AtomicInteger served = new AtomicInteger();
            AtomicInteger deployed = new AtomicInteger(1);
            ExecutorService clients = Executors.newFixedThreadPool(2);
            List<Future<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                answers.add(clients.submit(() -> {
                    int count = 0;
                    while (running.get()) {
                        int least = served.get();
                        int seen = version(site);
                        // A process that is started just when the script changes may read the new one early.
                        assertThat(seen).isBetween(least - 1, deployed.get());
                        assertThat(seen(site).workers()).hasSizeLessThanOrEqualTo(3);
                        count++;
                    }
                    return count;
                }));
            }
            // It starts when the test says so; until then the old one serves.
            deploy(1, "Time::HiRes::sleep(0.01) until -e 'go-on';");
            untilRolloutSays(site, "generation 1 is being tried; generation 0 serves");
            for (int i = 0; i < 20; i++) {
                assertThat(version(site)).isZero();
            }
            Files.createFile(root.resolve("go-on"));
            until(site, 1);
            served.set(1);
            for (int version = 2; version < 10; version++) {
                deployed.set(version);
                deploy(version, "");
                until(site, version);
                served.set(version);
            }
            running.set(false);
            clients.shutdown();
            for (Future<Integer> each : answers) {
                assertThat(each.get(60, TimeUnit.SECONDS)).isPositive();
            }
        }
    }

    @Test
    void generationThatCanNotStartReplacesNothingAndTheNextChangeTriesAgain() throws Exception {
        try (TestSite site = TestSite.start(root, "FcgidReplace rolling\nFcgidWarmup /core-pl.fcgi")) {
            assertThat(version(site)).isZero();

            deploy(1, "die 'no database';");
            untilRolloutSays(site, "generation 1 was refused, generation 0 goes on");
            untilRolloutSays(site, "no database");
            for (int i = 0; i < 20; i++) {
                assertThat(version(site)).isZero();
            }
            assertThat(site.get("/fcgid-status").body()).contains("generation 1 was refused", "no database");

            deploy(2, "");
            until(site, 2);
            assertThat(seen(site).rollout()).isEmpty();
        }
    }

    @Test
    void generationThatFailsItsWarmUpIsRefused() throws Exception {
        try (TestSite site = TestSite.start(root, "FcgidReplace rolling\nFcgidWarmup /core-pl.fcgi/ping")) {
            assertThat(version(site)).isZero();
            String healthy = template;

            template = template.replace("my $head = \"", "my $head = \"Status: 503 No\\r\\n");
            deploy(1, "");
            untilRolloutSays(site, "FcgidWarmup /core-pl.fcgi/ping was answered 503");
            assertThat(version(site)).isZero();

            template = healthy;
            deploy(2, "");
            until(site, 2);
        }
    }

    @Test
    void withoutAWarmUpItIsEnoughThatItAnswersOrStays() throws Exception {
        TestApplication.PERL_FCGI.install(root);
        try (TestSite site = TestSite.start(root, "FcgidReplace rolling")) {
            String first = site.get("/fcgi-pl.fcgi").body().split(" ", 2)[0];
            Path fcgi = root.resolve("fcgi-pl.fcgi");
            Files.writeString(fcgi, Files.readString(fcgi) + "\n# edited\n");

            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (site.get("/fcgi-pl.fcgi").body().startsWith(first + " ")) {
                assertThat(System.nanoTime() - deadline).as("replaced in time").isNegative();
            }

            assertThat(version(site)).isZero();
            deploy(1, "");
            until(site, 1); // this one answers no FCGI_GET_VALUES
        }
    }

    @Test
    void canaryTakesOverWhenItDoesWellAndGoesWhenItFails() throws Exception {
        try (TestSite site =
                TestSite.start(root, "FcgidReplace rolling\nFcgidWarmup /core-pl.fcgi/ping\nFcgidCanary 20%")) {
            assertThat(version(site)).isZero();

            deploy(1, "");
            untilRolloutSays(site, "generation 1 gets 20 % of the requests");
            int old = 0;
            int fresh = 0;
            while (!seen(site).rollout().isEmpty()) {
                if (version(site) == 0) {
                    old++;
                } else {
                    fresh++;
                }
            }
            assertThat(fresh).isBetween(1, 21);
            assertThat(old).isGreaterThan(2 * fresh);
            until(site, 1);

            // Its warm-up is answered well, other requests are not.
            template = template.replace(
                    "my $head = \"",
                    "my $head = (($env->{PATH_INFO} // '') eq '/ping' ? '' : \"Status: 500 No\\r\\n\") . \"");
            deploy(2, "");
            int failed = 0;
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!seen(site).rollout().contains("was refused")) {
                failed += site.get("/core-pl.fcgi").statusCode() == 500 ? 1 : 0;
                assertThat(System.nanoTime() - deadline).as("refused in time").isNegative();
            }
            assertThat(failed).isEqualTo(3);
            assertThat(seen(site).rollout()).contains("3 of 3 requests failed, of the old generation's 0 of ");
            for (int i = 0; i < 20; i++) {
                assertThat(version(site)).isEqualTo(1);
            }
        }
    }

    @Test
    void recycledGenerationServesUntilTheNextIsReady() throws Exception {
        Files.createFile(root.resolve("go-on"));
        deploy(0, "Time::HiRes::sleep(0.01) until -e 'go-on';");
        try (TestSite site = TestSite.start(root, "FcgidReplace rolling\nFcgidWarmup /core-pl.fcgi/ping")) {
            assertThat(version(site)).isZero();
            long first = seen(site).workers().get(0).pid();
            Files.delete(root.resolve("go-on"));

            assertThat(site.manager().recycle("/core-pl.fcgi")).isTrue();
            untilRolloutSays(site, "generation 1 is being tried; generation 0 serves");
            assertThat(version(site)).isZero();
            assertThat(seen(site).workers()).anyMatch(w -> w.pid() == first);
            Files.createFile(root.resolve("go-on"));

            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (seen(site).workers().stream().anyMatch(w -> w.pid() == first)) {
                assertThat(System.nanoTime() - deadline).as("replaced in time").isNegative();
                assertThat(version(site)).isZero();
            }
            assertThat(seen(site).lastDeaths())
                    .anySatisfy(d -> assertThat(d.reason()).isEqualTo("recycled by request"));
        }
    }

    /** One death of a canary counts once, whether its exit or its connection is noticed first. The third is a failure. */
    @Test
    void deathOfACanaryIsOneFailure() throws Exception {
        String healthy = template;
        try (TestSite site = TestSite.start(
                root,
                "FcgidReplace rolling\nFcgidWarmup /core-pl.fcgi/ping\nFcgidCanary 50%\nFcgidMaxProcessesPerClass 3")) {
            assertThat(version(site)).isZero();
            for (int version = 1; version <= 4; version++) {
                // It kills itself in a request, but only once.
                Files.writeString(root.resolve("once"), "");
                template = dying("unlink 'once'");
                deploy(version, "");
                untilServes(site, version);
                assertThat(root.resolve("once")).doesNotExist();
            }
            template = dying("1");
            deploy(5, "");
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!seen(site).rollout().contains("was refused")) {
                site.get("/core-pl.fcgi");
                assertThat(System.nanoTime() - deadline).as("refused in time").isNegative();
            }
            assertThat(seen(site).rollout()).contains("3 of 3 requests failed");
            assertThat(version(site)).isEqualTo(4);
        }
        template = healthy;
    }

    @Test
    void deathOfAnIdleCanaryIsOneFailureToo() throws Exception {
        try (TestSite site =
                TestSite.start(root, "FcgidReplace rolling\nFcgidWarmup /core-pl.fcgi/ping\nFcgidCanary 50%")) {
            assertThat(version(site)).isZero();
            deploy(1, "");
            for (int deaths = 0; deaths < 3; deaths++) { // and not a request meanwhile
                assertThat(seen(site).rollout()).doesNotContain("refused");
                PoolSnapshot.WorkerSnapshot canary = canary(site);
                assertThat(ProcessHandle.of(canary.pid()).orElseThrow().destroyForcibly())
                        .isTrue();
                untilGone(site, canary.pid());
            }
            assertThat(seen(site).rollout()).contains("was refused", "3 of 3 requests failed");
            assertThat(version(site)).isZero();
        }
    }

    private static PoolSnapshot.WorkerSnapshot canary(TestSite site) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            for (PoolSnapshot.WorkerSnapshot each : seen(site).workers()) {
                if (each.generation() == 1 && each.state().equals("idle")) {
                    return each;
                }
            }
            assertThat(System.nanoTime() - deadline).as("a canary in time").isNegative();
        }
    }

    private static void untilGone(TestSite site, long pid) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (seen(site).workers().stream().anyMatch(w -> w.pid() == pid)) {
            assertThat(System.nanoTime() - deadline).as("gone in time").isNegative();
        }
    }

    private String dying(String condition) {
        return template.replaceFirst(
                "(?m)^ *\\$served\\+\\+;.*$",
                "    \\$served++; if ((\\$env->{PATH_INFO} // '') ne '/ping' && (" + condition
                        + ")) { kill 'KILL', \\$\\$; sleep 9 }");
    }

    private static void untilServes(TestSite site, int version) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!site.get("/core-pl.fcgi").body().equals("version " + version)
                || !seen(site).rollout().isEmpty()) {
            assertThat(System.nanoTime() - deadline)
                    .as("version %d in time: %s", version, seen(site).rollout())
                    .isNegative();
            assertThat(seen(site).rollout()).doesNotContain("refused");
        }
    }
}
