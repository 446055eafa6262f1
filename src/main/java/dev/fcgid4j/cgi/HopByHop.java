/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import java.util.Set;

/** Fields that are about one connection and go no further, in either direction (RFC 9110 section 7.6.1). */
final class HopByHop {

    /** Their names in lower case. */
    static final Set<String> NAMES =
            Set.of("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade");

    private HopByHop() {}
}
