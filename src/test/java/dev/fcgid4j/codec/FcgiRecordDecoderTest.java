/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.failure.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FcgiRecordDecoderTest {

    /** Written by hand from the specification: one record of every type, with padding here and there. */
    private static final String EVERY_TYPE = "01 01 0001 0008 00 00 0001 01 0000000000" // BEGIN_REQUEST responder, keep
            + "01 04 0001 0006 02 00 03 01 616263 78 0000" // PARAMS abc=x
            + "01 04 0001 0000 00 00" // PARAMS end
            + "01 05 0001 0003 05 00 313233 0000000000" // STDIN 123
            + "01 05 0001 0000 00 00" // STDIN end
            + "01 08 0001 0001 00 00 44" // DATA D
            + "01 02 0001 0000 00 00" // ABORT_REQUEST
            + "01 06 0001 0002 06 00 4f4b 000000000000" // STDOUT OK
            + "01 07 0001 0001 00 00 21" // STDERR !
            + "01 06 0001 0000 00 00" // STDOUT end
            + "01 63 0001 0005 03 00 0102030405 000000" // an unknown type
            + "01 03 0001 0008 00 00 00000007 00 000000" // END_REQUEST appStatus 7
            + "01 09 0000 0011 07 00 0f 00 464347495f4d5058535f434f4e4e53 00000000000000" // GET_VALUES
            + "01 0a 0000 0012 06 00 0f 01 464347495f4d5058535f434f4e4e53 30 000000000000" // GET_VALUES_RESULT
            + "01 0b 0000 0008 00 00 63 00000000000000"; // UNKNOWN_TYPE 99

    private static byte[] hex(String text) {
        return ByteBufUtil.decodeHexDump(text.replaceAll("\\s+", ""));
    }

    /** What came out, with the parts of a stream joined, so that it doesn't depend on how the bytes were cut. */
    private static List<String> decode(List<byte[]> pieces) {
        EmbeddedChannel channel = new EmbeddedChannel(new FcgiRecordDecoder());
        List<String> out = new ArrayList<>();
        for (byte[] piece : pieces) {
            channel.writeInbound(Unpooled.wrappedBuffer(piece));
        }
        RecordType joined = null;
        for (FcgiRecord next = channel.readInbound(); next != null; next = channel.readInbound()) {
            if (next instanceof StreamRecord stream) {
                String text = stream.content().toString(StandardCharsets.ISO_8859_1);
                boolean more = joined == stream.type() && !stream.endOfStream();
                if (more) {
                    out.set(out.size() - 1, out.get(out.size() - 1) + text);
                } else {
                    out.add(stream.type() + ":" + text);
                }
                joined = stream.endOfStream() ? null : stream.type();
                stream.release();
            } else {
                out.add(next.toString());
                joined = null;
            }
        }
        assertThat(channel.finish()).isFalse();
        return out;
    }

    @Test
    void everyTypeIsUnderstood() {
        assertThat(decode(List.of(hex(EVERY_TYPE))))
                .containsExactly(
                        "BeginRequest[requestId=1, role=RESPONDER, keepConnection=true]",
                        "PARAMS:\u0003\u0001abcx",
                        "PARAMS:",
                        "STDIN:123",
                        "STDIN:",
                        "DATA:D",
                        "AbortRequest[requestId=1]",
                        "STDOUT:OK",
                        "STDERR:!",
                        "STDOUT:",
                        "EndRequest[requestId=1, appStatus=7, protocolStatus=REQUEST_COMPLETE]",
                        "GetValues[values={FCGI_MPXS_CONNS=}]",
                        "GetValuesResult[values={FCGI_MPXS_CONNS=0}]",
                        "UnknownType[unknown=99]");
    }

    @Test
    void recordMayBeSplitAnywhere() {
        byte[] all = hex(EVERY_TYPE);
        List<String> whole = decode(List.of(all));
        for (int at = 1; at < all.length; at++) {
            byte[] first = Arrays.copyOfRange(all, 0, at);
            byte[] second = Arrays.copyOfRange(all, at, all.length);

            assertThat(decode(List.of(first, second))).as("split at %d", at).isEqualTo(whole);
        }
    }

    @Test
    void recordMayArriveByteByByte() {
        byte[] all = hex(EVERY_TYPE);
        List<byte[]> bytes = new ArrayList<>();
        for (byte b : all) {
            bytes.add(new byte[] {b});
        }

        assertThat(decode(bytes)).isEqualTo(decode(List.of(all)));
    }

    @ParameterizedTest
    @CsvSource({"1, RESPONDER", "2, AUTHORIZER", "3, FILTER"})
    void everyRoleIsUnderstood(int code, Role role) {
        assertThat(decode(List.of(hex("01 01 0102 0008 00 00 000" + code + " 00 0000000000"))))
                .containsExactly(new BeginRequest(258, role, false).toString());
    }

    @ParameterizedTest
    @CsvSource({"0, REQUEST_COMPLETE", "1, CANT_MPX_CONN", "2, OVERLOADED", "3, UNKNOWN_ROLE"})
    void everyProtocolStatusIsUnderstood(int code, ProtocolStatus status) {
        assertThat(decode(List.of(hex("01 03 ffff 0008 00 00 fffffffe 0" + code + " 000000"))))
                .containsExactly(new EndRequest(65_535, 0xfffffffeL, status).toString());
    }

    @Test
    void outputWithAnyPaddingIsReadAndThePaddingIsNot() {
        StringBuilder records = new StringBuilder();
        for (int padding = 0; padding <= 255; padding++) {
            records.append("01 06 0001 0001 ").append(String.format("%02x 00 41", padding));
            records.append("ff".repeat(padding));
        }

        assertThat(decode(List.of(hex(records + "01 06 0001 0000 00 00"))))
                .containsExactly("STDOUT:" + "A".repeat(256), "STDOUT:");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 255})
    void endRequestWithAnyPaddingMayBeSplitAnywhere(int padding) {
        byte[] record = hex("01 03 0001 0008 " + String.format("%02x", padding) + " 00 00000000 00 000000"
                + "00".repeat(padding) + "01 02 0001 0000 00 00");
        for (int at = 1; at < record.length; at++) {
            List<String> out =
                    decode(List.of(Arrays.copyOfRange(record, 0, at), Arrays.copyOfRange(record, at, record.length)));

            assertThat(out).hasSize(2).last().isEqualTo("AbortRequest[requestId=1]");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7999, 8000, 8001, 65_535})
    void stderrOfAnyLengthLeavesTheStreamIntact(int length) {
        ByteBuf bytes = Unpooled.buffer();
        ByteBuf content = Unpooled.buffer().writeZero(length);
        RecordWriter.writeStream(bytes, RecordType.STDERR, 1, content);
        RecordWriter.writeAbortRequest(bytes, 1);

        assertThat(decode(List.of(ByteBufUtil.getBytes(bytes)))).last().isEqualTo("AbortRequest[requestId=1]");
        ReferenceCountUtil.release(bytes);
        ReferenceCountUtil.release(content);
    }

    /** Then comes an ABORT_REQUEST, which must be understood. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "01 01 0000 0008 00 00 0001000000000000", // BEGIN_REQUEST of no request
                "01 03 0000 0008 03 00 0000000000000000 000000", // END_REQUEST of no request, padded
                "01 06 0000 0001 00 00 41", // STDOUT of no request
                "01 06 0000 0000 00 00", // its end
                "01 0b 0001 0008 00 00 6300000000000000", // UNKNOWN_TYPE of a request
                "01 63 0001 0003 00 00 414243" // of unknown type
            })
    void recordThatConcernsNoRequestIsSkippedByItsLength(String record) {
        byte[] skipped = ByteBufUtil.decodeHexDump(record.replace(" ", ""));
        byte[] next = ByteBufUtil.decodeHexDump("0102000100000000");

        assertThat(decode(List.of(skipped, next))).containsExactly("AbortRequest[requestId=1]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    02 06 0001 0000 00 00                    | version 2
                    01 03 0001 0007 00 00 00000000000000     | END_REQUEST of 7 bytes
                    01 01 0001 0008 00 00 0009000000000000   | role 9
                    01 03 0001 0008 00 00 0000000009000000   | protocolStatus 9
                    01 0a 0000 0002 00 00 0501               | cut off
                    """)
    void brokenRecordIsOneErrorAndEndsTheConversation(String record, String message) {
        EmbeddedChannel channel = new EmbeddedChannel(new FcgiRecordDecoder());

        assertThatThrownBy(() -> channel.writeInbound(Unpooled.wrappedBuffer(hex(record))))
                .hasRootCauseInstanceOf(ProtocolException.class)
                .hasMessageContaining(message);
        channel.writeInbound(Unpooled.wrappedBuffer(hex("01 02 0001 0000 00 00")));
        assertThat(channel.inboundMessages()).isEmpty();
        channel.finishAndReleaseAll();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 127, 128, 65_519, 65_535, 65_536, 200_000})
    void paramsOfAnySizeAreWrittenAsAStream(int valueLength) {
        ByteBuf out = Unpooled.buffer();
        ParamsWriter writer = new ParamsWriter(out, 1);
        writer.add("NAME", "v".repeat(valueLength));
        writer.add("LAST", "1");
        writer.end();
        EmbeddedChannel channel = new EmbeddedChannel(new FcgiRecordDecoder());
        channel.writeInbound(out);
        ByteBuf joined = Unpooled.buffer();
        boolean ended = false;
        for (Params next = channel.readInbound(); next != null; next = channel.readInbound()) {
            ended = next.endOfStream();
            joined.writeBytes(next.content());
            next.release();
        }

        assertThat(ended).isTrue();
        assertThat(NameValuePairs.read(joined)).isEqualTo(Map.of("NAME", "v".repeat(valueLength), "LAST", "1"));
        joined.release();
        channel.finish();
    }

    @Property(tries = 200)
    void writtenRecordsAreReadBackFromAnyPieces(
            @ForAll @Size(max = 5) List<@IntRange(max = 70_000) Integer> lengths,
            @ForAll @IntRange(min = 1, max = 9000) int cut) {
        ByteBuf out = Unpooled.buffer();
        StringBuilder expected = new StringBuilder("STDOUT:");
        for (int length : lengths) {
            ByteBuf content = Unpooled.copiedBuffer("z".repeat(length), StandardCharsets.ISO_8859_1);
            RecordWriter.writeStream(out, RecordType.STDOUT, 1, content);
            content.release();
            expected.append("z".repeat(length));
        }
        RecordWriter.writeEndRequest(out, 1, 3, ProtocolStatus.OVERLOADED);
        byte[] bytes = ByteBufUtil.getBytes(out);
        out.release();
        List<byte[]> pieces = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += cut) {
            pieces.add(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + cut)));
        }

        List<String> decoded = decode(pieces);

        assertThat(decoded).last().isEqualTo("EndRequest[requestId=1, appStatus=3, protocolStatus=OVERLOADED]");
        assertThat(decoded.size() == 1 ? "STDOUT:" : decoded.get(0)).isEqualTo(expected.toString());
    }

    /** Any sequence of records of every type, as our encoder writes them, comes back the same however it is cut. */
    @Property(tries = 300)
    void recordsOfEveryTypeComeBackHoweverTheyAreCut(
            @ForAll @Size(max = 12) List<RecordType> types,
            @ForAll Role role,
            @ForAll ProtocolStatus status,
            @ForAll @IntRange(min = 1, max = 65_535) int id,
            @ForAll @IntRange(min = 1, max = 3000) int length,
            @ForAll @IntRange(min = 1, max = 5000) int cut) {
        EmbeddedChannel encoder = new EmbeddedChannel(new FcgiRecordEncoder());
        List<String> expected = new ArrayList<>();
        for (RecordType type : types) {
            FcgiRecord message =
                    switch (type) {
                        case BEGIN_REQUEST -> new BeginRequest(id, role, length % 2 == 0);
                        case END_REQUEST -> new EndRequest(id, length * 1_000_000L, status);
                        default -> record(type, id, length);
                    };
            if (message instanceof StreamRecord stream) {
                String text = stream.content().toString(StandardCharsets.ISO_8859_1);
                String before = stream.type() + ":";
                boolean more =
                        !expected.isEmpty() && expected.get(expected.size() - 1).startsWith(before);
                if (more) {
                    expected.set(expected.size() - 1, expected.get(expected.size() - 1) + text);
                } else {
                    expected.add(before + text);
                }
            } else {
                expected.add(message.toString());
            }
            encoder.writeOutbound(message);
        }
        ByteBuf out = Unpooled.buffer();
        for (ByteBuf next = encoder.readOutbound(); next != null; next = encoder.readOutbound()) {
            out.writeBytes(next);
            next.release();
        }
        encoder.finish();
        List<byte[]> pieces = new ArrayList<>();
        while (out.isReadable()) {
            byte[] piece = new byte[Math.min(cut, out.readableBytes())];
            out.readBytes(piece);
            pieces.add(piece);
        }

        assertThat(decode(pieces)).isEqualTo(expected);
    }

    private static FcgiRecord record(RecordType type, int id, int length) {
        ByteBuf content = Unpooled.copiedBuffer("r".repeat(length), StandardCharsets.ISO_8859_1);
        return switch (type) {
            case ABORT_REQUEST -> new AbortRequest(id);
            case PARAMS -> new Params(id, content);
            case STDIN -> new Stdin(id, content);
            case STDOUT -> new Stdout(id, content);
            case STDERR -> new Stderr(id, content);
            case DATA -> new Data(id, content);
            case GET_VALUES -> new GetValues(Map.of("n".repeat(length), ""));
            case GET_VALUES_RESULT -> new GetValuesResult(Map.of("FCGI_MAX_CONNS", "v".repeat(length)));
            case UNKNOWN_TYPE -> new UnknownType(length % 256);
            case BEGIN_REQUEST, END_REQUEST -> throw new IllegalArgumentException(type + " is made by the caller");
        };
    }

    @Test
    void variableThatIsNoByteStringIsRefusedAndAnEndedStreamStaysEnded() {
        ByteBuf out = Unpooled.buffer();
        ParamsWriter writer = new ParamsWriter(out, 1);
        assertThatThrownBy(() -> writer.add("NAME", "x\u0100")).isInstanceOf(IllegalArgumentException.class);
        writer.add("NAME", "\u00ff");
        writer.end();
        int length = out.readableBytes();

        assertThatThrownBy(() -> writer.add("A", "b")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(writer::end).isInstanceOf(IllegalStateException.class);
        assertThat(out.readableBytes()).isEqualTo(length);
        out.release();
    }
}
