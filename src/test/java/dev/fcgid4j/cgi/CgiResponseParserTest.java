/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.failure.ScriptOutputException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CgiResponseParserTest {

    private static CgiResponse parse(String text, int cut) {
        CgiResponseParser parser = new CgiResponseParser(1000, 20);
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        for (int at = 0; at < bytes.length; at += cut) {
            ByteBuf piece = Unpooled.wrappedBuffer(bytes, at, Math.min(cut, bytes.length - at));
            if (parser.parse(piece)) {
                return parser.response();
            }
        }
        throw parser.endedEarly();
    }

    private static CgiResponse.Document document(String text) {
        CgiResponse whole = parse(text, Integer.MAX_VALUE / 2);
        for (int cut = 1; cut < text.length(); cut++) {
            assertThat(parse(text, cut)).as("in pieces of %d", cut).isEqualTo(whole);
        }
        return (CgiResponse.Document) whole;
    }

    @Test
    void statusHeadersAndRepeatedCookiesArePassedOn() {
        CgiResponse.Document got = document("Status: 404 Gone fishing\r\nContent-Type: text/html\r\n"
                + "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 12\r\n\r\n");

        assertThat(got.status()).isEqualTo(404);
        assertThat(got.reason()).isEqualTo("Gone fishing");
        assertThat(got.contentLength()).isEqualTo(OptionalLong.of(12));
        assertThat(got.headers().fields())
                .extracting(Object::toString)
                .containsExactly("Content-Type=text/html", "Set-Cookie=a=1", "Set-Cookie=b=2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Status: 103 Early Hints", "HTTP/1.1 103 Early Hints", "Status: 100", "Status: 199 x"})
    void informationalBlockIsDroppedAndTheNextOneCounts(String line) {
        CgiResponse.Document got = document(line + "\r\nLink: </a.css>; rel=preload\r\n\r\n"
                + "HTTP/1.1 201 Created\r\nContent-Type: text/plain\r\n\r\n");

        assertThat(got.status()).isEqualTo(201);
        assertThat(got.headers().fields()).extracting(Object::toString).containsExactly("Content-Type=text/plain");
    }

    @Test
    void fileNamedByAnInformationalBlockIsWatched() {
        CgiResponse.Document got =
                document("Status: 103\nX-Fcgid-Watch: /a\n\nX-Fcgid-Watch: /b\nContent-Type: text/plain\n\n");

        assertThat(got.watch()).containsExactlyInAnyOrder("/a", "/b");
    }

    @Test
    void outputThatEndsAfterAnInformationalBlockIsIncomplete() {
        assertThatThrownBy(() -> parse("Status: 103\n\n", 100))
                .isInstanceOf(ScriptOutputException.class)
                .hasMessageContaining("ended within its header block");
    }

    @Test
    void informationalBlocksCountAgainstTheLimitOfBytes() {
        assertThatThrownBy(() -> parse("Status: 103\n\n".repeat(100), 100))
                .isInstanceOf(ScriptOutputException.class)
                .hasMessageContaining("FcgidMaxResponseHeader");
    }

    @Test
    void fieldsThatTheScriptsConnectionNamesStayHere() {
        CgiResponse.Document got = document("Content-Type: text/plain\r\nConnection: close, X-Hop, Content-Type\r\n"
                + "X-Hop: 1\r\nX-Other: 2\r\n\r\n");

        assertThat(got.headers().fields())
                .extracting(Object::toString)
                .containsExactly("Content-Type=text/plain", "X-Other=2");
    }

    @Test
    void bareLineFeedsFoldsAndAnHttpStatusLineAreUnderstood() {
        CgiResponse.Document got = document("HTTP/1.1 201 Created\nX-Long: one\n two\n\n");

        assertThat(got.status()).isEqualTo(201);
        assertThat(got.headers().last("x-long")).contains("one two");
    }

    @Test
    void blockIsCompleteAtItsBlankLineAndLeavesTheBody() {
        ByteBuf content = Unpooled.copiedBuffer("A: b\n\nbody", StandardCharsets.ISO_8859_1);

        assertThat(new CgiResponseParser(1000, 20).parse(content)).isTrue();
        assertThat(content.toString(StandardCharsets.ISO_8859_1)).isEqualTo("body");
        content.release();
    }

    @Test
    void valuesKeepTheirBytesButNotTheBlanksAroundThem() {
        CgiResponse.Document got = document("X-Name:\t K\u00c3\u00b6ln\u00a0 \t\r\nX-Empty:  \nCONTENT-TYPE: a\n\n");

        assertThat(got.headers().fields())
                .extracting(Object::toString)
                .containsExactly("X-Name=K\u00c3\u00b6ln\u00a0", "X-Empty=", "CONTENT-TYPE=a");
    }

    @Test
    void blockMayBeAsLongAsTheLimitAndInAnyKindOfBuffer() {
        String text = "Content-Type: " + "x".repeat(100) + "\n\n";
        ByteBuf direct = Unpooled.directBuffer();
        direct.writeCharSequence(text + "body", StandardCharsets.ISO_8859_1);
        CgiResponseParser parser = new CgiResponseParser(text.length(), 20);

        assertThat(parser.parse(direct)).isTrue();
        assertThat(direct.toString(StandardCharsets.ISO_8859_1)).isEqualTo("body");
        assertThat(((CgiResponse.Document) parser.response()).headers().last("content-type"))
                .contains("x".repeat(100));
        assertThatThrownBy(() -> new CgiResponseParser(text.length() - 1, 20).parse(direct.readerIndex(0)))
                .hasMessageContaining("FcgidMaxResponseHeader");
        direct.release();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "A: b#c|control character 1 (hexadecimal) in line 1",
                "A: b\\nX: #|control character 1 (hexadecimal) in line 2",
                ":x|no header: \":x\"",
                "Content-Type : x|no header: \"Content-Type : x\""
            })
    void refusalNamesTheErrorAndItsPlace(String block, String message) {
        String bytes = block.replace("\\n", "\n").replace('#', '\1') + "\n\n";

        assertThatThrownBy(() -> parse(bytes, 999)).hasMessageContaining(message);
        assertThatThrownBy(() -> parse(bytes, 1)).hasMessageContaining(message);
    }

    @Test
    void knownSpellingIsReadInPlaceAndOthersAreCopied() {
        for (String name : List.of("Content-Type", "content-type", "Set-Cookie", "etag", "X-Powered-By", "Status")) {
            ByteBuf in = Unpooled.copiedBuffer("?" + name + "?", StandardCharsets.ISO_8859_1);

            assertThat(KnownFields.read(in, 1, name.length()))
                    .isEqualTo(name)
                    .isSameAs(KnownFields.read(in, 1, name.length()));
            in.setByte(2, '*');
            assertThat(KnownFields.read(in, 1, name.length())).isEqualTo(name.charAt(0) + "*" + name.substring(2));
            in.release();
        }
    }

    @Test
    void hopByHopHeadersStayHere() {
        assertThat(document("Connection: close\nTransfer-Encoding: chunked\nKeep-Alive: 1\nX: y\n\n")
                        .headers()
                        .fields())
                .hasSize(1);
    }

    @Test
    void locationIsLocalOrForTheClient() {
        assertThat(parse("Location: /a?b\n\n", 99))
                .isEqualTo(new CgiResponse.LocalRedirect("/a?b", java.util.List.of()));
        assertThat(parse("Location: //other/\n\n", 99)).isInstanceOf(CgiResponse.LocalRedirect.class);
        assertThat(document("Location: http://other/\n\n").status()).isEqualTo(302);
        assertThat(document("Status: 301 Moved\nLocation: /a\n\n").status()).isEqualTo(301);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\nbody",
                "no header here\n\n",
                "A: b\0c\n\n",
                "A: b\rX: c\n\n",
                " A: b\n\n",
                "A b: c\n\n",
                "Status: 9999\n\n",
                "Status: 101 Switching\n\n",
                "Content-Length: 1\nContent-Length: 2\n\n",
                "Content-Length: -1\n\n",
                "A: b\n",
                ""
            })
    void unusableOutputIsRefused(String output) {
        assertThatThrownBy(() -> parse(output, 999)).isInstanceOf(ScriptOutputException.class);
    }

    @Test
    void sizeAndCountAreLimited() {
        assertThatThrownBy(() -> parse("A: " + "x".repeat(2000) + "\n\n", 10))
                .hasMessageContaining("FcgidMaxResponseHeader");
        assertThatThrownBy(() -> parse("A: b\n".repeat(21) + "\n", 10)).hasMessageContaining("FcgidMaxResponseFields");
    }

    @Property(tries = 500)
    void anyBytesAreAResponseOrAScriptOutputException(@ForAll byte[] bytes) {
        try {
            assertThat(parse(new String(bytes, StandardCharsets.ISO_8859_1), 3)).isNotNull();
        } catch (ScriptOutputException expected) {
            assertThat(expected).hasMessageContaining("script");
        }
    }
}
