/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.application.ProcessClass;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Gives equal process classes one object, however many paths lead to them, so that comparing them is cheap. A class is
 * kept as long as something else refers to it.
 *
 * <p>Threading: any thread.
 */
final class SharedProcessClasses {

    /** Guarded by itself. */
    private final Map<ProcessClass, WeakReference<ProcessClass>> classes = new WeakHashMap<>();

    /** Returns the answer with the shared object in place of its process class. */
    Resolution share(Resolution resolution) {
        if (!(resolution instanceof Resolution.Script script)) {
            return resolution;
        }
        synchronized (classes) {
            WeakReference<ProcessClass> known = classes.get(script.processClass());
            ProcessClass shared = known == null ? null : known.get();
            if (shared != null) {
                return new Resolution.Script(script.path(), shared, script.passHeaders());
            }
            classes.put(script.processClass(), new WeakReference<>(script.processClass()));
            return script;
        }
    }
}
