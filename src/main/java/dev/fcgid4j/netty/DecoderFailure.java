/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;

/** Which status tells a client that its request could not be read. */
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
