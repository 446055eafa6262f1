/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.observe;

import dev.fcgid4j.api.Internal;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Several listeners as one. Each receives each event, whatever the others throw.
 *
 * <p>Threading: immutable.
 */
@Internal
public final class FcgiListeners implements FcgiListener {

    private static final Logger LOG = LoggerFactory.getLogger(FcgiListeners.class);

    private final List<FcgiListener> listeners;

    /** Calls the listeners in this order. */
    public FcgiListeners(List<? extends FcgiListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    @Override
    public void onEvent(FcgiEvent event) {
        for (FcgiListener listener : listeners) {
            try {
                listener.onEvent(event);
            } catch (RuntimeException | Error e) { // what follows the event must happen all the same
                LOG.error("the listener {} failed on {}", listener, event, e);
            }
        }
    }
}
