/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CgiEnvironmentTest {

    private static final InetSocketAddress HERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080);

    private static MetaVariables of(String target, Set<String> pass, List<Map.Entry<String, String>> headers) {
        CgiRequest request = new CgiRequest("POST", target, "HTTP/1.1", "http", headers, HERE, HERE, 5);
        ScriptPath path = new ScriptPath(
                "/a.fcgi",
                "/x y",
                Path.of("/srv/a.fcgi"),
                Path.of("/srv"),
                "",
                Path.of("/srv"),
                Map.of("SITE", "K\u00f6ln \u20ac", "SCRIPT_NAME", "forged"));
        return new CgiEnvironment(CgiSettings.defaults()).of(request, path, pass);
    }

    private static MetaVariables with(String name, String value) {
        return of("/a.fcgi", Set.of(), List.of(Map.entry(name, value)));
    }

    @ParameterizedTest
    @CsvSource({
        "GATEWAY_INTERFACE, CGI/1.1",
        "REQUEST_METHOD, POST",
        "REQUEST_URI, /a.fcgi/x%20y?q=1",
        "QUERY_STRING, q=1",
        "SCRIPT_NAME, /a.fcgi",
        "SCRIPT_FILENAME, /srv/a.fcgi",
        "PATH_INFO, /x y",
        "PATH_TRANSLATED, /srv/x y",
        "DOCUMENT_ROOT, /srv",
        "CONTENT_LENGTH, 5",
        "SERVER_NAME, example.org",
        "SERVER_PORT, 81",
        "REMOTE_ADDR, 127.0.0.1",
        "HTTP_ACCEPT, 'a, b'",
        "HTTP_COOKIE, c=1; d=2",
        "SITE, K\u00c3\u00b6ln \u00e2\u0082\u00ac"
    })
    void variableIsSet(String name, String value) {
        MetaVariables variables = of(
                "/a.fcgi/x%20y?q=1",
                Set.of(),
                List.of(
                        Map.entry("Host", "example.org:81"),
                        Map.entry("Accept", "a"),
                        Map.entry("accept", "b"),
                        Map.entry("Cookie", "c=1"),
                        Map.entry("Cookie", "d=2")));

        assertThat(variables.get(name)).contains(value);
    }

    @Test
    void proxyNeverBecomesAVariableWhoeverAsks() {
        MetaVariables variables =
                of("/", Set.of("proxy"), List.of(Map.entry("Proxy", "http://evil"), Map.entry("PROXY", "x")));

        assertThat(variables.get("HTTP_PROXY")).isEmpty();
        assertThat(variables.get("PROXY")).isEmpty();
    }

    @Test
    void authorizationIsPassedOnlyWhenAsked() {
        List<Map.Entry<String, String>> headers = List.of(Map.entry("Authorization", "Basic eA=="));

        assertThat(of("/", Set.of(), headers).get("HTTP_AUTHORIZATION")).isEmpty();
        assertThat(of("/", Set.of("authorization"), headers).get("HTTP_AUTHORIZATION"))
                .contains("Basic eA==");
    }

    @Test
    void headersThatCouldPassForOthersAreDropped() {
        assertThat(with("X_User", "root").get("HTTP_X_USER")).isEmpty();
        assertThat(with("Content-Length", "99").get("HTTP_CONTENT_LENGTH")).isEmpty();
        assertThat(with("Transfer-Encoding", "chunked").get("HTTP_TRANSFER_ENCODING"))
                .isEmpty();
    }

    @Test
    void unusableHostIsReplaced() {
        assertThat(with("Host", "evil<script>").get("SERVER_NAME")).contains("localhost");
        assertThat(with("Host", "[::1]:90").get("SERVER_NAME")).contains("[::1]");
        assertThat(with("Host", "[::1]:90").get("SERVER_PORT")).contains("90");
    }

    @Test
    void valuesAreNotShown() {
        assertThat(with("Cookie", "secret").toString()).contains("HTTP_COOKIE").doesNotContain("secret");
    }
}
