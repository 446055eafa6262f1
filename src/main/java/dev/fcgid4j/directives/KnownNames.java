/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The names of directives that may be passed over in {@code .htaccess}, because httpd knows them and they refuse no
 * request. Every other name may be a slip in a line that was meant to deny.
 *
 * <p>Immutable; the names are read once, when a file first uses a directive that has no meaning here.
 */
final class KnownNames {

    private static final String RESOURCE = "known-directives.txt";
    private static final int SLIPS = 2;

    /** The directives whose loss may open something. */
    private static final List<String> PROTECTING = List.of(
            "require",
            "requireall",
            "requireany",
            "requirenone",
            "order",
            "allow",
            "deny",
            "satisfy",
            "authmerging",
            "sslrequire",
            "sslrequiressl",
            "files",
            "filesmatch",
            "limit",
            "limitexcept");

    private static final class Names {
        static final Set<String> ALL = read();
    }

    private KnownNames() {}

    private static Set<String> read() {
        try (InputStream in = Objects.requireNonNull(KnownNames.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            return text.lines()
                    .filter(line -> !line.startsWith("#"))
                    .flatMap(line -> Arrays.stream(line.split(" ")))
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns whether a name, in lower case, is that of a directive that may be passed over. */
    static boolean mayBePassedOver(String key) {
        return Names.ALL.contains(key);
    }

    /** Returns whether an unknown name, in lower case, may be meant as that of a directive about access. */
    static boolean resemblesProtection(String key) {
        return PROTECTING.stream().anyMatch(name -> distance(name, key) <= SLIPS);
    }

    /** Returns how many characters must be inserted, removed or replaced to make one word of another. */
    private static int distance(String one, String other) {
        if (Math.abs(one.length() - other.length()) > SLIPS) {
            return SLIPS + 1;
        }
        int[] row = new int[other.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[row.length - 1];
    }
}
