/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.posix;

import java.io.IOException;

/** A call of the C library failed. Callers in other packages turn it into one of this library's failures. */
public final class PosixException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final int errno;

    /**
     * Creates a failure.
     *
     * @param call the call with its main argument, such as {@code "bind(/run/x.sock)"}
     * @param errno the error number of the call
     * @param text describes the error number
     */
    public PosixException(String call, int errno, String text) {
        super(call + ": " + text + " (errno " + errno + ")");
        this.call = call;
        this.errno = errno;
    }

    /** Returns the call that failed. */
    public String call() {
        return call;
    }

    /** Returns the error number, as {@code errno.h} of the running system defines it. */
    public int errno() {
        return errno;
    }
}
