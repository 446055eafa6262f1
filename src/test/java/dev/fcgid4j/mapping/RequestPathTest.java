/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.directives.ByteStrings;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A request target becomes clean segments, or is malformed. */
class RequestPathTest {

    private static RequestPath parse(String target) {
        return RequestPath.parse(target).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "/,               '',      true",
        "/a/b,            a|b,     false",
        "/a/b/,           a|b,     true",
        "//a///b,         a|b,     false",
        "/./a/.,          a,       true",
        "/a/../b,         b,       false",
        "/a/..,           '',      true",
        "/a%20b/%7e,      a b|~,   false",
        "/%2e%2E/,        '',      malformed",
        "/a/%2e%2e/b,     b,       false",
        "/a/%2e,          a,       true",
        "/%2E,            '',      true",
        "/a/b/.%2e,       a,       true",
        "/a/b/%2e%2e,     a,       true",
        "/a/b.,           a|b.,    false",
        "http://x/a,      a,       false",
        "http://x,        '',      true",
        "http://x?q,      '',      true",
        "http://x?q=/a,   '',      true",
        "HTTPS://x/a,     a,       false"
    })
    void segmentsAreDecodedAndFolded(String target, String segments, String endsWithSlash) {
        if (endsWithSlash.equals("malformed")) {
            assertThat(RequestPath.parse(target)).isEmpty();
            return;
        }

        assertThat(String.join("|", parse(target).segments())).isEqualTo(segments);
        assertThat(parse(target).endsWithSlash()).isEqualTo(Boolean.parseBoolean(endsWithSlash));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "*",
                "?q",
                "/..",
                "/a/../..",
                "/%00",
                "/\t",
                "/%7f",
                "/%2f",
                "/%5c",
                "/a\\b",
                "/%",
                "/%4",
                "/%zz",
                "/%+1",
                "/\u0101"
            })
    void targetThatIsNoPathInsideTheRootIsMalformed(String target) {
        assertThat(RequestPath.parse(target)).isEmpty();
    }

    @Test
    void queryIsKeptApart() {
        assertThat(parse("/a?x=/../b").query()).isEqualTo("?x=/../b");
        assertThat(parse("/a").query()).isEmpty();
        assertThat(RequestPath.withoutQuery("/a?b?c")).isEqualTo("/a");
    }

    @Test
    void joinAndBytesBeginWithASlash() {
        RequestPath path = parse("/a/%c3%a4/c/");

        assertThat(path.join(0, 2)).isEqualTo("/a/Ã¤");
        assertThat(path.join(3, 3)).isEmpty();
        assertThat(path.bytes(1)).isEqualTo("/Ã¤/c/");
        assertThat(parse("/a").bytes(1)).isEmpty();
    }

    @Test
    void belowPutsOtherSegmentsFirst() {
        assertThat(parse("/c/?q").below(List.of("a", "b")))
                .isEqualTo(new RequestPath(List.of("a", "b", "c"), true, "?q"));
    }

    @Test
    void encodedPathIsReadBackAsItWas() {
        String path = ByteStrings.of("/a b/ä?#%;x");

        assertThat(RequestPath.encode(path)).isEqualTo("/a%20b/%C3%A4%3F%23%25;x");
        assertThat(parse(RequestPath.encode(path)).join(0, 2)).isEqualTo(path);
    }

    @Property
    void noSegmentIsEmptyOrLeadsUp(@ForAll String text) {
        RequestPath.parse("/" + text).ifPresent(path -> assertThat(path.segments())
                .allSatisfy(
                        segment -> assertThat(segment).isNotIn("", ".", "..").doesNotContain("/", "\\", "\0")));
    }
}
