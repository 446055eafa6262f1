/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import java.util.Optional;
import java.util.function.Function;

/**
 * A directive that refuses requests by their URL: {@code Redirect 404 /x}, {@code RewriteRule ^x - [F]}.
 *
 * @param place file and line, for the log
 * @param status returns the HTTP status that a request is refused with; empty if the rule does not apply to the request
 */
record RefusalRule(String place, Function<UrlPaths, Optional<Integer>> status) {}
