/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the names of request and response header fields mean. */
class FieldsTest {

    @ParameterizedTest
    @CsvSource({
        "Accept, HTTP_ACCEPT",
        "accept, HTTP_ACCEPT",
        "ACCEPT, HTTP_ACCEPT",
        "X-Forwarded-For, HTTP_X_FORWARDED_FOR",
        "X-Of-Mine-2, HTTP_X_OF_MINE_2",
        "Content-Type, CONTENT_TYPE"
    })
    void requestFieldBecomesAVariableWhateverItsCase(String name, String variable) {
        assertThat(RequestField.of(name).variable()).isEqualTo(variable);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Proxy", "Expect", "Content-Length", "Connection", "TE", "Upgrade", "Transfer-Encoding"})
    void requestFieldOfTheConnectionOrTheServerIsDropped(String name) {
        assertThat(RequestField.of(name).kind()).isEqualTo(RequestField.Kind.DROPPED);
        assertThat(RequestField.of(name.toLowerCase(Locale.ROOT)).kind()).isEqualTo(RequestField.Kind.DROPPED);
    }

    /** X-Forwarded_For would become the variable of X-Forwarded-For. */
    @ParameterizedTest
    @ValueSource(strings = {"X-Forwarded_For", "", "a b", "a:b", "caf\u00e9", "a.b"})
    void requestFieldThatCouldPassForAnotherOneIsDropped(String name) {
        assertThat(RequestField.of(name).kind()).isEqualTo(RequestField.Kind.DROPPED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Authorization", "proxy-authorization", "AUTHORIZATION"})
    void credentialsAreForScriptsThatAskForThem(String name) {
        assertThat(RequestField.of(name).kind()).isEqualTo(RequestField.Kind.CREDENTIALS);
    }

    @ParameterizedTest
    @CsvSource({
        "Status, STATUS",
        "location, LOCATION",
        "Content-Length, CONTENT_LENGTH",
        "X-Fcgid-Watch, WATCH",
        "Connection, CONNECTION",
        "ETag, LAST_COUNTS",
        "Content-type, LAST_COUNTS",
        "Keep-Alive, DROPPED",
        "Proxy-Authenticate, DROPPED",
        "Set-Cookie, PASSED",
        "X-Of-Mine, PASSED"
    })
    void responseFieldHasAMeaningWhateverItsCase(String name, ResponseField.Kind kind) {
        assertThat(ResponseField.of(name).kind()).isEqualTo(kind);
        assertThat(ResponseField.of(name.toUpperCase(Locale.ROOT)).kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Type", "content-type", "Set-Cookie", "X", "X-Of-Mine", "Content-Typf"})
    void nameIsReadFromItsPlace(String name) {
        byte[] bytes = ("::" + name + ": v").getBytes(StandardCharsets.ISO_8859_1);

        assertThat(ResponseField.at(Unpooled.wrappedBuffer(bytes), 2, name.length()))
                .isEqualTo(name);
    }

    @Test
    void usualNameIsNotMadeAnew() {
        byte[] bytes = "Content-Type".getBytes(StandardCharsets.ISO_8859_1);

        String first = ResponseField.at(Unpooled.wrappedBuffer(bytes), 0, bytes.length);
        String second = ResponseField.at(Unpooled.wrappedBuffer(bytes), 0, bytes.length);

        assertThat(first).isSameAs(second);
    }

    @Test
    void lastValueOfARepeatedFieldIsFoundInAnyCase() {
        CgiHeaders headers = new CgiHeaders(List.of(Map.entry("Vary", "a"), Map.entry("vary", "b")));

        assertThat(headers.last("VARY")).contains("b");
        assertThat(headers.last("ETag")).isEmpty();
    }
}
