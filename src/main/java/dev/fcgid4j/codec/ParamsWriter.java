/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;

/**
 * Writes a whole FCGI_PARAMS stream, pair by pair, into a buffer.
 *
 * <p>If all pairs fit into one record, they are written in place, and the length of the record is filled in at the end. If
 * they don't, they are split into records of 65,535 bytes, which costs one copy.
 *
 * <p>Threading: one thread. Ownership: the buffer is borrowed until {@link #end()}.
 *
 * <p>Source: FastCGI 1.0, sections 3.4 and 5.2.
 */
public final class ParamsWriter {

    private final ByteBuf out;
    private final int requestId;
    private final int header;
    private boolean ended;

    /** Begins the stream at the end of {@code out}. */
    public ParamsWriter(ByteBuf out, int requestId) {
        this.out = requireNonNull(out, "out");
        this.requestId = requestId;
        this.header = out.writerIndex();
        RecordWriter.writeHeader(out, RecordType.PARAMS, requestId, 0, 0);
    }

    /**
     * Adds a pair; both are byte strings.
     *
     * @throws IllegalArgumentException if a char is no byte
     * @throws IllegalStateException after {@link #end()}
     */
    public void add(CharSequence name, CharSequence value) {
        requireOpen();
        NameValuePairs.write(out, name, value);
    }

    /**
     * Adds encoded pairs.
     *
     * @throws IllegalStateException after {@link #end()}
     */
    public void add(EncodedPairs pairs) {
        requireOpen();
        pairs.writeTo(out);
    }

    /** Ends the stream: fills in the length, adds padding, writes the empty record. */
    public void end() {
        requireOpen();
        ended = true;
        int start = header + FcgiRecord.HEADER_LENGTH;
        int length = out.writerIndex() - start;
        if (length > FcgiRecord.MAX_CONTENT) {
            split(start, length);
        } else if (length > 0) {
            int padding = RecordWriter.paddingFor(length);
            out.setShort(header + 4, length);
            out.setByte(header + 6, padding);
            out.writeZero(padding);
        } else {
            out.writerIndex(header);
        }
        RecordWriter.writeEndOfStream(out, RecordType.PARAMS, requestId);
    }

    private void requireOpen() {
        if (ended) {
            throw new IllegalStateException("the stream was ended");
        }
    }

    private void split(int start, int length) {
        ByteBuf all = out.copy(start, length);
        try {
            out.writerIndex(header);
            RecordWriter.writeStream(out, RecordType.PARAMS, requestId, all);
        } finally {
            ReferenceCountUtil.release(all);
        }
    }
}
