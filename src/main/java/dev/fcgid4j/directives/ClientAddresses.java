/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import java.util.regex.Pattern;

/**
 * The spelling of clients in conditions about access. Conditions about single clients are not evaluated; a spelling that
 * httpd does not accept is a mistake. Stateless.
 *
 * <p>Source: httpd's mod_authz_host, apr_ipsubnet_create.
 */
final class ClientAddresses {

    private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    private static final String IPV4 = BYTE + "(\\." + BYTE + "){3}";
    private static final Pattern PREFIX = Pattern.compile(BYTE + "(\\." + BYTE + "){0,2}\\.?");
    private static final Pattern SUBNET =
            Pattern.compile(IPV4 + "(/([0-9]|[12][0-9]|3[0-2]|" + BYTE + "(\\." + BYTE + "){3}))?");
    private static final Pattern IPV6 =
            Pattern.compile("(?=.*:.*:)[0-9a-fA-F:]{2,39}(/([0-9]|[1-9][0-9]|1[01][0-9]|12[0-8]))?");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]*[A-Za-z][A-Za-z0-9._-]*");
    private static final Pattern VARIABLE = Pattern.compile("(?i)env=!?[A-Za-z0-9_-]+");

    private ClientAddresses() {}

    /** Returns whether a word is an IP address, the beginning of one, or a subnet. */
    static boolean isAddress(String word) {
        return PREFIX.matcher(word).matches()
                || SUBNET.matcher(word).matches()
                || IPV6.matcher(word).matches();
    }

    /** Returns whether a word may stand behind {@code Allow from}. */
    static boolean isHostOrAddress(String word) {
        return isAddress(word)
                || HOST.matcher(word).matches()
                || VARIABLE.matcher(word).matches();
    }
}
