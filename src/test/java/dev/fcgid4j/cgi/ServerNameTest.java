/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SERVER_NAME and SERVER_PORT, from Host. */
class ServerNameTest {

    private static final InetSocketAddress LOCAL = InetSocketAddress.createUnresolved("here", 8080);
    private static final ServerName FALLBACK = new ServerName("fallback", 8080);

    private static ServerName of(String scheme, List<Map.Entry<String, String>> headers) {
        return ServerName.of(
                new CgiRequest("GET", "/", "HTTP/1.1", scheme, headers, LOCAL, LOCAL, -1), FALLBACK.host());
    }

    private static ServerName of(String host) {
        return of("http", List.of(Map.entry("HOST", host)));
    }

    @ParameterizedTest
    @CsvSource({
        "example.org,        example.org,  80",
        "example.org:,       example.org,  80",
        "example.org:1,      example.org,  1",
        "example.org:65535,  example.org,  65535",
        "my_host-1,          my_host-1,    80",
        "127.0.0.1:90,       127.0.0.1,    90",
        "[::1],              [::1],        80",
        "[::ffff:1.2.3.4]:9, [::ffff:1.2.3.4], 9",
        "[::1]:,             [::1],        80",
        "a.,                 a.,           80"
    })
    void wellFormedHostIsTaken(String host, String name, int port) {
        assertThat(of(host)).isEqualTo(new ServerName(name, port));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":80",
                "a b",
                "a<b",
                "a/b",
                "a@b",
                "ä",
                "a:65536",
                "a:123456",
                "a:x",
                "a:-1",
                "a:0",
                "a:+1",
                "a..b",
                "1.2.3",
                "1.2.3.256",
                "[]",
                "[1::2::3]",
                "[fe80::1%25eth0]",
                "[v1.a]",
                "a,b",
                "[",
                "[]x",
                "[::1",
                "[::1]x",
                "[g]",
                "a:1:2"
            })
    void unusableHostIsReplacedByTheFallbackAndTheLocalPort(String host) {
        assertThat(of(host)).isEqualTo(FALLBACK);
    }

    @Test
    void longestHostHas255Characters() {
        assertThat(of("a".repeat(255)).host()).hasSize(255);
        assertThat(of("a".repeat(256))).isEqualTo(FALLBACK);
    }

    @Test
    void schemeGivesThePortThatHostLacks() {
        assertThat(of("https", List.of(Map.entry("Host", "a"))).port()).isEqualTo(443);
    }

    @Test
    void firstHostCountsAndNoneIsTheFallback() {
        assertThat(of("http", List.of(Map.entry("Host", "a"), Map.entry("Host", "b")))
                        .host())
                .isEqualTo("a");
        assertThat(of("http", List.of())).isEqualTo(FALLBACK);
    }
}
