/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import static java.util.Objects.requireNonNull;

/**
 * The web server begins a request.
 *
 * <p>Source: FastCGI 1.0, section 5.1.
 *
 * @param requestId 1 to 65535
 * @param role the role that the application must play
 * @param keepConnection whether the application leaves the connection open after the request (FCGI_KEEP_CONN)
 */
public record BeginRequest(int requestId, Role role, boolean keepConnection) implements ApplicationRecord {

    public BeginRequest {
        ApplicationRecord.requireRequestId(requestId);
        requireNonNull(role, "role");
    }

    @Override
    public RecordType type() {
        return RecordType.BEGIN_REQUEST;
    }
}
