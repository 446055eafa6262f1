/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import dev.fcgid4j.failure.ProtocolException;
import io.netty.buffer.ByteBuf;

/**
 * Checks the length of a record's content, and makes a record of it, for {@link FcgiRecordDecoder}.
 *
 * <p>Stateless. Source: FastCGI 1.0, sections 4 and 5.
 */
final class RecordContent {

    private RecordContent() {}

    /**
     * Checks the length that a header announces.
     *
     * @throws ProtocolException if a record of this type has another length
     */
    static void requireLength(RecordType type, int requestId, int length) {
        switch (type) {
            case BEGIN_REQUEST, END_REQUEST, UNKNOWN_TYPE -> require(length == 8, type, requestId, length, "8 bytes");
            case ABORT_REQUEST -> require(length == 0, type, requestId, length, "no content");
            case GET_VALUES, GET_VALUES_RESULT ->
                require(length <= FcgiRecord.MAX_VALUES, type, requestId, length, "at most 8192 bytes");
            case PARAMS, STDIN, STDOUT, STDERR, DATA -> {} // any length
        }
    }

    private static void require(boolean fits, RecordType type, int requestId, int length, String expected) {
        if (!fits) {
            throw broken("a record FCGI_" + type + " of " + length + " bytes with id " + requestId + "; expected "
                    + expected);
        }
    }

    /**
     * Reads a record whose type and length are right.
     *
     * @param length bytes of the content
     * @param content owned by the record afterwards if it is a stream record; otherwise borrowed, and read for {@code
     *     length} bytes
     * @throws ProtocolException if a value is none that FastCGI 1.0 permits
     */
    static FcgiRecord read(RecordType type, int requestId, int length, ByteBuf content) {
        return switch (type) {
            case BEGIN_REQUEST -> beginRequest(requestId, content);
            case ABORT_REQUEST -> new AbortRequest(requestId);
            case END_REQUEST -> endRequest(requestId, content);
            case PARAMS -> new Params(requestId, content);
            case STDIN -> new Stdin(requestId, content);
            case STDOUT -> new Stdout(requestId, content);
            case STDERR -> new Stderr(requestId, content);
            case DATA -> new Data(requestId, content);
            case GET_VALUES -> new GetValues(NameValuePairs.read(content.readSlice(length)));
            case GET_VALUES_RESULT -> new GetValuesResult(NameValuePairs.read(content.readSlice(length)));
            case UNKNOWN_TYPE -> unknownType(content);
        };
    }

    private static FcgiRecord beginRequest(int requestId, ByteBuf content) {
        int role = content.readUnsignedShort();
        int flags = content.readUnsignedByte();
        content.skipBytes(5);
        Role known =
                Role.ofCode(role).orElseThrow(() -> broken("role " + role + " in FCGI_BEGIN_REQUEST; expected 1 to 3"));
        return new BeginRequest(requestId, known, (flags & 1) != 0);
    }

    private static FcgiRecord endRequest(int requestId, ByteBuf content) {
        long appStatus = content.readUnsignedInt();
        int status = content.readUnsignedByte();
        content.skipBytes(3);
        ProtocolStatus known = ProtocolStatus.ofCode(status)
                .orElseThrow(() -> broken("protocolStatus " + status + " in FCGI_END_REQUEST; expected 0 to 3"));
        return new EndRequest(requestId, appStatus, known);
    }

    private static FcgiRecord unknownType(ByteBuf content) {
        int unknown = content.readUnsignedByte();
        content.skipBytes(7);
        return new UnknownType(unknown);
    }

    /** Makes the failure of a peer that doesn't keep to the protocol. */
    static ProtocolException broken(String what) {
        return new ProtocolException("the peer broke FastCGI 1.0: " + what);
    }
}
