/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.application.ClassLimits;

/**
 * The limits of one request that all applications share; {@link ClassLimits} has those of one application.
 *
 * @param maxRequestLen longest request body in bytes; a longer one is answered 413 (FcgidMaxRequestLen, 1 GiB)
 * @param maxRequestInMem longest body in bytes that is kept in memory; a longer one goes to a temporary file as a whole, while
 *     at most 1 MiB of it waits for the disk (FcgidMaxRequestInMem, 65536)
 * @param maxResponseHeader longest header block of a response in bytes (FcgidMaxResponseHeader, 65536)
 * @param maxResponseFields most header fields in a response (FcgidMaxResponseFields, 200)
 * @param maxResponseSpool most bytes of a response that are kept for a client that takes it slowly; 0 keeps none, so that the
 *     worker waits for the client (FcgidMaxResponseSpool, 64 MiB)
 * @param maxSpool most bytes in temporary files, of all request bodies and responses; responses use at most half
 *     (FcgidMaxSpool, 8 GiB)
 * @param sendFile which files an application may have the server send (XSendFilePath, XAccelPath; none)
 */
public record GatewaySettings(
        long maxRequestLen,
        int maxRequestInMem,
        int maxResponseHeader,
        int maxResponseFields,
        long maxResponseSpool,
        long maxSpool,
        SendFilePaths sendFile) {

    private static final GatewaySettings DEFAULTS =
            new GatewaySettings(1L << 30, 65_536, 65_536, 200, 64L << 20, 8L << 30, SendFilePaths.NONE);

    public GatewaySettings {
        requireNonNull(sendFile, "sendFile");
        if (maxRequestLen < 0 || maxRequestInMem < 0) {
            throw new IllegalArgumentException("maxRequestLen and maxRequestInMem can't be negative");
        }
        if (maxResponseHeader < 256 || maxResponseFields < 1) {
            throw new IllegalArgumentException(
                    "maxResponseHeader must be at least 256 and maxResponseFields at least 1");
        }
        if (maxResponseSpool < 0 || maxSpool < 0) {
            throw new IllegalArgumentException("maxResponseSpool and maxSpool can't be negative");
        }
    }

    /** The defaults that stand beside each component above. */
    public static GatewaySettings defaults() {
        return DEFAULTS;
    }

    /** The same with another {@link #maxRequestLen()}. */
    public GatewaySettings withMaxRequestLen(long value) {
        return new GatewaySettings(
                value, maxRequestInMem, maxResponseHeader, maxResponseFields, maxResponseSpool, maxSpool, sendFile);
    }

    /** The same with another {@link #maxRequestInMem()}. */
    public GatewaySettings withMaxRequestInMem(int value) {
        return new GatewaySettings(
                maxRequestLen, value, maxResponseHeader, maxResponseFields, maxResponseSpool, maxSpool, sendFile);
    }

    /** The same with another {@link #maxResponseHeader()}. */
    public GatewaySettings withMaxResponseHeader(int value) {
        return new GatewaySettings(
                maxRequestLen, maxRequestInMem, value, maxResponseFields, maxResponseSpool, maxSpool, sendFile);
    }

    /** The same with another {@link #maxResponseFields()}. */
    public GatewaySettings withMaxResponseFields(int value) {
        return new GatewaySettings(
                maxRequestLen, maxRequestInMem, maxResponseHeader, value, maxResponseSpool, maxSpool, sendFile);
    }

    /** The same with another {@link #maxResponseSpool()}. */
    public GatewaySettings withMaxResponseSpool(long value) {
        return new GatewaySettings(
                maxRequestLen, maxRequestInMem, maxResponseHeader, maxResponseFields, value, maxSpool, sendFile);
    }

    /** The same with another {@link #maxSpool()}. */
    public GatewaySettings withMaxSpool(long value) {
        return new GatewaySettings(
                maxRequestLen,
                maxRequestInMem,
                maxResponseHeader,
                maxResponseFields,
                maxResponseSpool,
                value,
                sendFile);
    }

    /** The same with another {@link #sendFile()}. */
    public GatewaySettings withSendFile(SendFilePaths value) {
        return new GatewaySettings(
                maxRequestLen,
                maxRequestInMem,
                maxResponseHeader,
                maxResponseFields,
                maxResponseSpool,
                maxSpool,
                value);
    }
}
