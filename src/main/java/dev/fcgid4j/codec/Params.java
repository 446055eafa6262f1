/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import io.netty.buffer.ByteBuf;

/**
 * The meta-variables of a request, as name-value pairs.
 *
 * <p>Source: FastCGI 1.0, section 5.2.
 *
 * @param requestId 1 to 65535
 * @param content a piece of the stream; empty ends it. Owned by the record
 */
public record Params(int requestId, ByteBuf content) implements StreamRecord {

    public Params {
        ApplicationRecord.requireRequestId(requestId);
    }

    @Override
    public RecordType type() {
        return RecordType.PARAMS;
    }
}
