/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Header fields of a request, as variables. */
class RequestFieldsTest {

    private static final InetSocketAddress ADDRESS = InetSocketAddress.createUnresolved("host", 80);

    private static String variables(long contentLength, String... namesAndValues) {
        return variables(new RequestFields(false), Set.of(), contentLength, namesAndValues);
    }

    private static String variables(
            RequestFields fields, Set<String> passHeaders, long contentLength, String... namesAndValues) {
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add(Map.entry(namesAndValues[i], namesAndValues[i + 1]));
        }
        MetaVariables.Builder variables = new MetaVariables.Builder(4);
        fields.addTo(
                variables,
                new CgiRequest("GET", "/", "HTTP/1.1", "http", headers, ADDRESS, ADDRESS, contentLength),
                passHeaders);
        StringBuilder text = new StringBuilder();
        variables
                .build()
                .forEach((name, value) ->
                        text.append(name).append('=').append(value).append('|'));
        return text.toString();
    }

    @Test
    void repeatedFieldsAreJoined() {
        assertThat(variables(-1, "Accept", "a", "ACCEPT", "b", "Cookie", "c", "cookie", "d"))
                .isEqualTo("HTTP_ACCEPT=a, b|HTTP_COOKIE=c; d|");
    }

    @Test
    void contentTypeNeedsABodyAndTheLastCounts() {
        assertThat(variables(0, "Content-Type", "a", "Content-Type", "b")).isEqualTo("CONTENT_TYPE=b|");
        assertThat(variables(-1, "Content-Type", "a")).isEmpty();
    }

    @Test
    void credentialsNeedTheSettingOrTheirName() {
        String[] credentials = {"Authorization", "x"};

        assertThat(variables(-1, credentials)).isEmpty();
        assertThat(variables(new RequestFields(true), Set.of(), -1, credentials))
                .isEqualTo("HTTP_AUTHORIZATION=x|");
        assertThat(variables(new RequestFields(false), Set.of("authorization"), -1, credentials))
                .isEqualTo("HTTP_AUTHORIZATION=x|");
    }

    @Test
    void valueWithALineEndOrNulIsDropped() {
        assertThat(variables(-1, "A", "x\ny", "B", "x\ry", "C", "x\0y", "D", "x\ty"))
                .isEqualTo("HTTP_D=x\ty|");
    }

    @Test
    void fieldsThatConnectionNamesAreDroppedButNotThoseThatScriptsNeed() {
        assertThat(variables(
                        0,
                        "Connection",
                        "close, X-A , cookie,HOST,content-type",
                        "X-A",
                        "1",
                        "X-B",
                        "2",
                        "Cookie",
                        "3",
                        "Host",
                        "4",
                        "Content-Type",
                        "5"))
                .isEqualTo("HTTP_X_B=2|HTTP_COOKIE=3|HTTP_HOST=4|CONTENT_TYPE=5|");
    }
}
