/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import dev.fcgid4j.netty.FastCgiHttpHandler;
import dev.fcgid4j.testkit.LogCapture;
import dev.fcgid4j.testkit.TestApplication;
import dev.fcgid4j.testkit.TestSite;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HTTP/1.0 and 1.1 as clients speak it, well and badly. */
class HttpIT {

    @TempDir
    private Path root;

    @BeforeEach
    void install() throws Exception {
        TestApplication.PERL_CORE.install(root);
        Files.writeString(root.resolve("plain.txt"), "0123456789");
    }

    /** Sends bytes and reads until the server closes. */
    private static String talk(TestSite site, String text) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), site.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        try (TestSite site = TestSite.start(root, "")) {
            String answers = talk(
                    site,
                    "GET /core-pl.fcgi/one?op=path HTTP/1.1\r\nHost: a\r\n\r\n"
                            + "GET /plain.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=2-4\r\n\r\n"
                            + "HEAD /plain.txt HTTP/1.1\r\nHost: a\r\n\r\n"
                            + "GET /core-pl.fcgi/two?op=path HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

            assertThat(answers).containsSubsequence("/one", "206 Partial", "\r\n\r\n234HTTP/1.1 200", "/two");
            assertThat(answers).doesNotContain("0123456789");
        }
    }

    @Test
    void hundredsOfPipelinedRequestsInOneBurstAreAllAnsweredInOrder() throws Exception {
        try (TestSite site = TestSite.start(root, "FcgidMaxProcessesPerClass 1")) {
            StringBuilder burst = new StringBuilder();
            for (int i = 0; i < 300; i++) {
                String head = "/core-pl.fcgi/n" + i + "?op=path HTTP/1.1\r\nHost: a\r\n"
                        + (i == 299 ? "Connection: close\r\n" : "");
                burst.append(i % 3 == 0 ? "POST " + head + "Content-Length: 4\r\n\r\nbody" : "GET " + head + "\r\n");
            }

            String answers = talk(site, burst.toString());

            List<String> bodies = Pattern.compile("/n\\d+")
                    .matcher(answers)
                    .results()
                    .map(MatchResult::group)
                    .toList();
            assertThat(bodies)
                    .isEqualTo(IntStream.range(0, 300).mapToObj(i -> "/n" + i).toList());
            assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(301);
        }
    }

    @Test
    void unreadableRequestIsNoErrorOfTheServer() throws Exception {
        try (TestSite site = TestSite.start(root, "");
                LogCapture log = LogCapture.of("dev.fcgid4j")) {
            EmbeddedChannel channel =
                    new EmbeddedChannel(new FastCgiHttpHandler(site.manager().gateway()));

            channel.pipeline().fireExceptionCaught(new DecoderException("too many"));

            assertThat(channel.isOpen()).isFalse();
            assertThat(log.lines(Level.DEBUG)).singleElement().asString().contains("too many");
            assertThat(log.lines()).hasSize(1);
        }
    }

    @Test
    void expectationOnANonScriptIsAnsweredWithoutTheBody() throws Exception {
        try (TestSite site = TestSite.start(root, "")) {
            for (String path : List.of("/fcgid-status", "/plain.txt", "/missing")) {
                assertThat(talk(
                                site,
                                "PUT " + path + " HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
                                        + "Content-Length: 3\r\n\r\n"))
                        .as(path)
                        .startsWith(path.equals("/missing") ? "HTTP/1.1 404" : "HTTP/1.1 405")
                        .containsIgnoringCase("connection: close");
            }
        }
    }

    @Test
    void expectationOfAnOldClientCountsForNothing() throws Exception {
        try (TestSite site = TestSite.start(root, "")) {
            for (String expectation : List.of("100-continue", "miracles")) {
                assertThat(talk(
                                site,
                                "POST /core-pl.fcgi?op=env HTTP/1.0\r\nExpect: " + expectation
                                        + "\r\nContent-Length: 3\r\n\r\nabc"))
                        .startsWith("HTTP/1.1 200")
                        .contains("CONTENT_LENGTH=3\n");
            }
            assertThat(
                            talk(
                                    site,
                                    "POST /core-pl.fcgi HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\nContent-Length: 3\r\n\r\nabc"))
                    .startsWith("HTTP/1.1 417");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "OPTIONS * HTTP/1.1,         200, 'GET, HEAD, OPTIONS, POST'",
        "OPTIONS / HTTP/1.0,         200, 'GET, HEAD, OPTIONS'",
        "OPTIONS /plain.txt HTTP/1.1,200, 'GET, HEAD, OPTIONS'",
        "DELETE /plain.txt HTTP/1.1, 405, 'GET, HEAD, OPTIONS'",
        "OPTIONS /missing HTTP/1.1,  404, ''",
        "OPTIONS /closed/ HTTP/1.1,  403, ''"
    })
    void optionsIsAnsweredWithTheMethodsThatAreAllowed(String line, int status, String allowed) throws Exception {
        Files.writeString(Files.createDirectory(root.resolve("closed")).resolve(".htaccess"), "Require all denied");
        try (TestSite site = TestSite.start(root, "")) {
            String answer = talk(site, line + "\r\nHost: localhost\r\nConnection: close\r\n\r\n");

            assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
            assertThat(header(answer, "allow")).isEqualTo(allowed);
            assertThat(answer.endsWith("\r\n\r\n")).isEqualTo(status == 200);
            assertThat(header(answer, "content-length").equals("0")).isEqualTo(status == 200);
        }
    }

    @Test
    void optionsOfAnApplicationIsItsOwnBusiness() throws Exception {
        try (TestSite site = TestSite.start(root, "")) {
            assertThat(talk(site, "OPTIONS /core-pl.fcgi?op=env HTTP/1.0\r\n\r\n"))
                    .startsWith("HTTP/1.1 200")
                    .contains("REQUEST_METHOD=OPTIONS\n");
        }
    }

    /** The value of a field; empty if there is none. */
    private static String header(String response, String name) {
        return response.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ": "))
                .map(line -> line.substring(name.length() + 2))
                .findFirst()
                .orElse("");
    }

    @Test
    void bodyWithoutAReceiverIsNotReadBeyondTheLimit() throws Exception {
        try (TestSite site = TestSite.start(root, "FcgidMaxRequestLen 1000")) {
            assertThat(talk(site, "POST /plain.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n"))
                    .startsWith("HTTP/1.1 413");
            assertThat(talk(
                            site,
                            "POST /plain.txt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n"
                                    + "x".repeat(1001) + "\r\n"))
                    .startsWith("HTTP/1.1 413");
            assertThat(talk(site, "POST /fcgid-status HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1001\r\n\r\n"))
                    .startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void chunksBeyondTheLimitAreRefusedInTheMiddle() throws Exception {
        try (TestSite site = TestSite.start(root, "FcgidMaxRequestLen 1000")) {
            String answer = talk(
                    site,
                    "POST /core-pl.fcgi?op=sum HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n258\r\n"
                            + "x".repeat(600) + "\r\n258\r\n" + "x".repeat(600) + "\r\n");

            assertThat(answer).startsWith("HTTP/1.1 413").containsIgnoringCase("connection: close");
            assertThat(site.get("/core-pl.fcgi").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void oldClientsGetTheirAnswerAndTheEndOfTheConnection() throws Exception {
        try (TestSite site = TestSite.start(root, "")) {
            String answer = talk(site, "GET /core-pl.fcgi?op=large&n=300000 HTTP/1.0\r\n\r\n");

            assertThat(answer)
                    .doesNotContainIgnoringCase("transfer-encoding")
                    .endsWith("xxx")
                    .hasSizeGreaterThan(300_000);
        }
    }

    @Test
    void clientThatExpectsGetsContinueAndItsChunksArrive() throws Exception {
        try (TestSite site = TestSite.start(root, "")) {
            String answer = talk(
                    site,
                    "POST /core-pl.fcgi?op=env HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nConnection: close\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");

            assertThat(answer)
                    .startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")
                    .contains("CONTENT_LENGTH=5\n");
        }
    }

    @Test
    void tooLargeBodyIsRefusedBeforeItIsRead() throws Exception {
        try (TestSite site = TestSite.start(root, "FcgidMaxRequestLen 1000")) {
            assertThat(talk(site, "POST /core-pl.fcgi HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n"))
                    .startsWith("HTTP/1.1 413");
            assertThat(talk(site, "GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(70_000) + "\r\n\r\n"))
                    .startsWith("HTTP/1.1 431");
            assertThat(talk(site, "nonsense\r\n\r\n")).startsWith("HTTP/1.1 400");
        }
    }

    @Test
    void flushedOutputArrivesBeforeTheRest() throws Exception {
        try (TestSite site = TestSite.start(root, "")) {
            HttpResponse<InputStream> response = site.client()
                    .send(site.to("/core-pl.fcgi?op=flush").build(), HttpResponse.BodyHandlers.ofInputStream());
            byte[] first = response.body().readNBytes(5);
            assertThat(new String(first, StandardCharsets.US_ASCII)).isEqualTo("first");

            Files.createFile(root.resolve("go-on"));

            assertThat(new String(response.body().readAllBytes(), StandardCharsets.US_ASCII))
                    .isEqualTo("second");
        }
    }

    @Test
    void answerBeforeReadingDoesNotDeadlock() throws Exception {
        TestApplication.C.install(root);
        try (TestSite site = TestSite.start(root, "")) {
            HttpRequest request = site.to("/app-c.fcgi?op=early")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[2_000_000]))
                    .build();

            assertThat(site.send(request).body())
                    .startsWith("xxx")
                    .endsWith("2000000 0")
                    .hasSize(2_000_009);
        }
    }

    @Test
    void workerOfAClientThatLeftServesTheNextOne() throws Exception {
        try (TestSite site = TestSite.start(root, "FcgidMaxProcessesPerClass 1")) {
            String pid = site.get("/core-pl.fcgi").body().split(" ", 2)[0];
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), site.port())) {
                socket.getOutputStream()
                        .write("GET /core-pl.fcgi?op=large&n=30000000 HTTP/1.1\r\nHost: a\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
                assertThat(socket.getInputStream().read()).isEqualTo('H');
            }

            assertThat(site.get("/core-pl.fcgi").body()).startsWith(pid + " ");
        }
    }

    @Test
    void promisedLengthIsKeptOrTheConnectionIsCut() throws Exception {
        try (TestSite site = TestSite.start(root, "")) {
            assertThat(site.get("/core-pl.fcgi?op=long").body()).isEqualTo("12345");
            String cut = talk(site, "GET /core-pl.fcgi?op=short HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            assertThat(cut).satisfiesAnyOf(c -> assertThat(c).startsWith("HTTP/1.1 502"), c -> assertThat(c)
                    .containsIgnoringCase("content-length: 10")
                    .endsWith("12345"));
            assertThatThrownBy(() -> {
                        HttpResponse<String> response = site.get("/core-pl.fcgi?op=short");
                        if (response.statusCode() == 502) {
                            throw new IOException("refused as a whole");
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void localRedirectIsFollowedInside() throws Exception {
        try (TestSite site = TestSite.start(root, "")) {
            assertThat(site.get("/core-pl.fcgi?op=redirect").body()).isEqualTo("/there");
        }
    }

    @Test
    void localRedirectTellsWhereItCameFrom() throws Exception {
        TestSite.script(
                root.resolve("from.fcgi"),
                Files.readString(root.resolve("core-pl.fcgi"))
                        .replace("/core-pl.fcgi/there?op=path", "/from.fcgi/there?op=from"));
        try (TestSite site = TestSite.start(root, "")) {
            assertThat(site.get("/from.fcgi/here?op=redirect").body()).isEqualTo("/from.fcgi/here op=redirect");
        }
    }

    @Test
    void redirectsInACircleEndAfterTenWithA502() throws Exception {
        Path script = root.resolve("circle.fcgi");
        TestSite.script(
                script,
                Files.readString(root.resolve("core-pl.fcgi"))
                        .replace("\"Location: /core-pl.fcgi/there?op=path", "\"Location: /circle.fcgi?op=redirect"));
        try (TestSite site = TestSite.start(root, "")) {
            assertThat(site.get("/circle.fcgi?op=redirect").statusCode()).isEqualTo(502);
            // the first request and ten redirects
            assertThat(site.snapshot().classes()).singleElement().satisfies(c -> assertThat(c.requests())
                    .isEqualTo(11));
        }
    }

    @Test
    void slowUploadHoldsNoWorkerAndIsKeptInAFile() throws Exception {
        byte[] body = new byte[3_000_000];
        Arrays.fill(body, (byte) 'u');
        try (TestSite site = TestSite.start(root, "FcgidMaxRequestInMem 1000");
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), site.port())) {
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            out.write(("POST /core-pl.fcgi?op=sum HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: "
                            + body.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(body, 0, 2_000_000);
            out.flush();
            // Another client is served by the only process there is.
            assertThat(site.get("/core-pl.fcgi").statusCode()).isEqualTo(200);
            assertThat(site.snapshot().classes().get(0).workers())
                    .singleElement()
                    .satisfies(w -> assertThat(w.state()).isNotEqualTo("busy"));

            out.write(body, 2_000_000, 1_000_000);
            out.flush();

            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            String sum = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(body));
            assertThat(answer).startsWith("HTTP/1.1 200").contains(sum);
        }
    }

    @Test
    void clientThatReadsSlowlyHoldsTheWorkerBackAndNotTheServersMemory() throws Exception {
        TestApplication.C.install(root);
        int total = 200_000_000;
        try (TestSite site = TestSite.start(root, "");
                Socket socket = new Socket()) {
            socket.setReceiveBufferSize(65_536);
            socket.setSoTimeout(60_000);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), site.port()));
            long before = PlatformDependent.usedDirectMemory();
            socket.getOutputStream()
                    .write(("GET /app-c.fcgi?op=large&n=" + total + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            assertThat(in.read()).isEqualTo('H');
            // The server goes on with others while this one takes its time.
            for (int i = 0; i < 50; i++) {
                assertThat(site.get("/plain.txt").body()).isEqualTo("0123456789");
            }
            assertThat(site.snapshot().classes().get(0).workers())
                    .singleElement()
                    .satisfies(w -> assertThat(w.state()).isEqualTo("busy"));

            long read = 1;
            long most = 0;
            byte[] buffer = new byte[1 << 16];
            for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
                read += count;
                most = Math.max(most, PlatformDependent.usedDirectMemory() - before);
            }

            assertThat(read).isGreaterThan(total);
            assertThat(most).as("bytes held by the server").isLessThan(64L << 20);
        }
    }

    @Test
    void clientThatStopsReadingIsLetGoAndItsWorkerServesOthers() throws Exception {
        try (TestSite site = TestSite.start(root, "FcgidMaxProcessesPerClass 1", Duration.ofSeconds(1));
                Socket socket = new Socket()) {
            socket.setReceiveBufferSize(65_536);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), site.port()));
            socket.getOutputStream()
                    .write("GET /core-pl.fcgi?op=large&n=30000000 HTTP/1.1\r\nHost: a\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo('H');

            assertThat(site.get("/core-pl.fcgi").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void plainFilesAnswerConditionsAndRanges() throws Exception {
        try (TestSite site = TestSite.start(root, "")) {
            HttpResponse<String> whole = site.get("/plain.txt");
            String tag = whole.headers().firstValue("etag").orElseThrow();
            assertThat(whole.headers().firstValue("content-type").orElseThrow()).startsWith("text/plain");

            HttpResponse<String> same =
                    site.send(site.to("/plain.txt").header("If-None-Match", tag).build());
            assertThat(same.statusCode()).isEqualTo(304);
            assertThat(same.body()).isEmpty();
            HttpResponse<String> part = site.send(site.to("/plain.txt")
                    .header("Range", "bytes=-3")
                    .header("If-Range", tag)
                    .build());
            assertThat(part.statusCode()).isEqualTo(206);
            assertThat(part.body()).isEqualTo("789");
            assertThat(part.headers().firstValue("content-range")).contains("bytes 7-9/10");
            Files.writeString(root.resolve("plain.txt"), "abcdefghij");
            assertThat(site.send(site.to("/plain.txt")
                                    .header("Range", "bytes=-3")
                                    .header("If-Range", tag)
                                    .build())
                            .body())
                    .isEqualTo("abcdefghij");
        }
    }
}
