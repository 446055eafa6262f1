/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.cgi.CgiEnvironment;
import dev.fcgid4j.cgi.ScriptPath;
import dev.fcgid4j.codec.EncodedPairs;
import dev.fcgid4j.codec.NameValuePairs;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.IdentityHashMap;

/**
 * The variables that are the same for every request to a script, encoded once for each script.
 *
 * <h2>Bound</h2>
 *
 * <p>Clients choose the paths, so variables of more than {@value #MAX_SCRIPT_BYTES} bytes are encoded for each request. All
 * remembered variables together have at most {@value #MAX_BYTES} bytes. When they would have more, all are forgotten.
 *
 * <p>Threading: belongs to one event loop.
 */
final class ScriptVariables {

    static final int MAX_BYTES = 1024 * 1024;
    static final int MAX_SCRIPT_BYTES = 4 * 1024;

    private static final int OBJECTS =
            512; // bytes of the entry, the path object and its strings, beside their characters

    private final CgiEnvironment environment;

    /** By identity: the mapping returns the same path object as long as its answer for a request stays the same. */
    private final IdentityHashMap<ScriptPath, EncodedPairs> known = new IdentityHashMap<>();

    private int bytes; // estimated, of all that are known

    ScriptVariables(CgiEnvironment environment) {
        this.environment = environment;
    }

    /** Returns the encoded variables of a script. */
    EncodedPairs of(ScriptPath path) {
        EncodedPairs remembered = known.get(path);
        return remembered != null ? remembered : remember(path, encode(path));
    }

    private EncodedPairs remember(ScriptPath path, EncodedPairs fresh) {
        if (fresh.length() > MAX_SCRIPT_BYTES) {
            return fresh;
        }
        int added = OBJECTS + 2 * fresh.length(); // the path object holds the same text again
        if (bytes + added > MAX_BYTES) {
            known.clear();
            bytes = 0;
        }
        known.put(path, fresh);
        bytes += added;
        return fresh;
    }

    private EncodedPairs encode(ScriptPath path) {
        ByteBuf pairs = Unpooled.buffer();
        environment.ofScript(path).forEach((name, value) -> NameValuePairs.write(pairs, name, value));
        return EncodedPairs.copyOf(pairs);
    }

    /** Returns the number of scripts whose variables are remembered. */
    int size() {
        return known.size();
    }
}
