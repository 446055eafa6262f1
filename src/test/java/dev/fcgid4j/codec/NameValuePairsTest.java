/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.fcgid4j.failure.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** FastCGI 1.0, section 3.4. */
class NameValuePairsTest {

    private final ByteBuf buffer = Unpooled.buffer();

    @AfterEach
    void release() {
        buffer.release();
    }

    private Map<String, String> read(String hex) {
        buffer.writeBytes(ByteBufUtil.decodeHexDump(hex));
        return NameValuePairs.read(buffer);
    }

    @Test
    void lengthBelow128TakesOneByte() {
        NameValuePairs.write(buffer, "AB", "c");

        assertThat(ByteBufUtil.hexDump(buffer)).isEqualTo("0201" + "4142" + "63");
    }

    @Test
    void lengthOf127TakesOneByteAndLengthOf128TakesFour() {
        NameValuePairs.write(buffer, "A", "x".repeat(127));
        NameValuePairs.write(buffer, "B", "y".repeat(128));

        assertThat(ByteBufUtil.hexDump(buffer)).startsWith("017f" + "41").contains("01" + "80000080" + "42");
    }

    @Test
    void longNameTakesFourBytesOfLength() {
        NameValuePairs.write(buffer, "N".repeat(300), "");

        assertThat(ByteBufUtil.hexDump(buffer)).startsWith("8000012c" + "00" + "4e4e");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 2040, 2048, 70_000})
    void writtenPairHasTheAnnouncedLengthAndIsReadBack(int length) {
        String value = "v".repeat(length);

        NameValuePairs.write(buffer, "NAME", value);

        assertThat(buffer.readableBytes()).isEqualTo(NameValuePairs.length("NAME", value));
        assertThat(NameValuePairs.read(buffer)).containsExactly(entry("NAME", value));
    }

    @Test
    void pairsKeepTheirOrder() {
        assertThat(read("0101" + "4231" + "0101" + "4132")).containsExactly(entry("B", "1"), entry("A", "2"));
    }

    @Test
    void emptyNameAndValueAreAPair() {
        assertThat(read("0000")).containsExactly(entry("", ""));
    }

    @Test
    void everyByteIsReadAsOneChar() {
        assertThat(read("0102" + "41" + "ff80")).containsExactly(entry("A", "\u00ff\u0080"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"01", "80", "800001", "0180", "018000", "0101" + "41", "0102" + "4131", "ffffffff00"})
    void cutOffPairIsAProtocolError(String hex) {
        assertThatThrownBy(() -> read(hex))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("cut off");
    }

    @Test
    void lengthsThatOverflowTogetherAreAProtocolError() {
        assertThatThrownBy(() -> read("ffffffff" + "ffffffff" + "41")).isInstanceOf(ProtocolException.class);
    }

    @Test
    void charThatIsNoByteIsRefusedBeforeAnythingIsWritten() {
        assertThatThrownBy(() -> NameValuePairs.write(buffer, "A", "ab\u0100"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("A")
                .hasMessageContaining("position 2");

        assertThat(buffer.readableBytes()).isZero();
    }
}
