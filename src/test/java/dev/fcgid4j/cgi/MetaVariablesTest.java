/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetaVariablesTest {

    private final MetaVariables.Builder builder = new MetaVariables.Builder(1);

    @Test
    void variablesKeepTheirOrder() {
        List<String> seen = new ArrayList<>();

        builder.add("B", "1").add("A", "2").add("C", "3");
        builder.build().forEach((name, value) -> seen.add(name + "=" + value));

        assertThat(seen).containsExactly("B=1", "A=2", "C=3");
    }

    @Test
    void setReplacesTheValueInItsPlace() {
        builder.add("A", "1").add("B", "2").set("A", "3");

        assertThat(builder.build().toString()).isEqualTo("MetaVariables[A B]");
        assertThat(builder.build().get("A")).contains("3");
    }

    @Test
    void firstValueWinsWhenAddedOnlyIfAbsent() {
        builder.addIfAbsent("A", "1");
        builder.addIfAbsent("A", "2");

        assertThat(builder.build().get("A")).contains("1");
    }

    @Test
    void joinedValuesAreSeparated() {
        builder.join("HTTP_ACCEPT", ", ", "a");
        builder.join("HTTP_ACCEPT", ", ", "b");

        assertThat(builder.build().get("HTTP_ACCEPT")).contains("a, b");
    }

    @Test
    void otherFieldsAreAppended() {
        MetaVariables of = new MetaVariables.Builder(1).add("A", "1").build();
        MetaVariables others = new MetaVariables.Builder(1).add("B", "2").build();

        MetaVariables both = of.and(others);

        assertThat(both.size()).isEqualTo(2);
        assertThat(both.get("B")).contains("2");
        assertThat(of.get("B")).isEmpty();
    }

    @Test
    void missingVariableIsEmpty() {
        assertThat(builder.build().get("A")).isEmpty();
        assertThat(builder.build().size()).isZero();
    }

    /** Values hold cookies and credentials. */
    @Test
    void textShowsNoValue() {
        builder.add("HTTP_COOKIE", "secret");

        assertThat(builder.build().toString()).doesNotContain("secret");
    }
}
