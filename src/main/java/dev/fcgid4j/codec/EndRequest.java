/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import static java.util.Objects.requireNonNull;

/**
 * The application ends a request that it has served or rejected.
 *
 * <p>Source: FastCGI 1.0, section 5.5.
 *
 * @param requestId 1 to 65535
 * @param appStatus unsigned 32 bits; for a Responder, the exit status a CGI program would have had
 * @param protocolStatus whether the application served or rejected the request
 */
public record EndRequest(int requestId, long appStatus, ProtocolStatus protocolStatus) implements ApplicationRecord {

    public EndRequest {
        ApplicationRecord.requireRequestId(requestId);
        requireNonNull(protocolStatus, "protocolStatus");
        if (appStatus < 0 || appStatus > 0xFFFF_FFFFL) {
            throw new IllegalArgumentException("appStatus " + appStatus + ": expected unsigned 32 bits");
        }
    }

    @Override
    public RecordType type() {
        return RecordType.END_REQUEST;
    }
}
