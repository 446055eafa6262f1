/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import dev.fcgid4j.api.Internal;
import java.util.List;

/**
 * Reads the URI that a request is for out of its two places: the request target and the Host field.
 *
 * <h2>Which host counts</h2>
 *
 * A target in absolute form names its host itself, and Host counts for nothing then. A target in origin form is for the host
 * in Host.
 *
 * <h2>What is refused</h2>
 *
 * Two programs on the way of a request must not read different hosts or paths out of it. So a request is refused if it has
 * several Host fields, a Host that is no name or address, user information, a control character, a space or a fragment.
 *
 * <p>Stateless. Source: RFC 9112 sections 3.2 and 3.3; RFC 9110 sections 4.2.4 and 7.2.
 */
@Internal
public final class TargetUri {

    /** Asks for the server as a whole, not for one of its paths (RFC 9112 section 3.2.4). Only OPTIONS may have it. */
    public static final String SERVER = "*";

    private TargetUri() {}

    /**
     * Returns whether a request says beyond doubt which path of which host it is for.
     *
     * @param protocol such as {@code HTTP/1.1}
     * @param hosts the values of all Host fields
     */
    public static boolean isWellFormed(String method, String target, String protocol, List<String> hosts) {
        return isTarget(method, target) && areHosts(protocol, hosts);
    }

    private static boolean isTarget(String method, String target) {
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c == 0x7f || c == '#') {
                return false;
            }
        }
        return target.startsWith("/")
                || (target.equals(SERVER) ? method.equals("OPTIONS") : ServerName.isWellFormed(host(target)));
    }

    private static boolean areHosts(String protocol, List<String> hosts) {
        if (hosts.isEmpty()) {
            return protocol.equals("HTTP/1.0") || !protocol.startsWith("HTTP/1."); // later versions have :authority
        }
        // A target that has no host gives an empty field.
        return hosts.size() == 1 && (hosts.get(0).isEmpty() || ServerName.isWellFormed(hosts.get(0)));
    }

    /** Returns the host and port in a target in absolute form; empty for every other target. */
    public static String host(String target) {
        int start = authorityStart(target);
        return start < 0 ? "" : target.substring(start, authorityEnd(target, start));
    }

    /** Returns the path and query of a target in absolute form; every other target unchanged. */
    public static String originForm(String target) {
        int start = authorityStart(target);
        if (start < 0) {
            return target;
        }
        String rest = target.substring(authorityEnd(target, start));
        return rest.startsWith("/") ? rest : "/" + rest; // an empty path is that of the root
    }

    /** Returns where the authority of a target in absolute form begins; -1 for every other target. */
    private static int authorityStart(String target) {
        if (target.startsWith("/")) {
            return -1;
        }
        for (String scheme : List.of("http://", "https://")) {
            if (target.regionMatches(true, 0, scheme, 0, scheme.length())) {
                return scheme.length();
            }
        }
        return -1;
    }

    private static int authorityEnd(String target, int start) {
        for (int i = start; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c == '/' || c == '?') {
                return i;
            }
        }
        return target.length();
    }
}
