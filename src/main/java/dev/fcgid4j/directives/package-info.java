/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What directives mean: from the syntax tree of a configuration file to the {@link
 * dev.fcgid4j.directives.DirectoryConfig} of a directory or file.
 *
 * <p>Depends on: {@code failure}, {@code config}, {@code watch}, {@code application}, {@code limits}.
 *
 * <p>Threading: compiling belongs to one thread; a {@link dev.fcgid4j.directives.CompiledSection} is immutable.
 *
 * <p>Public for the other packages of the library only. Start at {@link dev.fcgid4j.directives.DirectiveTable}.
 */
@NullMarked
package dev.fcgid4j.directives;

import org.jspecify.annotations.NullMarked;
