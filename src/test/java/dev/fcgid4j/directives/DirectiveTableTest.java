/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How rows of the table are found. */
class DirectiveTableTest {

    static Stream<DirectiveDefinition> rows() {
        return DirectiveTable.all().stream();
    }

    private static Optional<DirectiveDefinition> find(String line) {
        return DirectiveTable.find(CompiledText.line(line));
    }

    @Test
    void namesDifferInMoreThanCase() {
        assertThat(rows().map(row -> row.name().toLowerCase(Locale.ROOT))).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void nameIsFoundInAnyCase(DirectiveDefinition row) {
        String understood = row.name().startsWith("php_") ? " engine x" : " application/x-httpd-php";

        assertThat(find(row.name().toUpperCase(Locale.ROOT) + understood)).hasValue(row);
        assertThat(find("No" + row.name() + understood)).isEmpty();
    }

    @Test
    void argumentsWithoutMeaningAreNotFound() {
        assertThat(find("AddType text/plain .x")).isEmpty();
        assertThat(find("php_flag display_errors off")).isEmpty();
    }
}
