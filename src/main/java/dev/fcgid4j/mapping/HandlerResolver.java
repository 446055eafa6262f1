/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.api.Internal;
import dev.fcgid4j.application.ProcessClass;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Finds what answers a request target: by document root, aliases, sections and {@code .htaccess} files.
 *
 * <p>Threading: any thread.
 */
@Internal
public interface HandlerResolver extends AutoCloseable {

    /**
     * Returns the answer if it is cached. Never blocks. After a call of {@code FileWatcher.drain()} the answer reflects
     * every change that was complete before that call.
     *
     * @param target the request target as on the request line, a byte string
     */
    Optional<Resolution> cached(String target);

    /**
     * Returns the answer. Blocks: it reads directories and {@code .htaccess} files, so event loops must not call it.
     *
     * @param target the request target as on the request line, a byte string
     */
    Resolution resolve(String target);

    /**
     * Sets the listener for superseded process classes: no known path leads to the class any more, because its
     * configuration changed, and its workers can be retired. Called by threads that resolve. To be set before the first
     * request.
     */
    void onSuperseded(Consumer<ProcessClass> listener);

    /** Ends its watches and empties its cache. */
    @Override
    void close();
}
