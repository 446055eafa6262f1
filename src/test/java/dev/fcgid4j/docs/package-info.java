/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Holds README and docs to the code: snippets, links, names, commands.
 *
 * <p>A snippet is a region of a file below {@code src/test}, from a line {@code // region NAME} (or {@code # region NAME})
 * to {@code // endregion}. The page quotes it in a fenced block behind a comment that names file and region:
 *
 * <pre>{@code
 * <!-- snippet: EmbeddingSnippetsIT#netty -->
 * }</pre>
 */
@NullMarked
package dev.fcgid4j.docs;

import org.jspecify.annotations.NullMarked;
