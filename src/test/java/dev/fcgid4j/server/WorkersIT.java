/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.TestApplication;
import dev.fcgid4j.testkit.TestSite;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each kind of real application put into the example site, behind the real server, over real HTTP. */
class WorkersIT {

    @TempDir
    private Path root;

    @BeforeEach
    void unpack() throws Exception {
        ExampleSite.unpack(root);
    }

    @ParameterizedTest
    @EnumSource
    void sameProcessAnswersTwoRequests(TestApplication worker) throws Exception {
        worker.install(root);
        try (TestSite site = TestSite.start(root, directives(worker))) {
            String first = pid(site.get(worker.url()));
            String second = pid(site.get(worker.url()));

            assertThat(second).isEqualTo(first);
        }
    }

    @ParameterizedTest
    @EnumSource
    void uploadOfFiveMegabytesArrivesWhole(TestApplication worker) throws Exception {
        worker.install(root);
        byte[] body = new byte[5_000_000];
        new Random(1).nextBytes(body);
        try (TestSite site = TestSite.start(root, directives(worker))) {
            HttpRequest request = site.to(worker.url() + "?op=sum")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                    .build();

            HttpResponse<String> response = site.send(request);

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEqualTo(worker == TestApplication.C ? lengthAndSum(body) : sha256(body));
        }
    }

    @ParameterizedTest
    @EnumSource
    void twentyRequestsAtOnceAreAllAnswered(TestApplication worker) throws Exception {
        worker.install(root);
        try (TestSite site = TestSite.start(root, directives(worker) + "\nFcgidMaxProcessesPerClass 4")) {
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                answers.add(site.client()
                        .sendAsync(
                                site.to(worker.url() + "?op=sleep&n=20").build(),
                                HttpResponse.BodyHandlers.ofString()));
            }
            for (CompletableFuture<HttpResponse<String>> answer : answers) {
                assertThat(answer.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            }
            assertThat(site.snapshot().classes()).singleElement().satisfies(c -> assertThat(c.started())
                    .isBetween(1L, 4L));
        }
    }

    @ParameterizedTest
    @EnumSource
    void pathInfoArrives(TestApplication worker) throws Exception {
        worker.install(root);
        try (TestSite site = TestSite.start(root, directives(worker))) {
            assertThat(site.get(worker.url() + "/a%20b/c?op=path").body()).endsWith("/a b/c");
        }
    }

    @ParameterizedTest
    @EnumSource
    void cookiesPassBothWays(TestApplication worker) throws Exception {
        worker.install(root);
        try (TestSite site = TestSite.start(root, directives(worker))) {
            HttpResponse<String> response = site.send(site.to(worker.url() + "?op=cookies")
                    .header("Cookie", "x=1; y=2")
                    .build());

            assertThat(response.body()).isEqualTo("x=1; y=2");
            assertThat(response.headers().allValues("set-cookie")).hasSize(2).allMatch(c -> c.matches("[ab]=[12].*"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void responseOfTenMegabytesArrivesWhole(TestApplication worker) throws Exception {
        worker.install(root);
        try (TestSite site = TestSite.start(root, directives(worker))) {
            assertThat(site.get(worker.url() + "?op=large&n=10000000").body()).hasSize(10_000_000);
        }
    }

    /** As the example command serves the site. */
    private static String directives(TestApplication worker) {
        return "AllowOverride All\n" + worker.directives();
    }

    private static String pid(HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body().split(" ", 2)[0];
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static String lengthAndSum(byte[] bytes) {
        long sum = 0;
        for (byte b : bytes) {
            sum = sum * 31 + (b & 0xff);
        }
        return bytes.length + " " + Long.toUnsignedString(sum);
    }
}
