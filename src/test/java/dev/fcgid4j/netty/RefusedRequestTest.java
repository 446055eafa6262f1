/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are refused by their head alone, whatever their target (RFC 9112 sections 2.3, 3.2 and 6). */
class RefusedRequestTest {

    @RegisterExtension
    private final HandlerFixture world = new HandlerFixture();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nonsense~~                                                         | 400",
                "GET / HTTP/1.1~~                                                   | 400",
                "GET / HTTP/1.1~Host: a~Host: a~~                                   | 400",
                "GET / HTTP/1.1~Host: a b~~                                         | 400",
                "GET / HTTP/1.1~Host: a/b~~                                         | 400",
                "GET / HTTP/1.0~Host: a@b~~                                         | 400",
                "GET / HTTP/1.1~Host: a:80:90~~                                     | 400",
                "GET http://a/ HTTP/1.1~~                                           | 400",
                "GET http://a/ HTTP/1.1~Host: [::1~~                                | 400",
                "GET http://me@a/ HTTP/1.1~Host: a~~                                | 400",
                "GET /#x HTTP/1.1~Host: a~~                                         | 400",
                "GET /\u0001 HTTP/1.1~Host: a~~                                      | 400",
                "TRACE /app.fcgi HTTP/1.1~Host: a~~                                 | 501",
                "CONNECT a:443 HTTP/1.1~Host: a~~                                   | 501",
                "GET / HTTP/2.0~Host: a~~                                           | 505",
                "POST / HTTP/1.0~Transfer-Encoding: chunked~~0~~                    | 400",
                "POST / HTTP/1.1~Host: a~Transfer-Encoding: gzip~~                  | 400",
                "POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked, gzip~~         | 400",
                "POST / HTTP/1.1~Host: a~Transfer-Encoding: gzip, chunked~~         | 501"
            })
    void requestThatCanNotBeServedIsRefusedAndEndsTheConnection(String request, int status) throws Exception {
        ClientChannel client = world.connect();

        client.send(request + "GET /file.txt HTTP/1.1~Host: a~~");

        assertThat(client.received())
                .startsWith("HTTP/1.1 " + status + " ")
                .containsOnlyOnce("connection: close")
                .containsOnlyOnce("date: "); // one response, not two
        assertThat(world.lookedUp()).isEmpty();
    }

    @Test
    void lineThatIsTooLongIsA414() throws Exception {
        ClientChannel client = world.connect();

        client.send("GET /" + "x".repeat(5000) + " HTTP/1.1~Host: a~~");

        assertThat(client.received()).startsWith("HTTP/1.1 414 ");
    }

    @Test
    void headersThatAreTooLongAreA431() throws Exception {
        ClientChannel client = world.connect();

        client.send("GET / HTTP/1.1~Host: a~X: " + "x".repeat(9000) + "~~");

        assertThat(client.received()).startsWith("HTTP/1.1 431 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a.example:80", "[::1]:80", "192.0.2.1", "a_b", ""})
    void hostThatIsANameOrAnAddressIsServed(String host) throws Exception {
        ClientChannel client = world.connect();

        client.send("GET /file.txt HTTP/1.1~Host: " + host + "~~");

        assertThat(client.received()).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void oldRequestNeedsNoHost() throws Exception {
        ClientChannel client = world.connect();

        client.send("GET /file.txt HTTP/1.0~~");

        assertThat(client.received()).startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRACE /status", "GET /status#x"})
    void targetOfTheNextHandlerIsCheckedToo(String line) throws Exception {
        ClientChannel client = world.connect(target -> target.startsWith("/status"));

        client.send(line + " HTTP/1.1~Host: a~~");

        assertThat(client.received()).startsWith("HTTP/1.1 ").contains("connection: close");
        assertThat(world.next().requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"content-length,12,12", "content-length,0,0", "transfer-encoding,chunked,-1", "x,y,0"})
    void announcedLengthIsThatOfTheHead(String field, String value, long length) {
        HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/");
        head.headers().set(field, value);

        assertThat(RequestHead.announcedLength(head)).isEqualTo(length);
    }
}
