/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

/**
 * The web server aborts a request, because the client disconnected.
 *
 * <p>Source: FastCGI 1.0, section 5.4.
 *
 * @param requestId 1 to 65535
 */
public record AbortRequest(int requestId) implements ApplicationRecord {

    public AbortRequest {
        ApplicationRecord.requireRequestId(requestId);
    }

    @Override
    public RecordType type() {
        return RecordType.ABORT_REQUEST;
    }
}
