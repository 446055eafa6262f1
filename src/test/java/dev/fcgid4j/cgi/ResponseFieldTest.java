/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the name of a script's header means for the server. */
class ResponseFieldTest {

    @ParameterizedTest
    @CsvSource({
        "Set-Cookie,          PASSED",
        "X-Any,               PASSED",
        "Status,              STATUS",
        "STATUS,              STATUS",
        "Location,            LOCATION",
        "Content-Length,      CONTENT_LENGTH",
        "X-Fcgid-Watch,       WATCH",
        "Connection,          CONNECTION",
        "Content-Type,        LAST_COUNTS",
        "content-TYPE,        LAST_COUNTS",
        "ETag,                LAST_COUNTS",
        "Last-Modified,       LAST_COUNTS",
        "Content-Range,       LAST_COUNTS",
        "Content-Encoding,    LAST_COUNTS",
        "Date,                LAST_COUNTS",
        "Proxy-Authenticate,  DROPPED",
        "Proxy-Authorization, DROPPED",
        "Transfer-Encoding,   DROPPED",
        "Keep-Alive,          DROPPED",
        "Upgrade,             DROPPED"
    })
    void nameHasAKindInAnySpelling(String name, ResponseField.Kind kind) {
        assertThat(ResponseField.of(name).kind()).isEqualTo(kind);
    }

    @Test
    void usualSpellingsAllocateNothing() {
        assertThat(ResponseField.of("Content-type")).isSameAs(ResponseField.of("Content-Type"));
    }
}
