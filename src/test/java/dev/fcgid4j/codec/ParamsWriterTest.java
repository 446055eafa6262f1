/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** FastCGI 1.0, section 5.2. */
class ParamsWriterTest {

    private static final String END = "0104000700000000"; // an empty FCGI_PARAMS record of request 7

    private final ByteBuf buffer = Unpooled.buffer();

    @AfterEach
    void release() {
        buffer.release();
    }

    private String written() {
        return ByteBufUtil.hexDump(buffer);
    }

    @Test
    void streamWithoutPairsIsItsEndAlone() {
        new ParamsWriter(buffer, 7).end();

        assertThat(written()).isEqualTo(END);
    }

    @Test
    void pairsStandInOneRecordThatIsPaddedToEightBytes() {
        ParamsWriter params = new ParamsWriter(buffer, 7);

        params.add("A", "1");
        params.add("BC", "");
        params.end();

        assertThat(written()).isEqualTo("0104000700080000" + "01014131" + "02004243" + END);
    }

    @Test
    void paddingIsCountedInTheHeader() {
        ParamsWriter params = new ParamsWriter(buffer, 7);

        params.add("A", "12");
        params.end();

        assertThat(written()).isEqualTo("0104000700050300" + "0102413132" + "000000" + END);
    }

    @Test
    void contentOfTheBufferStays() {
        buffer.writeByte(0x55);

        new ParamsWriter(buffer, 7).end();

        assertThat(written()).isEqualTo("55" + END);
    }

    @Test
    void encodedPairsAreWrittenAsTheyAre() {
        ByteBuf pairs = Unpooled.buffer();
        NameValuePairs.write(pairs, "A", "1");
        EncodedPairs encoded = EncodedPairs.copyOf(pairs);
        pairs.release();
        ParamsWriter params = new ParamsWriter(buffer, 7);

        params.add(encoded);
        params.end();

        assertThat(written()).startsWith("0104000700040400" + "01014131");
    }

    @Test
    void longStreamIsCutIntoRecordsOfAtMost65535Bytes() {
        ParamsWriter params = new ParamsWriter(buffer, 7);

        params.add("A", "x".repeat(65_535));
        params.end();

        int content = NameValuePairs.length("A", "x".repeat(65_535));
        assertThat(written()).startsWith("01040007ffff0100");
        assertThat(buffer.getUnsignedShort(8 + 65_535 + 1 + 4)).isEqualTo(content - 65_535);
        assertThat(written()).endsWith(END);
    }

    @Test
    void largestSingleRecordIsNotCut() {
        ParamsWriter params = new ParamsWriter(buffer, 7);
        String value = "x".repeat(65_535 - 1 - 1 - 4);

        params.add("A", value);
        params.end();

        assertThat(NameValuePairs.length("A", value)).isEqualTo(65_535);
        assertThat(buffer.readableBytes()).isEqualTo(8 + 65_535 + 1 + 8);
    }

    @Test
    void endedStreamTakesNothing() {
        ParamsWriter params = new ParamsWriter(buffer, 7);
        params.end();

        assertThatThrownBy(() -> params.add("A", "1")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(params::end).isInstanceOf(IllegalStateException.class);
    }
}
