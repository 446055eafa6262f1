/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.posix;

import java.io.IOException;

/** A C library call failed. Callers in {@code process} and {@code watch} turn it into one of the library's failures. */
public final class PosixException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final int errno;

    /**
     * Creates one.
     *
     * @param call the call with its telling argument, such as {@code "bind(/run/x.sock)"}
     * @param errno the error number it left
     * @param text the error number in words
     */
    public PosixException(String call, int errno, String text) {
        super(call + ": " + text + " (errno " + errno + ")");
        this.call = call;
        this.errno = errno;
    }

    /** The call that failed. */
    public String call() {
        return call;
    }

    /** The error number, as {@code errno.h} of the running system defines it. */
    public int errno() {
        return errno;
    }
}
