/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.observe.PoolSnapshot;
import dev.fcgid4j.testkit.TestApplication;
import dev.fcgid4j.testkit.TestSite;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that end their side of a connection, as {@code nc -N} does, over real sockets. */
class HalfClosedIT {

    private static final String SCRIPT = "/core-pl.fcgi?op=path";
    private static final int LARGE = 8_000_000;

    @TempDir
    private Path root;

    private TestSite site;

    @BeforeEach
    void start() throws Exception {
        TestApplication.PERL_CORE.install(root);
        Files.write(root.resolve("large.bin"), new byte[LARGE]);
        site = TestSite.start(root, "FcgidMaxProcessesPerClass 1\nEventLoops 1\nFcgidQueueTimeout 300");
    }

    @AfterEach
    void stop() {
        site.close();
    }

    private Socket connect(String request) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), site.port());
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write(request.replace("~", "\r\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Sends a request and the end of input, and reads until the server closes. */
    private String talk(String request) throws IOException {
        try (Socket socket = connect(request)) {
            socket.shutdownOutput();
            return readToEnd(socket);
        }
    }

    private static String readToEnd(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** A request that occupies the only worker until {@link #goOn}. */
    private Socket occupyWorker() throws IOException {
        Socket socket = connect("GET /core-pl.fcgi?op=flush HTTP/1.0~~");
        assertThat(socket.getInputStream().read()).isEqualTo('H');
        return socket;
    }

    private void goOn() throws IOException {
        Files.createFile(root.resolve("go-on"));
    }

    private int waiting() {
        return site.snapshot().classes().stream()
                .mapToInt(PoolSnapshot.ClassSnapshot::waiting)
                .sum();
    }

    private void awaitWaiting(int requests) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (waiting() != requests) {
            assertThat(System.nanoTime() - deadline)
                    .as("%s requests wait in time, not %s", requests, waiting())
                    .isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private long requestsServed() {
        return site.snapshot().classes().get(0).requests();
    }

    // ---- the last request of a connection -------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /core-pl.fcgi/here?op=path HTTP/1.0~~",
                "GET /core-pl.fcgi/here?op=path HTTP/1.1~Host: a~Connection: close~~",
                "POST /core-pl.fcgi/here?op=path HTTP/1.0~Content-Length: 3~~abc"
            })
    void lastRequestIsAnswered(String request) throws Exception {
        assertThat(talk(request)).startsWith("HTTP/1.1 200 OK").contains("/here");
    }

    @Test
    void requestsBeforeTheLastOneAreAnsweredToo() throws Exception {
        String answers = talk("GET /core-pl.fcgi/one?op=path HTTP/1.1~Host: a~~"
                + "GET /core-pl.fcgi/two?op=path HTTP/1.1~Host: a~Connection: close~~");

        assertThat(answers).containsSubsequence("/one", "HTTP/1.1 200 OK", "/two");
    }

    @Test
    void largeFileIsSentToItsEnd() throws Exception {
        assertThat(talk("GET /large.bin HTTP/1.0~~")).hasSizeGreaterThan(LARGE);
    }

    @Test
    void lastRequestThatWaitsForAWorkerIsAnswered() throws Exception {
        try (Socket occupying = occupyWorker();
                Socket client = connect("GET " + SCRIPT + " HTTP/1.0~~")) {
            client.shutdownOutput();
            awaitWaiting(1);

            goOn();

            assertThat(readToEnd(client)).startsWith("HTTP/1.1 200 OK");
            assertThat(readToEnd(occupying)).endsWith("second");
        }
    }

    // ---- clients that are gone ------------------------------------------------------------------------------------

    @Test
    void keptConnectionThatEndsInTheLineReachesNoWorker() throws Exception {
        try (Socket occupying = occupyWorker();
                Socket client = connect("GET " + SCRIPT + " HTTP/1.1~Host: a~~")) {
            awaitWaiting(1);

            client.shutdownOutput();

            awaitWaiting(0);
            assertThat(readToEnd(client)).isEmpty();
            goOn();
            assertThat(readToEnd(occupying)).endsWith("second");
        }
        assertThat(requestsServed()).isOne();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void connectionThatIsResetInTheLineReachesNoWorker(boolean halfClosed) throws Exception {
        try (Socket occupying = occupyWorker()) {
            Socket client = connect("GET " + SCRIPT + " HTTP/1.0~~");
            awaitWaiting(1);
            if (halfClosed) {
                client.shutdownOutput();
                assertThat(talk("GET /large.bin HTTP/1.0~~")).isNotEmpty(); // the only event loop has seen the end
            }

            client.setSoLinger(true, 0);
            client.close();

            awaitWaiting(0);
            goOn();
            assertThat(readToEnd(occupying)).endsWith("second");
        }
        assertThat(requestsServed()).isOne();
    }

    @Test
    void requestWhoseBodyIsCutReachesNoWorker() throws Exception {
        assertThat(talk("POST " + SCRIPT + " HTTP/1.0~Content-Length: 9~~abc")).isEmpty();

        assertThat(site.snapshot().classes()).isEmpty();
    }
}
