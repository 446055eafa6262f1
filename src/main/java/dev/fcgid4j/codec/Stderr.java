/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import io.netty.buffer.ByteBuf;

/**
 * Messages of the application during a request, for the log.
 *
 * <p>Source: FastCGI 1.0, section 5.3.
 *
 * @param requestId 1 to 65535
 * @param content a piece of the stream; empty ends it. Owned by the record
 */
public record Stderr(int requestId, ByteBuf content) implements StreamRecord {

    public Stderr {
        ApplicationRecord.requireRequestId(requestId);
    }

    @Override
    public RecordType type() {
        return RecordType.STDERR;
    }
}
