/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.config;

import dev.fcgid4j.failure.ConfigurationException;
import java.util.List;
import java.util.Locale;

/** A node of a configuration's syntax tree: a directive, a section with nodes in it, or an unreadable line. Immutable. */
public sealed interface Node {

    /** Returns the name as it is spelled; names are compared without case. */
    String name();

    /** Returns the arguments without their quotes. */
    List<String> args();

    /** Returns file and line. */
    Place place();

    /** Returns the name in lower case. */
    default String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the failure to throw for a mistake in this node. */
    default ConfigurationException mistake(String expected) {
        return new ConfigurationException(place() + ": " + name() + ": " + expected);
    }

    /**
     * A file and a line in it.
     *
     * @param file as the parser got it
     * @param line from 1
     */
    record Place(String file, int line) {
        @Override
        public String toString() {
            return file + ":" + line;
        }
    }

    /**
     * A directive: a name and its arguments on one line.
     *
     * @param text the arguments as they are written, with their quotes
     */
    record Directive(String name, List<String> args, String text, Place place) implements Node {
        public Directive {
            args = List.copyOf(args);
        }
    }

    /**
     * A section: the lines between {@code <Name args>} and {@code </Name>}.
     *
     * @param closed false if its end is a guess of the lenient parser
     */
    record Section(String name, List<String> args, List<Node> children, boolean closed, Place place) implements Node {
        public Section {
            args = List.copyOf(args);
            children = List.copyOf(children);
        }
    }

    /**
     * A line with a mistake in its quotes, inside a section whose condition is not evaluated yet.
     *
     * @param error the message of the mistake, with its place
     */
    record Unreadable(String name, Place place, String error) implements Node {
        @Override
        public List<String> args() {
            return List.of();
        }
    }
}
