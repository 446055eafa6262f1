/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where a request's path leads: which file, and what of the path is left over for it.
 *
 * <p>{@code scriptName} and {@code pathInfo} are byte strings (see {@link CgiRequest}), already percent-decoded.
 *
 * @param scriptName the part of the URL path that names the script (RFC 3875 section 4.1.13)
 * @param pathInfo what follows it: empty, or begins with {@code /} (RFC 3875 section 4.1.5)
 * @param scriptFile the script's file, absolute
 * @param documentRoot the root that the URL path was looked up in, absolute
 * @param contextPrefix the URL prefix of the alias that applied; empty for the document root
 * @param contextRoot the directory that the prefix stands for; equal to {@code documentRoot} without an alias
 * @param environment variables for this request from {@code SetEnv}, as text: they are passed on in UTF-8
 */
public record ScriptPath(
        String scriptName,
        String pathInfo,
        Path scriptFile,
        Path documentRoot,
        String contextPrefix,
        Path contextRoot,
        Map<String, String> environment) {}
