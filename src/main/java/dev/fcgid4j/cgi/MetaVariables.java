/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The meta-variables of one request: unique names in a fixed order, values as byte strings (see {@link CgiRequest}).
 *
 * <p>Immutable. {@link #toString()} shows no values, because they include cookies and credentials.
 *
 * <p>Source: RFC 3875 section 4.1.
 */
public final class MetaVariables {

    private final String[] pairs; // name, value, name, value, …
    private final int length; // of the part of the array that is used

    private MetaVariables(String[] pairs, int length) {
        this.pairs = pairs;
        this.length = length;
    }

    /** Returns these variables and then others. No name may be in both. */
    MetaVariables and(MetaVariables others) {
        String[] all = Arrays.copyOf(pairs, length + others.length);
        System.arraycopy(others.pairs, 0, all, length, others.length);
        return new MetaVariables(all, all.length);
    }

    /** Returns the number of variables. */
    public int size() {
        return length / 2;
    }

    /** Calls {@code action} with each name and value, in order. */
    public void forEach(BiConsumer<String, String> action) {
        for (int i = 0; i < length; i += 2) {
            action.accept(pairs[i], pairs[i + 1]);
        }
    }

    /** Returns the value of a variable. */
    public Optional<String> get(String name) {
        for (int i = 0; i < length; i += 2) {
            if (pairs[i].equals(name)) {
                return Optional.of(pairs[i + 1]);
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        StringBuilder names = new StringBuilder("MetaVariables[");
        for (int i = 0; i < length; i += 2) {
            names.append(i == 0 ? "" : " ").append(pairs[i]);
        }
        return names.append(']').toString();
    }

    /** Collects variables. One thread, one use. */
    static final class Builder {
        private String[] pairs;
        private int length;

        /**
         * Creates an empty builder.
         *
         * @param expected number of variables, or a few more
         */
        Builder(int expected) {
            pairs = new String[2 * expected];
        }

        /** Adds a variable whose name is not there yet. */
        Builder add(String name, String value) {
            if (length == pairs.length) {
                pairs = Arrays.copyOf(pairs, 2 * length + 2);
            }
            pairs[length++] = name;
            pairs[length++] = value;
            return this;
        }

        /** Adds a variable, unless its name is there. */
        void addIfAbsent(String name, String value) {
            if (indexOf(name) < 0) {
                add(name, value);
            }
        }

        /** Adds a variable, or replaces its value. */
        void set(String name, String value) {
            int at = indexOf(name);
            if (at < 0) {
                add(name, value);
            } else {
                pairs[at + 1] = value;
            }
        }

        /** Adds a variable, or appends to its value. */
        void join(String name, String separator, String value) {
            int at = indexOf(name);
            if (at < 0) {
                add(name, value);
            } else {
                pairs[at + 1] = pairs[at + 1] + separator + value;
            }
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
            return new MetaVariables(pairs, length);
        }
    }
}
