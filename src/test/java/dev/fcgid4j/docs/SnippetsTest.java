/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Code in README and docs is code that a test compiles and runs. */
class SnippetsTest {

    private static final Set<String> QUOTED = Set.of("java", "apache", "haproxy");
    private static final Set<String> LANGUAGES = Set.of("java", "apache", "haproxy", "sh", "text");
    private static final Map<String, Region> REGIONS =
            Region.all().stream().collect(Collectors.toMap(Region::name, Function.identity()));

    static Stream<MarkdownPage.Block> blocks() {
        return MarkdownPage.all().stream().flatMap(page -> page.blocks().stream());
    }

    static Stream<MarkdownPage.Block> quotes() {
        return blocks().filter(block -> QUOTED.contains(block.language()));
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void everyBlockSaysItsLanguage(MarkdownPage.Block block) {
        assertThat(block.language()).isIn(LANGUAGES);
    }

    @ParameterizedTest
    @MethodSource("quotes")
    void codeBlockEqualsTheRegionThatItNames(MarkdownPage.Block block) {
        assertThat(block.snippet()).as("snippet comment above %s", block).isPresent();

        String name = block.snippet().orElseThrow();

        assertThat(REGIONS).containsKey(name);
        assertThat(block.text()).isEqualTo(REGIONS.get(name).text());
    }

    @Test
    void everyRegionIsQuotedByAPage() {
        List<String> quoted = quotes().map(MarkdownPage.Block::snippet)
                .flatMap(Optional::stream)
                .toList();

        assertThat(REGIONS.keySet()).isNotEmpty().isSubsetOf(quoted);
    }
}
