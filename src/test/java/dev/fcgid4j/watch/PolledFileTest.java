/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stamp is trusted only after its content was compared when the clock's tick was over, however rare comparisons are. */
class PolledFileTest {

    private static final FileStamp SAME = new FileStamp(1, 1, 3, 7, 1, false);

    private long hash = 1;
    private int hashes;

    private final PolledFile.Disk disk = new PolledFile.Disk() {
        @Override
        public FileStamp stamp(Path path) {
            return SAME;
        }

        @Override
        public FileStamp linkStamp(Path path) {
            return SAME;
        }

        @Override
        public long hash(Path path) {
            hashes++;
            return hash;
        }
    };

    private final PolledFile file = new PolledFile(Path.of("/any"), 0, disk);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 10, 300})
    void changeWithinTheSameTickIsFoundByTheFirstComparison(int intervalSeconds) {
        hash = 2; // the stamp stays

        assertThat(file.changed(Duration.ofSeconds(intervalSeconds).toNanos())).isNotEmpty();
    }

    @Test
    void contentIsNotReadOnceItsStampIsTrusted() {
        assertThat(file.changed(Duration.ofSeconds(10).toNanos())).isEmpty();
        int read = hashes;

        assertThat(file.changed(Duration.ofSeconds(20).toNanos())).isEmpty();

        assertThat(hashes).isEqualTo(read);
    }

    @Test
    void contentOfAYoungFileIsComparedEachTime() {
        for (int second = 1; second < 3; second++) {
            hash++;
            assertThat(file.changed(Duration.ofSeconds(second).toNanos())).isNotEmpty();
        }
    }
}
