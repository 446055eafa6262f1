/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;

/**
 * Finds the status for a request that Netty's codec could not read. Stateless.
 *
 * <p>Source: RFC 9110 section 15.5; RFC 6585 section 5.
 */
final class DecoderFailure {

    private DecoderFailure() {}

    static int status(HttpObject message) {
        Throwable cause = message.decoderResult().cause();
        if (cause instanceof TooLongHttpLineException) {
            return 414;
        }
        return cause instanceof TooLongHttpHeaderException ? 431 : 400;
    }
}
