/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import dev.fcgid4j.failure.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes bytes to {@link FcgiRecord}s, in either direction.
 *
 * <pre>{@code
 *  0        1        2        3        4        5        6        7
 * +--------+--------+-----------------+-----------------+--------+--------+
 * |version | type   | request id      | content length  |padding |reserved| content ... padding ...
 * +--------+--------+-----------------+-----------------+--------+--------+
 *
 * web server  BEGIN_REQUEST(1)  PARAMS(1) ... PARAMS(1, "")  STDIN(1) ... STDIN(1, "")
 * application                                  STDOUT(1) ... STDOUT(1, "")  END_REQUEST(1)
 * }</pre>
 *
 * <p>Contract: a record may arrive in any pieces. The content of a stream record is passed on as it arrives, so one
 * record on the wire may become several, and nothing waits for 64 KiB. An empty content is passed on only for an empty
 * record, which ends the stream. Padding is skipped, and so are records of an unknown type, and those whose request id
 * does not fit their type: an id where there must be none, or none where there must be one.
 *
 * <p>Failures: a wrong version, or a length or value that the type does not permit, is one {@link ProtocolException}. Netty
 * passes it on as the cause of a {@code DecoderException}. Everything after it is dropped.
 *
 * <p>Ownership: stream records carry a retained slice; the receiver releases it.
 *
 * <p>Threading: one for each channel, on its event loop.
 */
public final class FcgiRecordDecoder extends ByteToMessageDecoder {

    /** The part of a record that the next bytes belong to. */
    private enum State {
        HEADER,
        CONTENT,
        PADDING,
        BROKEN
    }

    private State state = State.HEADER;
    private @Nullable RecordType type;
    private int requestId;
    private int contentLeft;
    private int paddingLeft;

    /** Creates a decoder for one channel. */
    public FcgiRecordDecoder() {}

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        try {
            boolean more = true;
            while (more) {
                more = step(in, out);
            }
        } catch (ProtocolException e) {
            state = State.BROKEN;
            throw e;
        }
    }

    private boolean step(ByteBuf in, List<Object> out) {
        return switch (state) {
            case HEADER -> readHeader(in, out);
            case CONTENT -> readContent(in, out);
            case PADDING -> skipPadding(in);
            case BROKEN -> {
                in.skipBytes(in.readableBytes());
                yield false;
            }
        };
    }

    private boolean readHeader(ByteBuf in, List<Object> out) {
        if (in.readableBytes() < FcgiRecord.HEADER_LENGTH) {
            return false;
        }
        int version = in.readUnsignedByte();
        int code = in.readUnsignedByte();
        requestId = in.readUnsignedShort();
        contentLeft = in.readUnsignedShort();
        paddingLeft = in.readUnsignedByte();
        in.skipBytes(1);
        if (version != FcgiRecord.VERSION) {
            throw RecordContent.broken("a record of version " + version + " where FastCGI has version 1 only");
        }
        type = RecordType.ofCode(code)
                .filter(known -> known.isManagement() == (requestId == 0))
                .orElse(null);
        if (type != null) {
            RecordContent.requireLength(type, requestId, contentLeft);
            if (contentLeft == 0) {
                out.add(record(type, type.isStream() ? in.alloc().buffer(0, 0) : in));
            }
        }
        state = contentLeft > 0 ? State.CONTENT : State.PADDING;
        return true;
    }

    private boolean readContent(ByteBuf in, List<Object> out) {
        int readable = Math.min(in.readableBytes(), contentLeft);
        if (readable == 0) {
            return false;
        }
        if (type == null) {
            in.skipBytes(readable);
        } else if (type.isStream()) {
            out.add(record(type, in.readRetainedSlice(readable)));
        } else if (readable < contentLeft) {
            return false; // records of other types are short, and are decoded as a whole
        } else {
            out.add(record(type, in));
        }
        contentLeft -= readable;
        state = contentLeft > 0 ? State.CONTENT : State.PADDING;
        return true;
    }

    private boolean skipPadding(ByteBuf in) {
        int readable = Math.min(in.readableBytes(), paddingLeft);
        in.skipBytes(readable);
        paddingLeft -= readable;
        if (paddingLeft > 0) {
            return false;
        }
        state = State.HEADER;
        return true;
    }

    /** Makes a record. A stream record takes ownership of the content; records of other types read their own length. */
    private FcgiRecord record(RecordType known, ByteBuf content) {
        return RecordContent.read(known, requestId, contentLeft, content);
    }
}
