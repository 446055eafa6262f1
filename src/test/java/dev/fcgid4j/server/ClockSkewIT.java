/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.ClockShift;
import dev.fcgid4j.testkit.ServerJar;
import dev.fcgid4j.testkit.TestApplication;
import dev.fcgid4j.testkit.TestSite;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The file server's clock is an hour ahead of this host's or behind it: exactly the predicted processes end. */
class ClockSkewIT {

    private static final int SOME = 25;

    @TempDir
    private Path temp;

    private Path site;
    private String address = "";
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    /** Every process that has answered, in order. */
    private final Set<String> pids = new LinkedHashSet<>();

    private List<String> get(String path) throws Exception {
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(URI.create(address + path))
                        .timeout(Duration.ofSeconds(30))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        List<String> words = List.of(response.body().strip().split(" ", -1));
        pids.add(words.get(0));
        return words.subList(1, words.size());
    }

    private void deploy(String name, String text) throws Exception {
        Path fresh = Files.writeString(temp.resolve("fresh"), text);
        Files.createDirectories(site.resolve(name).getParent());
        Files.move(fresh, site.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private void library(int version) throws Exception {
        deploy("lib/M.pm", "package M; sub v { " + version + " } 1;");
    }

    /** Answers its process, its library's version, and the data as they were at its start. */
    private void install(String name, String head) throws Exception {
        String text = Files.readString(TestApplication.PERL_CORE.install(temp))
                .replace(
                        "my $served = 0;",
                        "my $served = 0; use lib 'lib'; use M; our $data = do { open my $f, '<', 'data'; <$f> };")
                .replace("\"$$ $served\"", "\"$$ \" . M::v() . \" $main::data\"")
                .replace("    my $head = \"Content-Type: text/plain\\r\\n\";", "    my $head = " + head + ";");
        TestSite.script(site.resolve(name), text);
    }

    /** Asks until the answer is this one; then asks some more, and none of the older ones may come again. */
    private void untilAndThenOnly(String path, String... answer) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!get(path).equals(List.of(answer))) {
            assertThat(System.nanoTime() - deadline)
                    .as("%s in time", String.join(" ", answer))
                    .isNegative();
        }
        for (int i = 0; i < SOME; i++) {
            assertThat(get(path)).containsExactly(answer);
        }
    }

    @ParameterizedTest
    @CsvSource({"3600,On", "-3600,On", "3600,Off", "-3600,Off"})
    void exactlyThePredictedProcessesEnd(long skewSeconds, String inotify) throws Exception {
        site = Files.createDirectory(temp.toRealPath().resolve("site"));
        library(1);
        deploy("data", "1");
        install("names.fcgi", "\"Content-Type: text/plain\\r\\nX-Fcgid-Watch: data\\r\\n\"");
        install(
                "late.fcgi",
                "\"Content-Type: text/plain\\r\\n\" . ($op eq 'name' ? \"X-Fcgid-Watch: data\\r\\n\" : '')");
        ClockShift shift = ClockShift.of(site, skewSeconds);
        List<String> arguments = new ArrayList<>(List.of("serve", site.toString(), "--listen", "127.0.0.1:0"));
        List<String> directives = new ArrayList<>(shift.directives());
        directives.addAll(List.of("FcgidMaxProcessesPerClass 1", "FcgidWatchInterval 0.2", "FcgidInotify " + inotify));
        directives.forEach(directive -> arguments.addAll(List.of("--set", directive)));
        ServerJar server = ServerJar.start(shift.environment(), arguments.toArray(String[]::new));
        address = server.address();
        try {
            untilAndThenOnly("/names.fcgi", "1", "1");
            assertThat(pids)
                    .as("one may be replaced for a doubt that only time resolves")
                    .hasSizeLessThanOrEqualTo(2);
            edited(() -> deploy("data", "2"), "/names.fcgi", "1", "2");
            edited(() -> library(2), "/names.fcgi", "2", "2");
            edited(() -> deploy("data", "3"), "/names.fcgi", "2", "3");

            pids.clear();
            untilAndThenOnly("/late.fcgi", "2", "3");
            assertThat(pids).hasSizeLessThanOrEqualTo(2);
            deploy("data", "4"); // no process has named it yet
            assertThat(get("/late.fcgi")).containsExactly("2", "3");
            assertThat(get("/late.fcgi?op=name")).containsExactly("2", "3");
            pids.clear();
            for (int i = 0; i < SOME; i++) {
                assertThat(get("/late.fcgi?op=name")).containsExactly("2", "4");
            }
            assertThat(pids).hasSize(1);
        } finally {
            server.process().destroy();
            assertThat(server.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private interface Edit {
        void run() throws Exception;
    }

    /** One process goes, and one comes, which stays. */
    private void edited(Edit edit, String path, String... answer) throws Exception {
        List<String> before = List.copyOf(pids);
        pids.clear();
        edit.run();
        untilAndThenOnly(path, answer);
        pids.removeAll(before.subList(before.size() - 1, before.size()));
        assertThat(pids).as("processes for %s", String.join(" ", answer)).hasSize(1);
    }
}
