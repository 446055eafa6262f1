/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.observe;

/** Why a worker is stopped, or went. */
public enum RetireReason {
    IDLE_TIMEOUT("idle timeout"),
    LIFETIME("lifetime expired"),
    REQUEST_LIMIT("request limit reached"),
    SCRIPT_CHANGED("its file changed"),
    LOADED_FILE_CHANGED("a file it has loaded changed"),
    REFUSED("its generation was refused"),
    RECYCLED("recycled by request"),
    APPLICATION_CHANGED("its configuration changed"),
    BUSY_TIMEOUT("busy timeout"),
    IO_TIMEOUT("input/output timeout"),
    IO_ERROR("connection lost or protocol broken"),
    UNREACHABLE("did not accept a connection"),
    ABORTED("did not end an aborted request"),
    MAKE_ROOM("made room for another class"),
    EXITED("ended by itself"),
    SHUTDOWN("shutting down");

    private final String text;

    RetireReason(String text) {
        this.text = text;
    }

    /** The reason in words, for logs and the status page. */
    @Override
    public String toString() {
        return text;
    }
}
