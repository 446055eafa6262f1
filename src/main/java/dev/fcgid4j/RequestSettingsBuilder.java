/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j;

import java.nio.file.Path;
import java.time.Duration;

/**
 * The part of a {@link SettingsBuilder} that is about requests and responses: times, lengths, the queue, and files that an
 * application has the server send.
 *
 * <p>Each method stands for one directive, has the same range, and throws a {@link
 * dev.fcgid4j.failure.ConfigurationException} for a value outside of it. Later calls win.
 *
 * <p>Threading: not thread-safe.
 *
 * @param <B> the builder that the methods return
 */
public abstract sealed class RequestSettingsBuilder<B> extends WorkerSettingsBuilder<B> permits SettingsBuilder {

    RequestSettingsBuilder() {}

    /**
     * Ends a request that runs for longer than this with status 504, and stops its worker.
     *
     * <p>From zero, which means no limit, to ten years; default 300 s. Directive: {@code FcgidBusyTimeout}. Source:
     * mod_fcgid.
     */
    public B busyTimeout(Duration time) {
        return set(SettingsTable.BUSY_TIMEOUT, time);
    }

    /**
     * Ends a request with status 504 when its worker neither takes nor sends a byte for this time, and stops the
     * worker.
     *
     * <p>From 1 s to ten years; default 40 s. Directive: {@code FcgidIOTimeout}. Source: mod_fcgid.
     */
    public B ioTimeout(Duration time) {
        return set(SettingsTable.IO_TIMEOUT, time);
    }

    /**
     * Limits the requests of one class that wait for a worker. A further one is answered 503.
     *
     * <p>From 0 to 1,000,000; default 1000. Directive: {@code FcgidQueueLength}.
     */
    public B queueLength(int requests) {
        return set(SettingsTable.QUEUE_LENGTH, requests);
    }

    /**
     * Answers a request 503 when it has waited for a worker for this time.
     *
     * <p>From 1 s to ten years; default 30 s. Directive: {@code FcgidQueueTimeout}.
     */
    public B queueTimeout(Duration time) {
        return set(SettingsTable.QUEUE_TIMEOUT, time);
    }

    /**
     * Keeps the connection to a worker open for its next request. Off: each request gets a new connection, which a program
     * needs whose threads share a lock around their accept.
     *
     * <p>Default on. Directive: {@code FcgidKeepConnection}.
     */
    public B keepConnection(boolean on) {
        return set(SettingsTable.KEEP_CONNECTION, on);
    }

    /**
     * Limits the body of a request. A longer one is answered 413.
     *
     * <p>From 0; default 1 GiB. Directive: {@code FcgidMaxRequestLen}. Source: mod_fcgid, where the default is 128 KiB
     * and the answer 500.
     */
    public B maxRequestLen(long bytes) {
        return set(SettingsTable.MAX_REQUEST_LEN, bytes);
    }

    /**
     * Keeps this many bytes of each body in memory; a longer body may go to a temporary file.
     *
     * <p>From 0 to 1 GiB; default 64 KiB. Directive: {@code FcgidMaxRequestInMem}. Source: mod_fcgid.
     */
    public B maxRequestInMem(int bytes) {
        return set(SettingsTable.MAX_REQUEST_IN_MEM, bytes);
    }

    /**
     * Limits the header block of a response. A longer one is answered 502.
     *
     * <p>From 256 B to 16 MiB; default 64 KiB. Directive: {@code FcgidMaxResponseHeader}.
     */
    public B maxResponseHeader(int bytes) {
        return set(SettingsTable.MAX_RESPONSE_HEADER, bytes);
    }

    /**
     * Limits the header fields of a response. More are answered 502.
     *
     * <p>From 1 to 100,000; default 200. Directive: {@code FcgidMaxResponseFields}.
     */
    public B maxResponseFields(int fields) {
        return set(SettingsTable.MAX_RESPONSE_FIELDS, fields);
    }

    /**
     * Keeps this many bytes of a response for a client that takes it slowly, so that its worker serves other requests. From
     * then on the worker waits for the client. Up to 1 MiB is kept in memory, the rest in a temporary file.
     *
     * <p>From 0, which lets every worker wait; default 64 MiB. Directive: {@code FcgidMaxResponseSpool}.
     */
    public B maxResponseSpool(long bytes) {
        return set(SettingsTable.MAX_RESPONSE_SPOOL, bytes);
    }

    /**
     * Limits the temporary files of all request bodies and responses together. A request body for which there is no room is
     * answered 507. Responses use at most half; beyond that their workers wait for the clients.
     *
     * <p>From 0; default 8 GiB. Directive: {@code FcgidMaxSpool}.
     */
    public B maxSpool(long bytes) {
        return set(SettingsTable.MAX_SPOOL, bytes);
    }

    /**
     * Off: forgets the folders and prefixes that were named so far. On changes nothing.
     *
     * <p>Default off, because no folder is named. Directive: {@code XSendFile}. Source: mod_xsendfile.
     */
    public B xSendFile(boolean on) {
        return set(SettingsTable.X_SENDFILE, on);
    }

    /**
     * Permits applications to have the server send files below a directory, by {@code X-Sendfile}. Repeated calls
     * permit several.
     *
     * <p>The absolute path of an existing directory; default none. Directive: {@code XSendFilePath}. Source:
     * mod_xsendfile.
     */
    public B xSendFilePath(Path directory) {
        return set(SettingsTable.X_SENDFILE_PATH, directory);
    }

    /**
     * Permits applications to have the server send files below a directory, by {@code X-Accel-Redirect}. Repeated calls
     * permit several.
     *
     * <p>Default none. Directive: {@code XAccelPath}. Source: nginx.
     *
     * @param prefix the URL path that stands for the directory; begins and ends with {@code /}
     * @param directory the absolute path of an existing directory
     */
    public B xAccelPath(String prefix, Path directory) {
        return set(SettingsTable.X_ACCEL_PATH, new Argument.Prefix(prefix, directory));
    }
}
