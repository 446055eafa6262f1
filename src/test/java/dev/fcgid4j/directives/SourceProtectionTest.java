/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are never sent as they are. */
class SourceProtectionTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"a.php", "A.PHP", "a.inc", "a.pyc", "a.php~", "#a.php#", "a.php.bak", "a.php.old.1", "a.rb."})
    void sourceAndItsCopiesAreSource(String name) {
        assertThat(SourceProtection.isSource(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.txt", "php", "a.php.txt", "a.bak", "~", "#"})
    void otherNamesAreNot(String name) {
        assertThat(SourceProtection.isSource(name)).isFalse();
    }

    @Test
    void originalsAreListedNearestFirst() {
        assertThat(SourceProtection.originals("#a.foo.bak~")).containsExactly("a.foo.bak~", "a.foo.bak", "a.foo");
        assertThat(SourceProtection.originals("a.foo")).isEmpty();
        assertThat(SourceProtection.originals(".bak")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({".git, true", ".htaccess, true", ".well-known, false", "a.b, false", "..., true"})
    void dotFilesAreHiddenButWellKnown(String segment, boolean hidden) {
        assertThat(SourceProtection.isHidden(segment)).isEqualTo(hidden);
    }
}
