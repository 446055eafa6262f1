/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    /** A request without a body to a script without PATH_INFO under an alias, with variables from SetEnv. */
    private static MetaVariables plain(CgiRequest request, Map<String, String> setEnv) {
        ScriptPath path = new ScriptPath(
                "/app/a.fcgi", "", Path.of("/opt/app/a.fcgi"), Path.of("/srv"), "/app", Path.of("/opt/app"), setEnv);
        CgiSettings settings = new CgiSettings("fcgid4j", "localhost", false, "me@example.org");
        return new CgiEnvironment(settings).of(request, path, Set.of());
    }

    private static CgiRequest request(String scheme, List<Map.Entry<String, String>> headers) {
        InetSocketAddress client = new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_123);
        return new CgiRequest("GET", "/app/a.fcgi?q=1", "HTTP/1.0", scheme, headers, client, HERE, -1);
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

    @ParameterizedTest
    @CsvSource({
        "SERVER_ADDR, 127.0.0.1",
        "SERVER_PORT, 8080",
        "SERVER_NAME, localhost",
        "SERVER_ADMIN, me@example.org",
        "SERVER_SIGNATURE, ''",
        "SERVER_SOFTWARE, fcgid4j",
        "SERVER_PROTOCOL, HTTP/1.0",
        "REMOTE_ADDR, 127.0.0.1",
        "REMOTE_PORT, 40123",
        "REQUEST_SCHEME, https",
        "HTTPS, on",
        "REDIRECT_STATUS, 200",
        "CONTEXT_PREFIX, /app",
        "CONTEXT_DOCUMENT_ROOT, /opt/app",
        "DOCUMENT_ROOT, /srv",
        "PATH, /bin"
    })
    void serverAndConnectionAreDescribed(String name, String value) {
        assertThat(plain(request("https", List.of()), Map.of("PATH", "/bin")).get(name))
                .contains(value);
    }

    @Test
    void absentValuesAreNotSet() {
        MetaVariables variables = plain(request("http", List.of(Map.entry("Content-Type", "text/plain"))), Map.of());

        for (String name :
                List.of("HTTPS", "PATH_INFO", "PATH_TRANSLATED", "CONTENT_LENGTH", "CONTENT_TYPE", "REDIRECT_URL")) {
            assertThat(variables.get(name)).as(name).isEmpty();
        }
        assertThat(of("/", Set.of(), List.of()).get("SERVER_ADMIN")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP_ACCEPT, a",
        "HTTP_PROXY, ",
        "CONTENT_LENGTH, ",
        "CONTENT_TYPE, ",
        "PATH_INFO, ",
        "PATH_TRANSLATED, ",
        "SCRIPT_NAME, /app/a.fcgi",
        "REMOTE_ADDR, 127.0.0.1",
        "QUERY_STRING, q=1",
        "HTTP_MOD_REWRITE, forged",
        "HTTPS, forged",
        "REMOTE_USER, forged"
    })
    void requestsOwnVariablesWinOverSetEnv(String name, String value) {
        MetaVariables variables = plain(request("http", List.of(Map.entry("Accept", "a"))), Map.of(name, "forged"));

        assertThat(variables.get(name)).isEqualTo(Optional.ofNullable(value));
    }

    @Test
    void noVariableIsSetTwice() {
        CgiRequest redirected = request("https", List.of(Map.entry("Accept", "a"), Map.entry("Cookie", "c=1")))
                .redirectedTo("/app/a.fcgi?y=2");
        CgiRequest posted = new CgiRequest(
                "POST",
                "/a?b",
                "HTTP/1.1",
                "https",
                List.of(Map.entry("Content-Type", "text/plain"), Map.entry("Host", "example.org")),
                HERE,
                HERE,
                5);

        for (CgiRequest request : List.of(redirected, posted)) {
            Map<String, String> forged = new HashMap<>();
            plain(request, Map.of()).forEach((name, value) -> forged.put(name, "forged"));
            List<String> names = new ArrayList<>();
            List<String> values = new ArrayList<>();
            plain(request, forged).forEach((name, value) -> {
                names.add(name);
                values.add(value);
            });

            assertThat(names).doesNotHaveDuplicates().hasSameSizeAs(forged.keySet());
            assertThat(values).doesNotContain("forged");
        }
    }

    @Test
    void localRedirectSaysWhereItCameFromAndHasNoBody() {
        CgiRequest posted = new CgiRequest(
                "POST",
                "/old?x=1",
                "HTTP/1.1",
                "http",
                List.of(Map.entry("Content-Type", "text/plain")),
                HERE,
                HERE,
                5);

        MetaVariables variables = plain(posted.redirectedTo("/app/a.fcgi?y=2"), Map.of());

        assertThat(variables.get("REQUEST_METHOD")).contains("GET");
        assertThat(variables.get("QUERY_STRING")).contains("y=2");
        assertThat(variables.get("REDIRECT_URL")).contains("/old");
        assertThat(variables.get("REDIRECT_QUERY_STRING")).contains("x=1");
        assertThat(variables.get("CONTENT_TYPE")).isEmpty();
        assertThat(variables.get("CONTENT_LENGTH")).isEmpty();
    }

    @Test
    void fieldsThatConnectionNamesStayWithTheServer() {
        MetaVariables variables = of(
                "/",
                Set.of(),
                List.of(
                        Map.entry("Connection", "close, X-Hop, Cookie"),
                        Map.entry("X-Hop", "1"),
                        Map.entry("X-Other", "2"),
                        Map.entry("Cookie", "c=1")));

        assertThat(variables.get("HTTP_X_HOP")).isEmpty();
        assertThat(variables.get("HTTP_CONNECTION")).isEmpty();
        assertThat(variables.get("HTTP_X_OTHER")).contains("2");
        assertThat(variables.get("HTTP_COOKIE")).contains("c=1");
    }

    @Test
    void proxyNeverBecomesAVariable() {
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

        List<Map.Entry<String, String>> proxy = List.of(Map.entry("Proxy-Authorization", "Basic eA=="));
        assertThat(of("/", Set.of("authorization"), proxy).get("HTTP_PROXY_AUTHORIZATION"))
                .isEmpty();
        assertThat(of("/", Set.of("proxy-authorization"), proxy).get("HTTP_PROXY_AUTHORIZATION"))
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
