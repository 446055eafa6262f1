/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.cgi.MetaVariables;
import dev.fcgid4j.codec.EncodedPairs;
import java.util.Set;

/**
 * What an exchange sends: to which class, with which variables and body.
 *
 * @param scriptVariables variables that all requests to the script have alike
 * @param variables the others
 * @param body owned by the exchange
 */
record ExchangeRequest(
        ProcessClass processClass,
        String method,
        EncodedPairs scriptVariables,
        MetaVariables variables,
        RequestBody body) {

    /** Methods that may be repeated when it isn't known whether they took effect (RFC 9110 section 9.2.2). */
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

    /** Methods that take no effect, so that a second answer is as good as the first (RFC 9110 section 9.2.1). */
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    boolean safe() {
        return SAFE.contains(method);
    }

    boolean idempotent() {
        return IDEMPOTENT.contains(method);
    }
}
