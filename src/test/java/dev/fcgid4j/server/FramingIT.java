/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.TestApplication;
import dev.fcgid4j.testkit.TestSite;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where a request ends must be beyond doubt: whatever a proxy in front could read differently is refused and ends the
 * connection, and what is behind it is never taken for a request (RFC 9112 sections 6 and 11.2).
 */
class FramingIT {

    private static final String SECOND = "GET /core-pl.fcgi?op=path HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    @TempDir
    private static Path root;

    private static TestSite site;

    @BeforeAll
    static void start() throws Exception {
        TestApplication.PERL_CORE.install(root);
        site = TestSite.start(root, "");
    }

    @AfterAll
    static void stop() {
        site.close();
    }

    /** Sends a request and another one behind it, and reads until the server closes. */
    private static String talk(String text) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), site.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write((text + SECOND).getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static String unescape(String text) {
        return text.replace("~", "\r\n")
                .replace("\\n", "\n")
                .replace("\\r", "\r")
                .replace("\\t", "\t")
                .replace("\\0", "\0");
    }

    private static void assertRefused(String answer, int status) {
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ").containsIgnoringCase("connection: close");
        assertThat(answer.split("HTTP/1.1 \\d{3} ", -1))
                .as("one answer: %s", answer)
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5~Transfer-Encoding: chunked~~0~~",
                "Transfer-Encoding: chunked~Content-Length: 5~~0~~",
                "Content-Length: 3~Content-Length: 4~~abcd",
                "Content-Length: 3~Content-Length: 3~~abc",
                "Content-Length: 3, 4~~abcd",
                "Content-Length: +3~~abc",
                "Content-Length: -3~~abc",
                "Content-Length: 0x3~~abc",
                "Content-Length: 3 3~~abc",
                "Content-Length: ~~abc",
                "Content-Length: 99999999999999999999~~abc",
                "Content-Length : 3~~abc",
                "Transfer-Encoding : chunked~~0~~",
                "Transfer-Encoding: xchunked~~0~~",
                "Transfer-Encoding: chunked, gzip~~0~~",
                "Transfer-Encoding: identity~~0~~",
                "Transfer-Encoding: chunked;q=1~~0~~",
                "Transfer-Encoding:\\0chunked~~0~~",
                "Transfer-Encoding: chunked\\0~~0~~",
                "Transfer-Encoding: chunked~~0x3~abc~0~~",
                "Transfer-Encoding: chunked~~+3~abc~0~~",
                "Transfer-Encoding: chunked~~-3~abc~0~~",
                "Transfer-Encoding: chunked~~ffffffffffffffff1~abc~0~~",
                "Transfer-Encoding: chunked~~g~abc~0~~",
                "Transfer-Encoding: chunked~~3~abcd~0~~",
                "Transfer-Encoding: chunked~~3\\nabc~0~~",
                "X: a\\0b~~",
                "X: a\\rb~~",
                "X\\0: a~~",
                "Host: b~~",
                " X: folded into the name of the host~~"
            })
    void requestWithoutAClearEndIsRefusedAndEndsTheConnection(String headers) throws Exception {
        String answer = talk("POST /core-pl.fcgi?op=path HTTP/1.1\r\nHost: a\r\n" + unescape(headers));

        assertRefused(answer, 400);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /core-pl.fcgi HTTP/1.1~~                                                         | 400",
                "GET /core-pl.fcgi HTTP/1.1~Host: a b~~                                               | 400",
                "GET /core-pl.fcgi HTTP/1.1~Host: a/b~~                                               | 400",
                "GET /core-pl.fcgi HTTP/1.1~Host: a,b~~                                               | 400",
                "GET /core-pl.fcgi HTTP/1.0~Transfer-Encoding: chunked~~0~~                           | 400",
                "POST /core-pl.fcgi HTTP/1.1~Host: a~Transfer-Encoding: gzip, chunked~~0~~            | 501",
                "POST /core-pl.fcgi HTTP/1.1~Host: a~Transfer-Encoding: gzip~Transfer-Encoding: chunked~~0~~ | 501",
                "POST /core-pl.fcgi HTTP/1.1~Host: a~Transfer-Encoding: chunked, chunked~~0~~         | 400",
                "POST /nothing HTTP/1.1~Host: a~Transfer-Encoding: gzip, chunked~~0~~                 | 501",
                "GET /core-pl.fcgi HTTP/2.0~Host: a~~                                                 | 505",
                "GET /core-pl.fcgi HTTP/0.9~Host: a~~                                                 | 505",
                "GET /core-pl.fcgi HTTP/1.11~Host: a~~                                                | 400",
                "GET /core-pl.fcgi HTTP/x~Host: a~~                                                   | 400",
                "GET /core-pl.fcgi XTTP/1.1~Host: a~~                                                 | 400"
            })
    void unknownFramingIsRefusedAndEndsTheConnection(String request, int status) throws Exception {
        assertRefused(talk(unescape(request)), status);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: Chunked~~3;ext=\"1\"~abc~0~X: trailer~~",
                "Transfer-Encoding:\\tchunked ~~3~abc~0~~",
                "Content-Length: 003~~abc"
            })
    void clearFramingIsServedAndSoIsTheNextRequest(String headers) throws Exception {
        String answer = talk("POST /core-pl.fcgi/first?op=path HTTP/1.1\r\nHost: a\r\n" + unescape(headers));

        assertThat(answer).startsWith("HTTP/1.1 200 OK").contains("/first");
        assertThat(answer.split("HTTP/1.1 200 OK", -1)).as(answer).hasSize(3);
    }
}
