/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.application.ProcessClass;
import java.util.Optional;
import java.util.function.Consumer;

/** From a request's target to what answers it: document root, aliases, sections, {@code .htaccess}. */
public interface HandlerResolver extends AutoCloseable {

    /**
     * The answer, if it is known without touching the disk. Call {@code FileWatcher.drain()} first: then what is
     * returned reflects every change completed before that. Never blocks.
     *
     * @param target the request target as on the request line, a byte string
     */
    Optional<Resolution> cached(String target);

    /** The answer; reads directories and {@code .htaccess} files as needed, so not for event loops. */
    Resolution resolve(String target);

    /**
     * Names who is told of an application that no known path leads to any longer because its configuration changed; its
     * workers can be retired. Called on a thread that resolves; to be set before the first request.
     */
    void onSuperseded(Consumer<ProcessClass> listener);

    /** Ends its watches. */
    @Override
    void close();
}
