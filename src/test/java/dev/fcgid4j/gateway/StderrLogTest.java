/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.LogCapture;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class StderrLogTest {

    private static final String LOGGER = "dev.fcgid4j.app.StderrLogTest";

    private final LogCapture lines = LogCapture.of(LOGGER);
    private final StderrLog log = new StderrLog(Optional.of(LoggerFactory.getLogger(LOGGER)));

    @AfterEach
    void close() {
        lines.close();
    }

    private void accept(String text, Charset charset) {
        ByteBuf content = Unpooled.copiedBuffer(text, charset);
        log.accept(content);
        assertThat(content.refCnt()).as("the content was released").isZero();
    }

    private void accept(String text) {
        accept(text, StandardCharsets.UTF_8);
    }

    @Test
    void lineIsLoggedWhenItEndsWhereverItsPiecesWereCut() {
        accept("one");
        accept(" line\nan");
        assertThat(lines.lines()).containsExactly("one line");

        accept("other\n");

        assertThat(lines.lines()).containsExactly("one line", "another");
    }

    @Test
    void lastLineNeedsNoEnd() {
        accept("last");

        log.end();
        log.end();

        assertThat(lines.lines()).containsExactly("last");
    }

    @Test
    void textIsUtf8WhereverItsBytesWereCut() {
        ByteBuf bytes = Unpooled.copiedBuffer("größer\n", StandardCharsets.UTF_8);
        while (bytes.isReadable()) {
            log.accept(bytes.readBytes(1));
        }
        bytes.release();

        assertThat(lines.lines()).containsExactly("größer");
    }

    @Test
    void controlCharactersCanNotForgeALine() {
        accept("a\u001b[31m\tb\rc\0d\r\n");

        assertThat(lines.lines()).containsExactly("a?[31m\tbc?d");
    }

    @Test
    void longLineIsCutAt8192Bytes() {
        accept("x".repeat(10_000) + "\nnext\n");

        assertThat(lines.lines()).containsExactly("x".repeat(8192), "next");
    }

    @Test
    void linesBeyondAThousandAreCounted() {
        accept("line\n".repeat(1003));

        log.end();

        assertThat(lines.lines()).hasSize(1001).last().isEqualTo("(3 lines dropped: more than 1000 in one request)");
    }

    @Test
    void nothingIsLoggedWithoutALogger() {
        StderrLog silent = new StderrLog(Optional.empty());

        silent.accept(Unpooled.copiedBuffer("line\n", StandardCharsets.UTF_8));
        silent.end();

        assertThat(lines.lines()).isEmpty();
    }
}
