/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToByteEncoder;
import java.util.Map;

/**
 * Encodes {@link FcgiRecord}s to bytes, in either direction.
 *
 * <p>The manager itself writes with {@link RecordWriter}. This handler is for applications in Java, for tests, and for
 * other programs that exchange records.
 *
 * <p>Ownership: it takes ownership of each record. Threading: one for each channel, on its event loop.
 */
public final class FcgiRecordEncoder extends MessageToByteEncoder<FcgiRecord> {

    /** Creates an encoder for one channel. */
    public FcgiRecordEncoder() {
        super(FcgiRecord.class);
    }

    @Override
    protected void encode(ChannelHandlerContext ctx, FcgiRecord message, ByteBuf out) {
        write(out, message);
    }

    /** Appends a record to {@code out}. Both are borrowed for the call; the record's content is read to its end. */
    public static void write(ByteBuf out, FcgiRecord message) {
        if (message instanceof StreamRecord stream) {
            if (stream.endOfStream()) {
                RecordWriter.writeEndOfStream(out, stream.type(), stream.requestId());
            } else {
                RecordWriter.writeStream(out, stream.type(), stream.requestId(), stream.content());
            }
        } else if (message instanceof BeginRequest begin) {
            RecordWriter.writeBeginRequest(out, begin.requestId(), begin.role(), begin.keepConnection());
        } else if (message instanceof AbortRequest abort) {
            RecordWriter.writeAbortRequest(out, abort.requestId());
        } else if (message instanceof EndRequest end) {
            RecordWriter.writeEndRequest(out, end.requestId(), end.appStatus(), end.protocolStatus());
        } else if (message instanceof GetValues get) {
            writeValues(out, RecordType.GET_VALUES, get.values());
        } else if (message instanceof GetValuesResult result) {
            writeValues(out, RecordType.GET_VALUES_RESULT, result.values());
        } else if (message instanceof UnknownType unknown) {
            RecordWriter.writeHeader(out, RecordType.UNKNOWN_TYPE, 0, 8, 0);
            out.writeByte(unknown.unknown());
            out.writeZero(7);
        }
    }

    private static void writeValues(ByteBuf out, RecordType type, Map<String, String> values) {
        int length = values.entrySet().stream()
                .mapToInt(e -> NameValuePairs.length(e.getKey(), e.getValue()))
                .sum();
        if (length > FcgiRecord.MAX_VALUES) {
            throw new IllegalArgumentException(
                    "values take " + length + " bytes: expected at most " + FcgiRecord.MAX_VALUES);
        }
        int padding = RecordWriter.paddingFor(length);
        RecordWriter.writeHeader(out, type, 0, length, padding);
        values.forEach((name, value) -> NameValuePairs.write(out, name, value));
        out.writeZero(padding);
    }
}
