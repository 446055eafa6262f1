/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.apache;

import dev.fcgid4j.mapping.Resolution;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Locale;

/**
 * What a server does with a request.
 *
 * @param detail the content of the file that is sent or run, or the reason of a refusal
 */
record Decision(Kind kind, String detail) {

    enum Kind {
        SENT,
        RUN,
        MOVED,
        REFUSED
    }

    static Decision sent(String content) {
        return new Decision(Kind.SENT, content);
    }

    static Decision run() {
        return new Decision(Kind.RUN, "");
    }

    static Decision moved() {
        return new Decision(Kind.MOVED, "");
    }

    static Decision refused(String reason) {
        return new Decision(Kind.REFUSED, reason);
    }

    static Decision of(Resolution resolution) throws IOException {
        if (resolution instanceof Resolution.Script script) {
            return new Decision(Kind.RUN, Files.readString(script.path().scriptFile()));
        }
        if (resolution instanceof Resolution.StaticFile file) {
            return sent(Files.readString(file.file()));
        }
        return resolution instanceof Resolution.Refused refused ? refused(refused.reason()) : moved();
    }

    /**
     * Returns whether this decision gives away what another server refuses, or the source of what it runs.
     *
     * @param other of the other server
     * @param named what the other server does when it is asked for the file itself that is sent or run here
     */
    boolean leaks(Decision other, Decision named) {
        return switch (kind) {
            case REFUSED -> false;
            case SENT -> !equals(other) && !equals(named);
            case RUN -> other.kind == Kind.REFUSED && named.kind == Kind.REFUSED;
            case MOVED -> other.kind == Kind.REFUSED;
        };
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + " " + detail;
    }
}
