/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The rules in force at one place: what is left when all sections and files that apply have been merged, the later ones
 * over the earlier ones.
 *
 * <p>Threading: filled by one thread, then only read; {@link #copy()} makes one to go on with.
 */
final class Rules {

    static final String FCGID = "fcgid-script";
    static final String DEFAULT = "default-handler";

    Optional<String> setHandler = Optional.empty();
    final Map<String, String> handlerBySuffix = new HashMap<>();
    final Map<String, Wrapper> wrapperBySuffix = new HashMap<>();
    final Map<String, String> initialEnvironment = new LinkedHashMap<>();
    final Map<String, String> requestEnvironment = new LinkedHashMap<>();
    final Set<String> passHeaders = new HashSet<>();
    boolean execCgi = true;
    boolean followSymlinks;
    List<String> directoryIndex = List.of("index.html", "index.htm", "index.fcgi", "index.php");
    Optional<String> fallback = Optional.empty();
    AllowOverride override = AllowOverride.DEFAULT;
    Optional<String> requireDenies = Optional.empty();
    Optional<String> compatDenies = Optional.empty();

    /** A command that is started instead of the requested file. */
    record Wrapper(List<String> argv, boolean virtual) {}

    Rules copy() {
        Rules other = new Rules();
        other.setHandler = setHandler;
        other.handlerBySuffix.putAll(handlerBySuffix);
        other.wrapperBySuffix.putAll(wrapperBySuffix);
        other.initialEnvironment.putAll(initialEnvironment);
        other.requestEnvironment.putAll(requestEnvironment);
        other.passHeaders.addAll(passHeaders);
        other.execCgi = execCgi;
        other.followSymlinks = followSymlinks;
        other.directoryIndex = directoryIndex;
        other.fallback = fallback;
        other.override = override;
        other.requireDenies = requireDenies;
        other.compatDenies = compatDenies;
        return other;
    }

    /** Why nobody may see this, if nobody may. */
    Optional<String> denied() {
        return requireDenies.or(() -> compatDenies);
    }

    /** The handler of a file: only the last extension of its name counts. */
    Optional<String> handlerOf(String fileName) {
        if (setHandler.isPresent()) {
            return setHandler;
        }
        return Optional.ofNullable(handlerBySuffix.get(suffixOf(fileName)));
    }

    /** The wrapper for a file: that of its suffix, else the one for all. */
    Optional<Wrapper> wrapperOf(String fileName) {
        String suffix = suffixOf(fileName);
        Wrapper own = suffix.isEmpty() ? null : wrapperBySuffix.get(suffix);
        return Optional.ofNullable(own == null ? wrapperBySuffix.get("") : own);
    }

    /** The last extension with its dot, in lower case; empty when there is none. */
    static String suffixOf(String fileName) {
        int dot = fileName.lastIndexOf('.');
        return dot < 0 ? "" : fileName.substring(dot).toLowerCase(Locale.ROOT);
    }
}
