/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

/** A record about one request (FastCGI 1.0, section 5). */
public sealed interface ApplicationRecord extends FcgiRecord
        permits BeginRequest, AbortRequest, EndRequest, StreamRecord {

    /**
     * Checks a request id.
     *
     * @throws IllegalArgumentException unless it is 1 to 65535
     */
    static void requireRequestId(int requestId) {
        if (requestId < 1 || requestId > 0xFFFF) {
            throw new IllegalArgumentException("request id " + requestId + ": expected 1 to 65535");
        }
    }
}
