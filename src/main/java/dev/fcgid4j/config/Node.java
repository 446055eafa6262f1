/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.config;

import dev.fcgid4j.failure.ConfigurationException;
import java.util.List;
import java.util.Locale;

/** One thing in a configuration: a directive, a section with more of them, or a line that can't be read. */
public sealed interface Node {

    /** The name as it was written; names are compared without case. */
    String name();

    /** The arguments, quotes removed. */
    List<String> args();

    /** Where it stands. */
    Place place();

    /** The name in lower case. */
    default String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** A mistake in this node. */
    default ConfigurationException mistake(String expected) {
        return new ConfigurationException(place() + ": " + name() + ": " + expected);
    }

    /**
     * A file and a line in it.
     *
     * @param file as it was given to the parser
     * @param line from 1
     */
    record Place(String file, int line) {
        @Override
        public String toString() {
            return file + ":" + line;
        }
    }

    /** A name and its arguments on one line. */
    record Directive(String name, List<String> args, Place place) implements Node {
        public Directive {
            args = List.copyOf(args);
        }
    }

    /** What stands between {@code <Name args>} and {@code </Name>}. */
    record Section(String name, List<String> args, List<Node> children, Place place) implements Node {
        public Section {
            args = List.copyOf(args);
            children = List.copyOf(children);
        }
    }

    /**
     * A line with a mistake in its quotes, inside a section that may turn out not to count.
     *
     * @param error what is wrong, with its place
     */
    record Unreadable(String name, Place place, String error) implements Node {
        @Override
        public List<String> args() {
            return List.of();
        }
    }
}
