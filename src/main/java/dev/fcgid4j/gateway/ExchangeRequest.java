/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.cgi.MetaVariables;
import dev.fcgid4j.codec.EncodedPairs;
import java.util.Set;

/**
 * What an exchange sends, and to which class of workers.
 *
 * @param scriptVariables the variables that are the same for all requests to a script
 * @param variables the others
 * @param body owned by the exchange
 */
record ExchangeRequest(
        ProcessClass processClass,
        String method,
        EncodedPairs scriptVariables,
        MetaVariables variables,
        RequestBody body) {

    /** A repetition of these methods has the same effect as one request (RFC 9110 section 9.2.2). */
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

    /** These methods only read, so that a second response is as good as the first (RFC 9110 section 9.2.1). */
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    /** Whether the method only reads. */
    boolean safe() {
        return SAFE.contains(method);
    }

    /** Whether the request may be repeated if it is not known whether it took effect. */
    boolean idempotent() {
        return IDEMPOTENT.contains(method);
    }
}
