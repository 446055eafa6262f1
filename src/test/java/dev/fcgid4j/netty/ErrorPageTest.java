/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.FullHttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorPageTest {

    @ParameterizedTest
    @ValueSource(ints = {301, 400, 403, 404, 405, 413, 414, 417, 431, 500, 501, 502, 503, 504, 505, 599})
    void pageHasItsStatusItsLengthAndNoCacheKeepsIt(int status) {
        FullHttpResponse page = ErrorPage.of(status);

        assertThat(page.status().code()).isEqualTo(status);
        assertThat(page.content().toString(StandardCharsets.UTF_8)).contains("<h1>" + status + " ");
        assertThat(page.headers().getInt("content-length"))
                .isEqualTo(page.content().readableBytes());
        assertThat(page.headers().get("content-type")).isEqualTo("text/html; charset=utf-8");
        assertThat(page.headers().get("cache-control")).isEqualTo("no-store");
        page.release();
    }

    @Test
    void dateIsWrittenAsHttpWritesIt() {
        assertThat(HttpDate.format(Instant.parse("1994-11-06T08:49:37.999Z")))
                .isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
    }

    @Test
    void currentDateIsThatOfTheClock() {
        Instant before = Instant.now();
        String now = HttpDate.now();
        Instant after = Instant.now();

        assertThat(now).isIn(HttpDate.format(before), HttpDate.format(after));
    }
}
