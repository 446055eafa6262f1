/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bytes written by hand from FastCGI 1.0, section 3.3 and chapter 8, against what the encoder writes. */
class FcgiRecordEncoderTest {

    static Stream<Arguments> everyType() {
        return Stream.of(
                of(new BeginRequest(1, Role.RESPONDER, true), "01 01 0001 0008 00 00  0001 01 0000000000"),
                of(new BeginRequest(258, Role.AUTHORIZER, false), "01 01 0102 0008 00 00  0002 00 0000000000"),
                of(new BeginRequest(65535, Role.FILTER, false), "01 01 ffff 0008 00 00  0003 00 0000000000"),
                of(new AbortRequest(7), "01 02 0007 0000 00 00"),
                of(
                        new EndRequest(1, 0xfffffffeL, ProtocolStatus.OVERLOADED),
                        "01 03 0001 0008 00 00  fffffffe 02 000000"),
                of(new EndRequest(1, 0, ProtocolStatus.REQUEST_COMPLETE), "01 03 0001 0008 00 00  00000000 00 000000"),
                of(new EndRequest(1, 0, ProtocolStatus.CANT_MPX_CONN), "01 03 0001 0008 00 00  00000000 01 000000"),
                of(new EndRequest(1, 0, ProtocolStatus.UNKNOWN_ROLE), "01 03 0001 0008 00 00  00000000 03 000000"),
                of(new Params(1, bytes("\u0001\u0001ab")), "01 04 0001 0004 04 00  01016162 00000000"),
                of(new Params(1, Unpooled.EMPTY_BUFFER), "01 04 0001 0000 00 00"),
                of(new Stdin(1, bytes("12345678")), "01 05 0001 0008 00 00  3132333435363738"),
                of(new Stdin(1, Unpooled.EMPTY_BUFFER), "01 05 0001 0000 00 00"),
                of(new Stdout(1, bytes("OK")), "01 06 0001 0002 06 00  4f4b 000000000000"),
                of(new Stderr(1, bytes("!")), "01 07 0001 0001 07 00  21 00000000000000"),
                of(new Data(1, bytes("D")), "01 08 0001 0001 07 00  44 00000000000000"),
                of(
                        new GetValues(Map.of("FCGI_MPXS_CONNS", "")),
                        "01 09 0000 0011 07 00  0f 00 464347495f4d5058535f434f4e4e53 00000000000000"),
                of(new GetValuesResult(Map.of("A", "1")), "01 0a 0000 0004 04 00  01 01 41 31 00000000"),
                of(new UnknownType(99), "01 0b 0000 0008 00 00  63 00000000000000"));
    }

    private static Arguments of(FcgiRecord message, String hex) {
        return Arguments.of(message, hex.replace(" ", ""));
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    private static ByteBuf encode(FcgiRecord message) {
        EmbeddedChannel channel = new EmbeddedChannel(new FcgiRecordEncoder());
        assertThat(channel.writeOutbound(message)).isTrue();
        ByteBuf out = channel.readOutbound();
        assertThat(channel.finish()).isFalse();
        return out;
    }

    @ParameterizedTest
    @MethodSource("everyType")
    void bytesAreThoseOfTheSpecification(FcgiRecord message, String expected) {
        ByteBuf out = encode(message);

        assertThat(ByteBufUtil.hexDump(out)).isEqualTo(expected);
        out.release();
    }

    @Test
    void longStreamIsCutAt65535Bytes() {
        byte[] content = new byte[65_536];
        Arrays.fill(content, (byte) 7);

        ByteBuf out = encode(new Stdout(1, Unpooled.wrappedBuffer(content)));

        assertThat(ByteBufUtil.hexDump(out, 0, 8)).isEqualTo("01060001ffff0100");
        assertThat(ByteBufUtil.hexDump(out, 8 + 65_535, 1 + 8 + 8))
                .isEqualTo("00" + "0106000100010700" + "0700000000000000");
        assertThat(out.readableBytes()).isEqualTo(8 + 65_536 + 8 + 8);
        out.release();
    }

    @Test
    void lengthsOfPairsTakeOneOrFourBytes() {
        String name = "n".repeat(127);
        String value = "v".repeat(128);

        ByteBuf out = encode(new GetValuesResult(Map.of(name, value)));

        // 1 + 4 bytes of lengths, 127 + 128 of text: 260 = 0x104, padded by 4
        assertThat(ByteBufUtil.hexDump(out, 0, 14)).isEqualTo("010a0000" + "01040400" + "7f" + "80000080" + "6e");
        assertThat(out.readableBytes()).isEqualTo(8 + 260 + 4);
        out.release();
    }
}
