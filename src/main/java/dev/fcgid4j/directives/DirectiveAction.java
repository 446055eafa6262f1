/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import dev.fcgid4j.failure.ConfigurationException;
import java.nio.file.Path;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/** The effect of a directive: checks its arguments and adds to a section what they change. */
@FunctionalInterface
interface DirectiveAction {

    /** Has no effect. */
    DirectiveAction NOTHING = (directive, section, source) -> {};

    /**
     * Compiles a directive.
     *
     * @param section what the directive stands in
     * @param source the file it stands in
     * @throws ConfigurationException with file and line, if its arguments are wrong
     */
    void compile(Node directive, SectionBuilder section, ConfigSource source);

    /** Makes an action of a function that returns the change of a directive. */
    static DirectiveAction change(Function<Node, Consumer<DirectoryConfig>> compiler) {
        return (directive, section, source) -> section.addChange(compiler.apply(directive));
    }

    /** The same for a function that also needs the directory where relative paths begin. */
    static DirectiveAction change(BiFunction<Node, Path, Consumer<DirectoryConfig>> compiler) {
        return (directive, section, source) -> section.addChange(compiler.apply(directive, source.base()));
    }
}
