/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.testkit.Interpreters;
import dev.fcgid4j.testkit.TestSite;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Applications and clients that do what few do, over real HTTP and real FastCGI. */
class OddWorkersIT {

    private static final Path SOURCES = Path.of("src/test/workers");

    @TempDir
    private Path root;

    @BeforeEach
    void install() throws Exception {
        Interpreters.required("perl");
        String core = Files.readString(SOURCES.resolve("core.pl"));
        TestSite.script(
                root.resolve("odd.fcgi"),
                Files.readString(SOURCES.resolve("odd.pl")) + core.substring(core.indexOf("# ---- FastCGI")));
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as("in time: %s", what).isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private static Socket ask(TestSite site, String head) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), site.port());
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write((head.replace("~", "\r\n") + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    private static String rest(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void headersAloneReachTheClientBeforeThereIsABody() throws Exception {
        try (TestSite site = TestSite.start(root, "")) {
            HttpResponse<InputStream> response = site.client()
                    .send(site.to("/odd.fcgi?op=headers").build(), HttpResponse.BodyHandlers.ofInputStream());
            assertThat(response.headers().firstValue("x-early")).contains("yes");

            assertThat(site.get("/odd.fcgi?op=go").statusCode()).isEqualTo(200);

            assertThat(response.body().readAllBytes()).asString().isEqualTo("body");
        }
    }

    @Test
    void workerKilledInMidResponseIsSeenByTheClientAndTheNextRequestIsServed() throws Exception {
        try (TestSite site = TestSite.start(root, "FcgidMaxProcessesPerClass 1")) {
            HttpResponse<InputStream> cut = site.client()
                    .send(site.to("/odd.fcgi?op=killed").build(), HttpResponse.BodyHandlers.ofInputStream());
            assertThat(cut.body().readNBytes(5)).asString().isEqualTo("first");

            Files.createFile(root.resolve("go-on"));

            assertThatThrownBy(() -> cut.body().readAllBytes()).isInstanceOf(IOException.class);
            assertThat(site.get("/odd.fcgi").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void responseOfAWorkerKilledInItsMiddleHasNoEndOfChunks() throws Exception {
        try (TestSite site = TestSite.start(root, "");
                Socket socket = ask(site, "GET /odd.fcgi?op=killed HTTP/1.1~Host: a")) {
            assertThat(socket.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 200");

            Files.createFile(root.resolve("go-on"));

            assertThat(rest(socket)).contains("first").doesNotEndWith("0\r\n\r\n");
        }
    }

    @Test
    void clientThatLeavesASilentWorkerMakesRoomForTheNext() throws Exception {
        try (TestSite site = TestSite.start(root, "FcgidMaxProcessesPerClass 1")) {
            try (Socket socket = ask(site, "GET /odd.fcgi?op=silent HTTP/1.1~Host: a")) {
                assertThat(socket.isConnected()).isTrue();
                await("the worker has the request", () -> Files.exists(root.resolve("silent")));
            }

            assertThat(site.get("/odd.fcgi").statusCode()).isEqualTo(200);
            assertThat(site.snapshot().classes().get(0).lastDeaths())
                    .singleElement()
                    .satisfies(death -> assertThat(death.reason()).isEqualTo("did not end an aborted request"));
        }
    }

    @Test
    void clientThatLeavesTheLineIsForgottenAndTheNextIsServed() throws Exception {
        try (TestSite site = TestSite.start(root, "FcgidMaxProcessesPerClass 1")) {
            HttpResponse<InputStream> running = site.client()
                    .send(site.to("/odd.fcgi?op=headers").build(), HttpResponse.BodyHandlers.ofInputStream());
            try (Socket socket = ask(site, "GET /odd.fcgi HTTP/1.1~Host: a")) {
                assertThat(socket.isConnected()).isTrue();
                await("it waits", () -> site.snapshot().classes().get(0).waiting() == 1);
            }
            await("it has left", () -> site.snapshot().classes().get(0).waiting() == 0);

            Files.createFile(root.resolve("go-on"));

            assertThat(running.body().readAllBytes()).asString().isEqualTo("body");
            assertThat(site.get("/odd.fcgi").body()).endsWith(" 2"); // no other client was served
        }
    }

    @Test
    void uploadThatIsGivenUpLeavesNoDescriptorOpen() throws Exception {
        try (TestSite site = TestSite.start(root, "FcgidMaxRequestInMem 1000")) {
            for (int i = 0; i < 3; i++) {
                try (Socket socket = ask(site, "POST /odd.fcgi HTTP/1.1~Host: a~Content-Length: 4000000")) {
                    socket.getOutputStream().write(new byte[3_000_000]);
                    await("it is kept in a file", () -> openSpools() == 1);
                }
                await("the file is closed", () -> openSpools() == 0);
            }
            assertThat(site.get("/odd.fcgi").body()).endsWith(" 1");
        }
    }

    private static long openSpools() {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(OddWorkersIT::isSpool).count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isSpool(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().contains("fcgid4j-body-");
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    @Test
    void workerThatClosesItsConnectionAfterEachResponseStaysInUse() throws Exception {
        try (TestSite site = TestSite.start(root, "FcgidMaxProcessesPerClass 1")) {
            String pid = site.get("/odd.fcgi?op=once").body().split(" ", 2)[0];
            for (int i = 2; i <= 20; i++) {
                assertThat(site.get("/odd.fcgi?op=once").body()).isEqualTo(pid + " " + i);
            }
        }
    }

    @Test
    void recordsOfUnknownTypesAreSkipped() throws Exception {
        try (TestSite site = TestSite.start(root, "FcgidMaxProcessesPerClass 1")) {
            String pid = site.get("/odd.fcgi?op=records").body().split(" ", 2)[0];

            assertThat(site.get("/odd.fcgi?op=records").body()).isEqualTo(pid + " 2");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "HEAD, op=pid, 200",
        "HEAD, op=status&n=404, 404",
        "GET, op=status&n=204, 204",
        "GET, op=status&n=304, 304"
    })
    void answerThatHasNoBodyCarriesNoneWhateverTheScriptSays(String method, String query, int status) throws Exception {
        try (TestSite site = TestSite.start(root, "");
                Socket socket = ask(
                        site,
                        method + " /odd.fcgi?" + query + " HTTP/1.1~Host: a~~"
                                + "GET /odd.fcgi?op=status&n=201 HTTP/1.0~Host: a")) {
            String answers = rest(socket);

            assertThat(answers).startsWith("HTTP/1.1 " + status + " ").contains("\r\n\r\nHTTP/1.1 201 ");
            assertThat(answers).endsWith("\r\n\r\na body").containsOnlyOnce("a body");
            assertThat(answers.substring(0, answers.indexOf("HTTP/1.1 201")))
                    .doesNotContainIgnoringCase("transfer-encoding");
        }
    }
}
