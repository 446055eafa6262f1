/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.failure.ScriptOutputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Header fields of a script, as a response. */
class ResponseFieldsTest {

    private static CgiResponse interpret(String... namesAndValues) {
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.add(Map.entry(namesAndValues[i], namesAndValues[i + 1]));
        }
        return ResponseFields.interpret(fields);
    }

    private static CgiResponse.Document document(String... namesAndValues) {
        return (CgiResponse.Document) interpret(namesAndValues);
    }

    @ParameterizedTest
    @CsvSource({
        "200 OK,             200, OK",
        "404,                404, ''",
        "404 Not  Found,     404, Not  Found",
        "599 ,               599, ''"
    })
    void statusHasANumberAndPerhapsWords(String status, int code, String reason) {
        CgiResponse.Document document = document("Status", status);

        assertThat(document.status()).isEqualTo(code);
        assertThat(document.reason()).isEqualTo(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"199", "600", "20", "2000", "ok", "20x", " 200"})
    void unusableStatusIsRefused(String status) {
        assertThatThrownBy(() -> interpret("Status", status))
                .isInstanceOf(ScriptOutputException.class)
                .hasMessageContaining("expected a number from 200 to 599");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "999999999999999999, 999999999999999999"})
    void lengthIsPromised(String text, long length) {
        assertThat(document("Content-Length", text, "Content-Length", text).contentLength())
                .isEqualTo(OptionalLong.of(length));
        assertThat(document("A", "b").contentLength()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "+1", "1x", "1000000000000000000"})
    void unusableLengthIsRefused(String text) {
        assertThatThrownBy(() -> interpret("Content-Length", text)).hasMessageContaining("expected a number of bytes");
    }

    @Test
    void twoDifferentLengthsAreRefused() {
        assertThatThrownBy(() -> interpret("Content-Length", "1", "Content-Length", "2"))
                .hasMessageContaining("two different");
    }

    @Test
    void lastOfSomeFieldsCountsAndOthersRepeat() {
        assertThat(document("ETag", "a", "Set-Cookie", "1", "etag", "b", "Set-Cookie", "2")
                        .headers()
                        .fields())
                .containsExactly(Map.entry("Set-Cookie", "1"), Map.entry("etag", "b"), Map.entry("Set-Cookie", "2"));
    }

    @ParameterizedTest
    @CsvSource({
        "/a,        '',        local",
        "/a,        200 OK,    local",
        "/a,        301 Moved, 301",
        "//a/b,     '',        local",
        "//a/b,     302 Found, 302",
        "'/\\a',     '',        local",
        "http://x/, '',        302",
        "http://x/, 200,       302"
    })
    void locationRedirectsLocallyOnlyToAPathWithoutAStatus(String location, String status, String expected) {
        CgiResponse response =
                status.isEmpty() ? interpret("Location", location) : interpret("Status", status, "Location", location);

        assertThat(response instanceof CgiResponse.Document document ? Integer.toString(document.status()) : "local")
                .isEqualTo(expected);
    }

    @Test
    void connectionTakesOnlyFieldsWithoutAMeaningAway() {
        assertThat(document(
                                "Connection", "X-A, set-cookie, content-type, te",
                                "X-A", "1",
                                "x-a", "2",
                                "Set-Cookie", "3",
                                "Content-Type", "4",
                                "TE", "5",
                                "X-B", "6")
                        .headers()
                        .fields())
                .extracting(Map.Entry::getValue)
                .containsExactly("3", "4", "6");
    }

    @Test
    void watchedFilesStayWithTheServer() {
        CgiResponse.Document document = document("X-Fcgid-Watch", "/a", "x-fcgid-watch", "/b");

        assertThat(document.watch()).containsExactly("/a", "/b");
        assertThat(document.headers().fields()).isEmpty();
        assertThat(interpret("Location", "/x", "X-Fcgid-Watch", "/a").watch()).containsExactly("/a");
    }
}
