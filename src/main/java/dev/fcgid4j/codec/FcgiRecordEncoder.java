/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToByteEncoder;
import java.util.Map;

/**
 * Turns any {@link FcgiRecord} into bytes, in either direction; takes ownership of the record.
 *
 * <p>The manager itself writes through {@link RecordWriter}; this handler is for applications written in Java, for tests,
 * and for whoever wants to speak records.
 */
public final class FcgiRecordEncoder extends MessageToByteEncoder<FcgiRecord> {

    /** Creates one for one channel. */
    public FcgiRecordEncoder() {
        super(FcgiRecord.class);
    }

    @Override
    protected void encode(ChannelHandlerContext ctx, FcgiRecord message, ByteBuf out) {
        write(out, message);
    }

    /** Appends a record's bytes to {@code out}; both are borrowed for the call, the content is read to its end. */
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
