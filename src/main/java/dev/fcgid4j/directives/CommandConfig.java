/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The part of a {@link DirectoryConfig} that describes commands: wrappers, environment, passed headers. Threading: as
 * {@link DirectoryConfig}.
 */
final class CommandConfig {

    /** By suffix, as {@link FileSuffix} gives it; the empty suffix is for all files. */
    final Map<String, Wrapper> wrapperBySuffix = new HashMap<>();

    /** FcgidInitialEnv: for processes. */
    final Map<String, String> initialEnvironment = new LinkedHashMap<>();

    /** SetEnv: for each request. */
    final Map<String, String> requestEnvironment = new LinkedHashMap<>();

    /** Names in lower case. */
    final Set<String> passHeaders = new HashSet<>();

    /** FcgidWeight. */
    int weight = 1;

    CommandConfig copy() {
        CommandConfig other = new CommandConfig();
        other.wrapperBySuffix.putAll(wrapperBySuffix);
        other.initialEnvironment.putAll(initialEnvironment);
        other.requestEnvironment.putAll(requestEnvironment);
        other.passHeaders.addAll(passHeaders);
        other.weight = weight;
        return other;
    }

    /** Returns the wrapper for a file: the one of its suffix, else the one for all files. */
    Optional<Wrapper> wrapperOf(String fileName) {
        String suffix = FileSuffix.of(fileName);
        Wrapper own = suffix.isEmpty() ? null : wrapperBySuffix.get(suffix);
        return Optional.ofNullable(own == null ? wrapperBySuffix.get("") : own);
    }
}
