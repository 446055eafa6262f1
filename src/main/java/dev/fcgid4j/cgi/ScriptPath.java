/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import java.nio.file.Path;
import java.util.Map;

/**
 * The script that a URL path leads to, and the rest of the path.
 *
 * <p>{@code scriptName} and {@code pathInfo} are byte strings (see {@link CgiRequest}), already percent-decoded. Immutable.
 *
 * @param scriptName the part of the URL path that names the script (RFC 3875 section 4.1.13)
 * @param pathInfo the rest of the URL path: empty, or begins with {@code /} (RFC 3875 section 4.1.5)
 * @param scriptFile the script's file, absolute
 * @param documentRoot of the site, absolute
 * @param contextPrefix the URL prefix of the alias that applied; empty for the document root
 * @param contextRoot the directory or file that the prefix stands for; {@code documentRoot} without an alias
 * @param environment the variables of {@code SetEnv}, as text; they are passed on in UTF-8
 */
public record ScriptPath(
        String scriptName,
        String pathInfo,
        Path scriptFile,
        Path documentRoot,
        String contextPrefix,
        Path contextRoot,
        Map<String, String> environment) {}
