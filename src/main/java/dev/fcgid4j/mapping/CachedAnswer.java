/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.cgi.ScriptPath;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A remembered answer to a path. It is valid until something that it depends on changes.
 *
 * @param lookup what the answer depends on; the cache releases it
 * @param requestBytes bytes of memory that the length of the client's path decides on
 * @param bytes estimated bytes of memory in all
 */
record CachedAnswer(LookupDependencies.Lookup lookup, Resolution resolution, int requestBytes, int bytes) {

    // Measured on a 64-bit JVM with compressed pointers, and rounded up.
    private static final int OBJECTS = 512;
    private static final int DEPENDENCY = 112;
    private static final int ENTRY = 48;

    /** Creates an answer and estimates its size. The process class is left out, because many answers share it. */
    static CachedAnswer of(String path, LookupDependencies.Lookup lookup, Resolution resolution) {
        int requestBytes = path.length();
        int others = OBJECTS + DEPENDENCY * lookup.size();
        if (resolution instanceof Resolution.Script script) {
            ScriptPath found = script.path();
            requestBytes += found.scriptName().length() + found.pathInfo().length();
            others += size(found.scriptFile());
            for (Map.Entry<String, String> each : found.environment().entrySet()) {
                others += ENTRY + each.getKey().length() + each.getValue().length();
            }
            for (String each : script.passHeaders()) {
                others += ENTRY + each.length();
            }
        } else if (resolution instanceof Resolution.StaticFile file) {
            others += size(file.file());
        }
        return new CachedAnswer(lookup, resolution, requestBytes, requestBytes + others);
    }

    /** A path is kept as bytes, and often as text too. */
    private static int size(Path path) {
        return 2 * path.toString().length();
    }

    boolean isValid() {
        return lookup.isValid();
    }

    /** Returns the class that answers; empty if a file answers. */
    Optional<ProcessClass> processClass() {
        return resolution instanceof Resolution.Script script ? Optional.of(script.processClass()) : Optional.empty();
    }

    /** Returns the script that answers; empty if a file answers. */
    Optional<Path> scriptFile() {
        return resolution instanceof Resolution.Script script
                ? Optional.of(script.path().scriptFile())
                : Optional.empty();
    }
}
