/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bytes written by hand from FastCGI 1.0. */
class RecordWriterTest {

    private final ByteBuf buffer = Unpooled.buffer();

    @AfterEach
    void release() {
        buffer.release();
    }

    private String written() {
        return ByteBufUtil.hexDump(buffer);
    }

    @Test
    void beginRequestNamesRoleAndKeepConn() {
        RecordWriter.writeBeginRequest(buffer, 1, Role.RESPONDER, true);

        assertThat(written()).isEqualTo("0101000100080000" + "0001010000000000");
    }

    @Test
    void beginRequestWithoutKeepConnHasNoFlag() {
        RecordWriter.writeBeginRequest(buffer, 0x1234, Role.AUTHORIZER, false);

        assertThat(written()).isEqualTo("0101123400080000" + "0002000000000000");
    }

    @Test
    void abortRequestHasNoContent() {
        RecordWriter.writeAbortRequest(buffer, 1);

        assertThat(written()).isEqualTo("0102000100000000");
    }

    @Test
    void endRequestHasThirtyTwoBitsOfStatus() {
        RecordWriter.writeEndRequest(buffer, 1, 0xFFFF_FFFFL, ProtocolStatus.OVERLOADED);

        assertThat(written()).isEqualTo("0103000100080000" + "ffffffff02000000");
    }

    @Test
    void streamIsPaddedToAMultipleOfEight() {
        ByteBuf content = Unpooled.wrappedBuffer(new byte[] {1, 2, 3});

        RecordWriter.writeStream(buffer, RecordType.STDIN, 1, content);

        assertThat(written()).isEqualTo("0105000100030500" + "010203" + "0000000000");
        assertThat(content.isReadable()).isFalse();
    }

    @Test
    void emptyContentWritesNothingBecauseItWouldEndTheStream() {
        RecordWriter.writeStream(buffer, RecordType.STDIN, 1, Unpooled.EMPTY_BUFFER);

        assertThat(written()).isEmpty();
    }

    @Test
    void contentOfMoreThan65535BytesBecomesSeveralRecords() {
        RecordWriter.writeStream(buffer, RecordType.STDIN, 1, Unpooled.wrappedBuffer(new byte[65_536]));

        assertThat(buffer.getUnsignedShort(4)).isEqualTo(65_535);
        assertThat(buffer.getUnsignedShort(8 + 65_536 + 4)).isEqualTo(1);
        assertThat(buffer.readableBytes()).isEqualTo(8 + 65_536 + 8 + 8);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 7", "7, 1", "8, 0", "9, 7", "65535, 1"})
    void paddingFillsUpToEight(int length, int padding) {
        assertThat(RecordWriter.paddingFor(length)).isEqualTo(padding);
    }
}
