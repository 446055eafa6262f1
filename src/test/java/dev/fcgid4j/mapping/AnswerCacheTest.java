/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.FakeClock;
import dev.fcgid4j.testkit.FakeFiles;
import dev.fcgid4j.testkit.FakeWatcher;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** How much the remembered answers may hold. */
class AnswerCacheTest {

    private static final Resolution FILE = new Resolution.StaticFile(Path.of("/site/index.html"));

    private final LookupDependencies dependencies =
            new LookupDependencies(new FakeWatcher(new FakeFiles(FakeClock.standing(0))));
    private final AnswerCache cache = new AnswerCache();

    private CachedAnswer answer(String path) {
        return CachedAnswer.of(path, dependencies.begin(), FILE);
    }

    private void fill() {
        for (int i = 0; !cache.isFullFor(answer("/" + i)); i++) {
            cache.put("/" + i, answer("/" + i));
        }
    }

    @Test
    void answerToAPathOfOneKilobyteIsRemembered() {
        assertThat(AnswerCache.accepts(answer("/".repeat(1024)))).isTrue();
    }

    @Test
    void answerToALongerPathIsNot() {
        assertThat(AnswerCache.accepts(answer("/".repeat(1025)))).isFalse();
    }

    @Test
    void cacheIsFullAtEightMebibytes() {
        fill();

        assertThat(cache.bytes()).isBetween(8L * 1024 * 1024 - 2048, 8L * 1024 * 1024);
    }

    @Test
    void eachDependencyCounts() {
        LookupDependencies.Lookup lookup = dependencies.begin();
        lookup.dependOn(Path.of("/site"), "a");
        lookup.dependOn(Path.of("/site"), "b");

        assertThat(CachedAnswer.of("/a", lookup, FILE).bytes())
                .isGreaterThan(answer("/a").bytes() + 2 * 100);
    }

    @Test
    void replacedAnswerNoLongerCounts() {
        CachedAnswer first = answer("/a");
        cache.put("/a", first);

        assertThat(cache.put("/a", answer("/a"))).isSameAs(first);

        assertThat(cache.bytes()).isEqualTo(first.bytes());
    }

    @Test
    void removedAnswerNoLongerCounts() {
        CachedAnswer first = answer("/a");
        cache.put("/a", first);

        assertThat(cache.remove("/a", first)).isTrue();
        assertThat(cache.remove("/a", first)).isFalse();

        assertThat(cache.bytes()).isZero();
    }

    @Test
    void clearedCacheIsEmpty() {
        fill();

        cache.clear();

        assertThat(cache.bytes()).isZero();
        assertThat(cache.size()).isZero();
    }
}
