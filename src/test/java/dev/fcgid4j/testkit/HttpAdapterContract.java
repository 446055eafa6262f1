/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.FcgiProcessManager;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every adapter between an HTTP server and the gateway must do, checked over real HTTP with real processes
 * ({@code src/test/workers/contract.pl}). A subclass names the server.
 */
public abstract class HttpAdapterContract {

    /** A server with the adapter under test. It answers a path without an application with 404, and sends files. */
    public interface Server extends AutoCloseable {

        int port();

        FcgiProcessManager manager();

        @Override
        void close();
    }

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int LARGE = 16 << 20;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private Path temp;

    private Path root;
    private Server server;

    /** Starts a server on a free port of the loopback address. */
    protected abstract Server start(Path documentRoot, String directives) throws Exception;

    @BeforeEach
    void install() throws Exception {
        root = temp.toRealPath();
        Interpreters.required("perl");
        Path sources = Path.of("src/test/workers");
        String core = Files.readString(sources.resolve("core.pl"));
        TestSite.script(
                root.resolve("app.fcgi"),
                Files.readString(sources.resolve("contract.pl")) + core.substring(core.indexOf("# ---- FastCGI")));
        Files.writeString(root.resolve("book.txt"), "once upon a time");
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private void serve(String directives) throws Exception {
        server = start(root, directives);
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .timeout(LIMIT);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(to(path).build(), BodyHandlers.ofString());
    }

    private HttpResponse<InputStream> open(String path) throws IOException, InterruptedException {
        return client.send(to(path).build(), BodyHandlers.ofInputStream());
    }

    private RawClient connect() throws IOException {
        return RawClient.connect(server.port());
    }

    /** Sends this, and reads until the server closes the connection. */
    private String talk(String request) throws IOException {
        try (RawClient raw = connect()) {
            return raw.send(request).readToEnd();
        }
    }

    private String pid() throws Exception {
        return get("/app.fcgi").body().split(" ", 2)[0];
    }

    private void goOn() throws IOException {
        Files.createFile(root.resolve("go-on"));
    }

    private void awaitPause() {
        await("the application has the request", () -> Files.exists(root.resolve("paused")));
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as("in time: %s", what).isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    // ---- bodies ---------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 70_000, LARGE})
    void bodyGoesToTheApplicationAndComesBackWhole(int length) throws Exception {
        serve("");
        byte[] body = random(length);

        HttpResponse<byte[]> response = client.send(
                to("/app.fcgi?op=echo").POST(BodyPublishers.ofByteArray(body)).build(), BodyHandlers.ofByteArray());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(body);
    }

    @Test
    void chunkedBodyArrivesWithItsLength() throws Exception {
        serve("");

        String answer = talk("POST /app.fcgi?op=env HTTP/1.1~Host: a~Connection: close~Transfer-Encoding: chunked~~"
                + "3~abc~2~de~0~~");

        assertThat(answer).startsWith("HTTP/1.1 200").contains("CONTENT_LENGTH=5\n", "REQUEST_METHOD=POST\n");
    }

    @Test
    void requestWithoutABodyHasNoContentLength() throws Exception {
        serve("");

        assertThat(talk("GET /app.fcgi?op=env HTTP/1.1~Host: a~Connection: close~~"))
                .contains("REQUEST_METHOD=GET\n")
                .doesNotContain("CONTENT_LENGTH");
    }

    @Test
    void responseToHeadHasFieldsAndNoBody() throws Exception {
        serve("");

        String answer = talk("HEAD /app.fcgi?op=status&n=404 HTTP/1.1~Host: a~Connection: close~~");

        assertThat(answer).startsWith("HTTP/1.1 404").containsIgnoringCase("content-type: text/plain");
        assertThat(answer).endsWith("\r\n\r\n").doesNotContain("a body");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 404, 500, 599})
    void statusOfTheApplicationIsTheStatusOfTheResponse(int status) throws Exception {
        serve("");

        HttpResponse<String> response = get("/app.fcgi?op=status&n=" + status);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).isEqualTo("a body");
    }

    @Test
    void responseWithoutContentLeavesTheConnectionInStep() throws Exception {
        serve("");

        String answers = talk("GET /app.fcgi?op=status&n=204 HTTP/1.1~Host: a~~"
                + "GET /app.fcgi?op=status&n=404 HTTP/1.1~Host: a~Connection: close~~");

        assertThat(answers).startsWith("HTTP/1.1 204").containsSubsequence("\r\n\r\nHTTP/1.1 404", "a body");
    }

    @Test
    void repeatedFieldsStayAndThoseOfAConnectionGo() throws Exception {
        serve("");

        HttpResponse<String> response = get("/app.fcgi?op=fields");

        assertThat(response.headers().allValues("set-cookie")).containsExactly("a=1", "b=2");
        assertThat(response.headers().firstValue("x-hop")).isEmpty();
    }

    @Test
    void hostOfATargetInAbsoluteFormWinsOverHost() throws Exception {
        serve("");

        String environment =
                talk("GET http://other.example:81/app.fcgi/x?op=env HTTP/1.1~Host: localhost~" + "Connection: close~~");

        assertThat(environment)
                .contains("HTTP_HOST=other.example:81\n", "SERVER_NAME=other.example\n", "SERVER_PORT=81\n")
                .contains("REQUEST_URI=/app.fcgi/x?op=env\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TRACE /app.fcgi HTTP/1.1~Host: a~~",
                "CONNECT a:443 HTTP/1.1~Host: a:443~~",
                "GET /app.fcgi HTTP/1.1~Host: h:80:90~~",
                "GET /app.fcgi HTTP/1.1~Host: [::1~~",
                "GET /app.fcgi HTTP/1.1~Host: x:99999~~",
                "GET /app.fcgi HTTP/1.1~Host: a~Host: b~~",
                "GET /app.fcgi#x HTTP/1.1~Host: a~~",
                "GET http://me@a/app.fcgi HTTP/1.1~Host: a~~"
            })
    void requestThatLiesAboutItsHostReachesNoApplication(String request) throws Exception {
        serve("");

        assertThat(talk(request)).containsPattern("^HTTP/1.1 (400|405|501) ");
        assertThat(server.manager().snapshot().classes()).isEmpty();
    }

    @Test
    void targetAndFieldsReachTheApplicationAsTheClientSentThem() throws Exception {
        serve("");

        String environment = talk("PUT /app.fcgi/a%20b/%C3%A9?op=env&x=%20 HTTP/1.1~Host: name.example:81~"
                + "X-One: caf\u00e9~Content-Length: 0~Connection: close~~");

        assertThat(environment)
                .contains("REQUEST_URI=/app.fcgi/a%20b/%C3%A9?op=env&x=%20\n", "QUERY_STRING=op=env&x=%20\n")
                .contains("REQUEST_METHOD=PUT\n", "SERVER_NAME=name.example\n", "SERVER_PORT=81\n")
                .contains("HTTP_X_ONE=caf\u00e9\n", "SERVER_PROTOCOL=HTTP/1.1\n", "REMOTE_ADDR=127.0.0.1\n");
    }

    // ---- slow sides -----------------------------------------------------------------------------------------------

    @Test
    void firstPieceArrivesBeforeTheSecondIsMade() throws Exception {
        serve("");
        HttpResponse<InputStream> response = open("/app.fcgi?op=pieces");
        assertThat(response.body().readNBytes(5)).asString().isEqualTo("first");

        goOn();

        assertThat(response.body().readAllBytes()).asString().isEqualTo("second");
    }

    @Test
    void clientThatReadsSlowlyGetsAllAndHoldsUpNoOther() throws Exception {
        serve("");
        byte[] body = random(LARGE);
        try (RawClient slow = connect()) {
            slow.send("POST /app.fcgi?op=echo HTTP/1.1~Host: a~Connection: close~Content-Length: " + LARGE + "~~");
            slow.send(body);
            assertThat(slow.readTo("\r\n\r\n")).startsWith("HTTP/1.1 200");

            assertThat(get("/app.fcgi").statusCode()).isEqualTo(200);

            String rest = slow.readToEnd();
            assertThat(rest.length()).isGreaterThanOrEqualTo(LARGE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.0", "HTTP/1.1"})
    void clientThatReadsSlowlyHoldsNoWorker(String version) throws Exception {
        serve("FcgidMaxProcessesPerClass 1");
        try (RawClient slow = connect()) {
            slow.send(
                    "POST /app.fcgi?op=echo " + version + "~Host: a~Connection: close~Content-Length: " + LARGE + "~~");
            slow.send(random(LARGE));
            assertThat(slow.readTo("\r\n\r\n")).contains(" 200 ");

            assertThat(get("/app.fcgi").statusCode()).isEqualTo(200);

            assertThat(slow.readToEnd().length()).isGreaterThanOrEqualTo(LARGE);
        }
    }

    @Test
    void uploadThatIsNotCompleteOccupiesNoWorker() throws Exception {
        serve("FcgidMaxProcessesPerClass 1");
        try (RawClient slow = connect()) {
            slow.send("POST /app.fcgi?op=echo HTTP/1.1~Host: a~Connection: close~Content-Length: 6~~abc");

            assertThat(get("/app.fcgi").statusCode()).isEqualTo(200);

            assertThat(slow.send("def").readToEnd()).startsWith("HTTP/1.1 200").contains("abcdef");
        }
    }

    // ---- lost sides -----------------------------------------------------------------------------------------------

    @Test
    void workerOfAClientThatDisconnectsInMidResponseServesTheNext() throws Exception {
        serve("FcgidMaxProcessesPerClass 1");
        String pid = pid();
        try (RawClient leaving = connect()) {
            leaving.send("GET /app.fcgi?op=pieces HTTP/1.1~Host: a~~").readTo("first");
        }

        goOn();

        assertThat(pid()).isEqualTo(pid);
    }

    @Test
    void workerOfAClientThatDisconnectsBeforeTheResponseServesTheNext() throws Exception {
        serve("FcgidMaxProcessesPerClass 1");
        String pid = pid();
        try (RawClient leaving = connect()) {
            leaving.send("GET /app.fcgi?op=silent HTTP/1.1~Host: a~~");
            awaitPause();
        }

        goOn();

        assertThat(pid()).isEqualTo(pid);
    }

    @Test
    void uploadOfAClientThatDisconnectsReachesNoApplication() throws Exception {
        serve("");
        try (RawClient leaving = connect()) {
            leaving.send("POST /app.fcgi HTTP/1.1~Host: a~Content-Length: 100~~half of it");
        }

        assertThat(get("/app.fcgi").body()).endsWith(" 1");
    }

    @Test
    void responseOfAWorkerThatDiesInItsMiddleIsVisiblyCut() throws Exception {
        serve("");
        HttpResponse<InputStream> response = open("/app.fcgi?op=killed");
        assertThat(response.body().readNBytes(5)).asString().isEqualTo("first");

        goOn();

        assertThatThrownBy(() -> response.body().readAllBytes()).isInstanceOf(IOException.class);
        assertThat(get("/app.fcgi").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vanish", "garbage"})
    void workerThatSendsNoResponseIsA502AndTheNextRequestIsServed(String fault) throws Exception {
        serve("");

        assertThat(client.send(
                                to("/app.fcgi?op=" + fault)
                                        .POST(BodyPublishers.noBody())
                                        .build(),
                                BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(502);
        assertThat(get("/app.fcgi").statusCode()).isEqualTo(200);
    }

    @Test
    void responseIsAsLongAsThePromisedLengthOrIsVisiblyCut() throws Exception {
        serve("");

        assertThat(get("/app.fcgi?op=long").body()).isEqualTo("12345");
        String shorter = talk("GET /app.fcgi?op=short HTTP/1.1~Host: a~Connection: close~~");
        assertThat(shorter).satisfiesAnyOf(whole -> assertThat(whole).startsWith("HTTP/1.1 502"), cut -> assertThat(cut)
                .containsIgnoringCase("content-length: 10")
                .endsWith("12345"));
    }

    // ---- limits ---------------------------------------------------------------------------------------------------

    @Test
    void bodyAsLongAsTheLimitIsAcceptedAndALongerOneIsA413() throws Exception {
        serve("FcgidMaxRequestLen 1000");
        HttpRequest.Builder request = to("/app.fcgi?op=echo");

        assertThat(client.send(
                                request.POST(BodyPublishers.ofByteArray(random(1000)))
                                        .build(),
                                BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
        assertThat(talk("POST /app.fcgi?op=echo HTTP/1.1~Host: a~Content-Length: 1001~~"))
                .startsWith("HTTP/1.1 413");
    }

    @Test
    void chunksBeyondTheLimitAreA413() throws Exception {
        serve("FcgidMaxRequestLen 1000");

        String answer = talk("POST /app.fcgi?op=echo HTTP/1.1~Host: a~Transfer-Encoding: chunked~~3e8~"
                + "x".repeat(1000) + "~1~x~");

        assertThat(answer).startsWith("HTTP/1.1 413");
    }

    @Test
    void requestThatFindsTheLineFullIsA503WithRetryAfter() throws Exception {
        serve("FcgidMaxProcessesPerClass 1\nFcgidQueueLength 1");
        try (RawClient served = connect();
                RawClient waiting = connect()) {
            served.send("GET /app.fcgi?op=pieces HTTP/1.1~Host: a~Connection: close~~")
                    .readTo("first");
            waiting.send("GET /app.fcgi HTTP/1.1~Host: a~Connection: close~~");
            await("it waits", () -> server.manager().snapshot().classes().get(0).waiting() == 1);

            HttpResponse<String> refused = get("/app.fcgi");

            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("retry-after")).isNotEmpty();
            goOn();
            assertThat(waiting.readToEnd()).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void clientThatWaitsFor100ContinueGetsItAndThenTheResponse() throws Exception {
        serve("");
        try (RawClient careful = connect()) {
            careful.send("POST /app.fcgi?op=echo HTTP/1.1~Host: a~Connection: close~Expect: 100-continue~"
                    + "Content-Length: 3~~");

            assertThat(careful.readTo("\r\n\r\n")).startsWith("HTTP/1.1 100");
            assertThat(careful.send("abc").readToEnd())
                    .startsWith("HTTP/1.1 200")
                    .contains("abc");
        }
    }

    @Test
    void clientThatWaitsFor100ContinueWithTooMuchIsRefusedWithoutIt() throws Exception {
        serve("FcgidMaxRequestLen 1000");

        assertThat(talk("POST /app.fcgi HTTP/1.1~Host: a~Expect: 100-continue~Content-Length: 1001~~"))
                .startsWith("HTTP/1.1 413");
    }

    // ---- what else answers ----------------------------------------------------------------------------------------

    @Test
    void localRedirectIsAnsweredByItsTargetWithGetAndWithoutTheBody() throws Exception {
        serve("");

        HttpResponse<String> response = client.send(
                to("/app.fcgi/here?op=redirect")
                        .POST(BodyPublishers.ofString("form"))
                        .build(),
                BodyHandlers.ofString());

        assertThat(response.body())
                .contains("REQUEST_METHOD=GET\n", "PATH_INFO=/there\n", "REDIRECT_URL=/app.fcgi/here\n")
                .doesNotContain("CONTENT_LENGTH");
    }

    @Test
    void localRedirectsWithoutEndAreA502() throws Exception {
        serve("");

        assertThat(get("/app.fcgi?op=loop").statusCode()).isEqualTo(502);
    }

    @Test
    void fileThatTheApplicationNamesIsSentWithItsFields() throws Exception {
        serve("XSendFilePath " + root);

        HttpResponse<String> response = get("/app.fcgi?op=file");

        assertThat(response.body()).isEqualTo("once upon a time");
        assertThat(response.headers().firstValue("x-kept")).contains("yes");
        assertThat(response.headers().map()).doesNotContainKey("x-sendfile");
    }

    @Test
    void pathWithoutAnApplicationIsA404AndTheConnectionGoesOn() throws Exception {
        serve("");

        String answers = talk("POST /missing HTTP/1.1~Host: a~Content-Length: 3~~abc"
                + "GET /app.fcgi?op=status&n=201 HTTP/1.1~Host: a~Connection: close~~");

        assertThat(answers).startsWith("HTTP/1.1 404").containsSubsequence("HTTP/1.1 404", "HTTP/1.1 201", "a body");
    }

    @Test
    void requestsOfOneConnectionAreAnsweredInOrder() throws Exception {
        serve("");
        String requests = String.join(
                "",
                List.of(
                        "GET /app.fcgi?op=status&n=201 HTTP/1.1~Host: a~~",
                        "POST /app.fcgi?op=echo HTTP/1.1~Host: a~Content-Length: 3~~one",
                        "GET /app.fcgi?op=status&n=202 HTTP/1.1~Host: a~Connection: close~~"));

        assertThat(talk(requests)).containsSubsequence("HTTP/1.1 201", "HTTP/1.1 200", "one", "HTTP/1.1 202");
    }
}
