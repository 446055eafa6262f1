/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the name of a request header means for scripts. */
class RequestFieldTest {

    @ParameterizedTest
    @CsvSource({
        "Accept,              PASSED,       HTTP_ACCEPT",
        "aCCEPT,              PASSED,       HTTP_ACCEPT",
        "X-Forwarded-For,     PASSED,       HTTP_X_FORWARDED_FOR",
        "x1,                  PASSED,       HTTP_X1",
        "Cookie,              COOKIE,       HTTP_COOKIE",
        "COOKIE,              COOKIE,       HTTP_COOKIE",
        "Content-Type,        CONTENT_TYPE, CONTENT_TYPE",
        "Authorization,       CREDENTIALS,  HTTP_AUTHORIZATION",
        "Proxy-Authorization, CREDENTIALS,  HTTP_PROXY_AUTHORIZATION"
    })
    void nameBecomesAVariableInAnySpelling(String name, RequestField.Kind kind, String variable) {
        RequestField field = RequestField.of(name);

        assertThat(field.kind()).isEqualTo(kind);
        assertThat(field.variable()).isEqualTo(variable);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Proxy",
                "PROXY",
                "Content-Length",
                "Expect",
                "Connection",
                "Keep-Alive",
                "Proxy-Connection",
                "TE",
                "Trailer",
                "Transfer-Encoding",
                "Upgrade",
                "X_User",
                "X.User",
                "Häder",
                ""
            })
    void nameThatCouldMisleadIsDropped(String name) {
        assertThat(RequestField.of(name).kind()).isEqualTo(RequestField.Kind.DROPPED);
    }

    @Test
    void usualSpellingsAllocateNothing() {
        assertThat(RequestField.of("User-Agent")).isSameAs(RequestField.of("user-agent"));
    }
}
