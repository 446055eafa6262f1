/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import java.util.Optional;
import java.util.function.Function;

/**
 * A rule that refuses requests by their URL: {@code Redirect 404 /x}, {@code RewriteRule ^x - [F]}.
 *
 * @param place where it stands, for the log
 * @param status what a request is answered with; empty when the rule doesn't apply to it
 */
record Refusal(String place, Function<UrlPaths, Optional<Integer>> status) {}
