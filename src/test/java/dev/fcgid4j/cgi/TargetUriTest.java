/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request is for, out of its target and its Host fields. */
class TargetUriTest {

    private static boolean isWellFormed(String target, String... hosts) {
        return TargetUri.isWellFormed("GET", target, "HTTP/1.1", List.of(hosts));
    }

    @ParameterizedTest
    @CsvSource({
        "/a?b,            '',    /a?b",
        "//a/b,           '',    //a/b",
        "*,               '',    *",
        "http://a/b?c,    a,     /b?c",
        "http://a,        a,     /",
        "http://a?b=/c,   a,     /?b=/c",
        "HTTPS://a:1/b,   a:1,   /b",
        "http://me@a/b,   me@a,  /b",
        "ftp://a/b,       '',    ftp://a/b",
        "a:443,           '',    a:443",
        "/x?http://a/b,   '',    /x?http://a/b"
    })
    void targetIsSplitIntoHostAndPath(String target, String host, String path) {
        assertThat(TargetUri.host(target)).isEqualTo(host);
        assertThat(TargetUri.originForm(target)).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a%20b?c=%0a", "/\u00e9", "http://a", "http://a.b:81/c", "https://[::1]:8/"})
    void targetWithOnePathOfOneHostIsTaken(String target) {
        assertThat(isWellFormed(target, "a")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "a:443",
                "*",
                "/a#b",
                "/a b",
                "/a\tb",
                "/\u0001",
                "/\u007f",
                "http://",
                "http:///a",
                "http://a@b/c",
                "http://a:b@c/",
                "http://a:99999/",
                "http://[::1/a",
                "ftp://a/b",
                "http:a/b"
            })
    void targetThatIsAmbiguousIsRefused(String target) {
        assertThat(isWellFormed(target, "a")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"h:80:90", "[::1", "x:99999", "a, b", "me@a", "a/b", "a b", "a#b"})
    void malformedHostIsRefusedEvenIfTheTargetNamesAHost(String host) {
        assertThat(isWellFormed("/", host)).isFalse();
        assertThat(isWellFormed("http://a/", host)).isFalse();
    }

    @Test
    void oneHostIsWanted() {
        assertThat(isWellFormed("/")).isFalse();
        assertThat(isWellFormed("/", "a", "a")).isFalse();
        assertThat(isWellFormed("/", "")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"HTTP/1.0,true", "HTTP/1.1,false", "HTTP/1.2,false", "HTTP/2.0,true"})
    void versionsWithoutAnObligatoryHostNeedNone(String protocol, boolean taken) {
        assertThat(TargetUri.isWellFormed("GET", "/", protocol, List.of())).isEqualTo(taken);
    }

    @ParameterizedTest
    @CsvSource({"OPTIONS,true", "GET,false"})
    void onlyOptionsAsksForTheServer(String method, boolean taken) {
        assertThat(TargetUri.isWellFormed(method, "*", "HTTP/1.1", List.of("a")))
                .isEqualTo(taken);
    }
}
