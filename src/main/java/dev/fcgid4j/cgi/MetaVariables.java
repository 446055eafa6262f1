/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The meta-variables of one request: unique names in a fixed order, values as byte strings (see {@link CgiRequest}).
 *
 * <p>Immutable. {@link #toString()} shows no value, because values hold cookies and credentials.
 *
 * <p>Source: RFC 3875 section 4.1.
 */
public final class MetaVariables {

    private final String[] pairs;

    private MetaVariables(String[] pairs) {
        this.pairs = pairs;
    }

    /** How many there are. */
    public int size() {
        return pairs.length / 2;
    }

    /** Hands each name and value to {@code action}, in order. */
    public void forEach(BiConsumer<String, String> action) {
        for (int i = 0; i < pairs.length; i += 2) {
            action.accept(pairs[i], pairs[i + 1]);
        }
    }

    /** The value of a variable, if it is there. */
    public Optional<String> get(String name) {
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i].equals(name)) {
                return Optional.of(pairs[i + 1]);
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        StringBuilder names = new StringBuilder("MetaVariables[");
        for (int i = 0; i < pairs.length; i += 2) {
            names.append(i == 0 ? "" : " ").append(pairs[i]);
        }
        return names.append(']').toString();
    }

    /** Collects variables; one thread, one use. */
    static final class Builder {
        private String[] pairs = new String[96];
        private int length;

        /** Sets a variable; a value that was there is replaced in its place. */
        Builder set(String name, String value) {
            int at = indexOf(name);
            if (at >= 0) {
                pairs[at + 1] = value;
                return this;
            }
            if (length == pairs.length) {
                pairs = Arrays.copyOf(pairs, length * 2);
            }
            pairs[length++] = name;
            pairs[length++] = value;
            return this;
        }

        /** Sets a variable that isn't there. */
        void setIfAbsent(String name, String value) {
            if (indexOf(name) < 0) {
                set(name, value);
            }
        }

        /** Sets a variable, or appends to the value that is there. */
        void join(String name, String separator, String value) {
            int at = indexOf(name);
            set(name, at < 0 ? value : pairs[at + 1] + separator + value);
        }

        private int indexOf(String name) {
            for (int i = 0; i < length; i += 2) {
                if (pairs[i].equals(name)) {
                    return i;
                }
            }
            return -1;
        }

        MetaVariables build() {
            return new MetaVariables(Arrays.copyOf(pairs, length));
        }
    }
}
