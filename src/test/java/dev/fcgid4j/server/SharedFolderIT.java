/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.ClockShift;
import dev.fcgid4j.testkit.Interpreters;
import dev.fcgid4j.testkit.ServerJar;
import dev.fcgid4j.testkit.TestApplication;
import dev.fcgid4j.testkit.TestSite;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several servers on one folder whose changes the kernel doesn't report, behind a real HAProxy (docs/scaling.md). */
class SharedFolderIT {

    private static final int EDITS = 25; // with each clock
    private static final int CLIENTS = 2;
    private static final Pattern COMPARED = Pattern.compile("files compared (\\d+) times");

    @TempDir
    private Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void endAll() throws Exception {
        for (Process process : processes) {
            process.destroy();
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    private HttpResponse<String> get(String address) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(address + "/app.fcgi"))
                        .timeout(Duration.ofSeconds(30))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private int version(String address) throws Exception {
        HttpResponse<String> response = get(address);
        assertThat(response.statusCode())
                .as("%s answers %s", address, response.body())
                .isEqualTo(200);
        String[] versions = response.body().substring("version ".length()).split(" ", 2); // the script's, its library's
        return Math.max(Integer.parseInt(versions[0]), Integer.parseInt(versions[1]));
    }

    /** How often a server has compared its files in their turn. */
    private long comparisons(String server) throws Exception {
        HttpResponse<String> page = client.send(
                HttpRequest.newBuilder(URI.create(server + "/fcgid-status"))
                        .timeout(Duration.ofSeconds(30))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        Matcher count = COMPARED.matcher(page.body());
        return count.find() ? Long.parseLong(count.group(1)) : 0;
    }

    private String startServer(Path site, ClockShift shift) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("serve", site.toString(), "--listen", "127.0.0.1:0"));
        List<String> directives = new ArrayList<>(List.of("FcgidInotify Off", "FcgidWatchInterval 0.2"));
        directives.addAll(shift.directives());
        directives.forEach(directive -> arguments.addAll(List.of("--set", directive)));
        ServerJar server = ServerJar.start(shift.environment(), arguments.toArray(String[]::new));
        processes.add(server.process());
        return server.address();
    }

    private String startProxy(List<String> servers) throws Exception {
        String program = Interpreters.required("haproxy");
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        StringBuilder config = new StringBuilder(Files.readString(Path.of("src/test/scripts/haproxy.cfg")));
        for (int i = 0; i < servers.size(); i++) {
            config.append("    server s%d %s%n".formatted(i, servers.get(i).substring("http://".length())));
        }
        Path file = Files.writeString(folder.resolve("haproxy.cfg"), config);
        ProcessBuilder proxy = new ProcessBuilder(program, "-db", "-f", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("haproxy.log").toFile());
        proxy.environment().put("WEB_PORT", Integer.toString(port));
        processes.add(0, proxy.start());
        String address = "http://127.0.0.1:" + port;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!answers(address)) {
            assertThat(System.nanoTime() - deadline)
                    .as("HAProxy answers in time")
                    .isNegative();
        }
        return address;
    }

    private boolean answers(String address) throws InterruptedException {
        try {
            return get(address).statusCode() == 200;
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            return false; // not yet
        }
    }

    private static void library(Path site, int version) throws Exception {
        Path fresh = Files.writeString(site.resolve("fresh"), "package M; sub v { " + version + " } 1;");
        Files.move(fresh, Files.createDirectories(site.resolve("lib")).resolve("M.pm"), StandardCopyOption.ATOMIC_MOVE);
    }

    @ParameterizedTest
    @ValueSource(longs = {3600, -3600})
    void eachServerRetiresItsOwnAndOneMayEndWithoutAFailedRequest(long skewSeconds) throws Exception {
        Interpreters.required("haproxy");
        Path site = Files.createDirectories(folder.toRealPath().resolve("site"));
        ClockShift shift = ClockShift.of(site, skewSeconds);
        Path source = TestApplication.PERL_CORE.install(site);
        String template = Files.readString(source)
                .replace("my $served = 0;", "my $served = 0; use lib 'lib'; use M;")
                .replace("\"$$ $served\"", "\"version @VERSION@ \" . M::v()");
        library(site, 0);
        Path script = site.resolve("app.fcgi");
        TestSite.script(script, template.replace("@VERSION@", "0"));
        List<String> servers = List.of(startServer(site, shift), startServer(site, shift));
        String proxy = startProxy(servers);
        AtomicBoolean running = new AtomicBoolean(true);
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        List<Future<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            answers.add(clients.submit(() -> {
                int count = 0;
                while (running.get()) {
                    assertThat(version(proxy)).isBetween(0, EDITS);
                    count++;
                }
                return count;
            }));
        }
        long slowest = 0;
        long mostComparisons = 0;
        for (int edit = 1; edit <= EDITS; edit++) {
            if (edit % 2 == 0) {
                library(site, edit);
            } else {
                Path fresh = folder.resolve("fresh");
                TestSite.script(fresh, template.replace("@VERSION@", Integer.toString(edit)));
                // A copy may keep any time.
                Files.setLastModifiedTime(fresh, FileTime.from(Instant.now().plusSeconds((edit % 3 - 1) * 3600L)));
                Files.move(fresh, script, StandardCopyOption.ATOMIC_MOVE);
            }
            long done = System.nanoTime();
            long[] before = {comparisons(servers.get(0)), comparisons(servers.get(1))};
            for (int i = 0; i < 2; i++) {
                String server = servers.get(i);
                long compared;
                int seen;
                do {
                    compared = comparisons(server) - before[i];
                    seen = version(server);
                    assertThat(seen).as("this version or the one before").isBetween(edit - 1, edit);
                    // The first one may have begun before the edit was done; the next one begins an interval later.
                    assertThat(seen == edit || compared < 2)
                            .as("edit %d: old code after %d comparisons", edit, compared)
                            .isTrue();
                    assertThat(System.nanoTime() - done)
                            .as("new code in time, ns")
                            .isLessThan(TimeUnit.SECONDS.toNanos(20));
                } while (seen != edit);
                mostComparisons = Math.max(mostComparisons, compared);
                slowest = Math.max(slowest, System.nanoTime() - done);
            }
            for (String server : servers) {
                assertThat(version(server)).as("no old answer later").isEqualTo(edit);
            }
        }
        // For people; the machine's speed decides no test.
        System.out.printf(
                "the files' clock %d s ahead: both servers on new code at most %d ms after an edit, looked for every"
                        + " 200 ms; %d comparisons at most%n",
                skewSeconds, slowest / 1_000_000, mostComparisons);

        Process leaving = processes.get(1);
        leaving.destroy(); // SIGTERM
        assertThat(leaving.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(leaving.exitValue()).isZero();
        for (int i = 0; i < 50; i++) {
            assertThat(version(proxy)).isEqualTo(EDITS);
        }
        running.set(false);
        clients.shutdown();
        for (Future<Integer> each : answers) {
            assertThat(each.get(60, TimeUnit.SECONDS)).isPositive();
        }
    }
}
