/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import static java.util.Objects.requireNonNull;

/**
 * The meta-variables that describe the server, and whether credentials are passed on.
 *
 * <p>Immutable.
 *
 * @param serverSoftware SERVER_SOFTWARE; {@code fcgid4j} by default
 * @param serverName SERVER_NAME of a request whose Host is missing or unusable; {@code localhost} by default
 * @param passAuthorization whether Authorization and Proxy-Authorization are passed on (CGIPassAuth; false)
 * @param serverAdmin SERVER_ADMIN; empty, the default, for none
 */
public record CgiSettings(String serverSoftware, String serverName, boolean passAuthorization, String serverAdmin) {

    private static final CgiSettings DEFAULTS = new CgiSettings("fcgid4j", "localhost", false, "");

    public CgiSettings {
        requireNonNull(serverSoftware, "serverSoftware");
        requireNonNull(serverName, "serverName");
        requireNonNull(serverAdmin, "serverAdmin");
    }

    /** Returns the defaults that each component above names. */
    public static CgiSettings defaults() {
        return DEFAULTS;
    }

    /** The same with another {@link #serverName()}. */
    public CgiSettings withServerName(String value) {
        return new CgiSettings(serverSoftware, value, passAuthorization, serverAdmin);
    }

    /** The same with another {@link #serverAdmin()}. */
    public CgiSettings withServerAdmin(String value) {
        return new CgiSettings(serverSoftware, serverName, passAuthorization, value);
    }
}
