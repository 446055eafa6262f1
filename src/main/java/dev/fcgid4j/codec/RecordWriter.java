/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import io.netty.buffer.ByteBuf;

/**
 * Writes records into a buffer. So the hot path builds a whole request in one buffer.
 *
 * <p>Contents are padded to a multiple of 8 bytes, as FastCGI 1.0 section 3.3 recommends.
 *
 * <p>Stateless. Ownership: each buffer is borrowed for the call.
 */
public final class RecordWriter {

    private static final int KEEP_CONN = 1;

    private RecordWriter() {}

    /** Returns the bytes of padding after a content of this length. */
    public static int paddingFor(int contentLength) {
        return -contentLength & 7;
    }

    /** Writes the header of a record (section 3.3). */
    public static void writeHeader(ByteBuf out, RecordType type, int requestId, int contentLength, int paddingLength) {
        out.writeByte(FcgiRecord.VERSION);
        out.writeByte(type.code());
        out.writeShort(requestId);
        out.writeShort(contentLength);
        out.writeByte(paddingLength);
        out.writeByte(0);
    }

    /** Writes FCGI_BEGIN_REQUEST (section 5.1). */
    public static void writeBeginRequest(ByteBuf out, int requestId, Role role, boolean keepConnection) {
        writeHeader(out, RecordType.BEGIN_REQUEST, requestId, 8, 0);
        out.writeShort(role.code());
        out.writeByte(keepConnection ? KEEP_CONN : 0);
        out.writeZero(5);
    }

    /** Writes FCGI_ABORT_REQUEST (section 5.4). */
    public static void writeAbortRequest(ByteBuf out, int requestId) {
        writeHeader(out, RecordType.ABORT_REQUEST, requestId, 0, 0);
    }

    /** Writes FCGI_END_REQUEST (section 5.5). */
    public static void writeEndRequest(ByteBuf out, int requestId, long appStatus, ProtocolStatus status) {
        writeHeader(out, RecordType.END_REQUEST, requestId, 8, 0);
        out.writeInt((int) appStatus);
        out.writeByte(status.code());
        out.writeZero(3);
    }

    /** Writes the empty record that ends a stream. */
    public static void writeEndOfStream(ByteBuf out, RecordType type, int requestId) {
        writeHeader(out, type, requestId, 0, 0);
    }

    /**
     * Writes content as one or more records of a stream. Writes nothing if the content is empty.
     *
     * @param content read to its end; borrowed for the call
     */
    public static void writeStream(ByteBuf out, RecordType type, int requestId, ByteBuf content) {
        while (content.isReadable()) {
            int length = Math.min(content.readableBytes(), FcgiRecord.MAX_CONTENT);
            int padding = paddingFor(length);
            writeHeader(out, type, requestId, length, padding);
            out.writeBytes(content, length);
            out.writeZero(padding);
        }
    }
}
