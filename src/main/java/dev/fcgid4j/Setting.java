/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j;

import dev.fcgid4j.config.Node;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;

/**
 * One row of the {@link SettingsTable}: a directive that sets a value of the whole server.
 *
 * @param <T> the type of the value
 * @param name the directive's name; the builder's method is named after it
 * @param argument the kind and the range of its value
 * @param setter puts a value where it belongs
 * @param oldNames names that the directive had before mod_fcgid 2.3.4
 */
record Setting<T>(String name, Argument<T> argument, BiConsumer<SettingsDraft, T> setter, List<String> oldNames) {

    /** Returns whether a directive of this name, in lower case, is an old name of this one. */
    boolean isOldName(String key) {
        return oldNames.stream().anyMatch(old -> old.toLowerCase(Locale.ROOT).equals(key));
    }

    /** Sets the value that a directive gives. */
    void read(SettingsDraft draft, Node directive) {
        setter.accept(draft, argument.read(directive));
    }

    /** Sets a value that comes from Java. */
    void set(SettingsDraft draft, T value) {
        setter.accept(draft, argument.check(name, value));
    }
}
