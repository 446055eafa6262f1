/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.bench;

import dev.fcgid4j.watch.FileWatcher;
import dev.fcgid4j.watch.ScriptWatcher;
import dev.fcgid4j.watch.WatchSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the promise of freshness costs a request: one look at the watcher, with one watched file and with 20,000 in 500
 * classes, side by side in rounds. Prints nanoseconds and their ratio, and what arming and memory cost once.
 *
 * <pre>{@code
 * mvn -q test-compile exec:java -Dexec.classpathScope=test -Dexec.mainClass=dev.fcgid4j.bench.FreshnessBench -Dexec.args=
 * }</pre>
 */
public final class FreshnessBench {

    private static final int CLASSES = 500;
    private static final int FILES = 20_000;
    private static final int ROUNDS = 15;
    private static final int LOOKS = 200_000;

    private static final FileWatcher.FileListener NOBODY = new FileWatcher.FileListener() {
        @Override
        public void changed(Path file) {
            throw new IllegalStateException("nothing changes here: " + file);
        }

        @Override
        public void beingWritten(Path file) {
            throw new IllegalStateException("nothing changes here: " + file);
        }
    };

    private FreshnessBench() {}

    /** Runs it. */
    public static void main(String[] args) throws IOException {
        Path root = Files.createTempDirectory("fcgid4j-bench-");
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < FILES; i++) {
            Path folder = root.resolve("class" + i % CLASSES + "/lib" + i / CLASSES % 4);
            Files.createDirectories(folder);
            files.add(Files.writeString(folder.resolve("file" + i + ".pm"), "1;"));
        }
        try (ScriptWatcher one = ScriptWatcher.open(WatchSettings.defaults());
                ScriptWatcher many = ScriptWatcher.open(WatchSettings.defaults())) {
            try (FileWatcher.Watch single = one.watchFiles(files.subList(0, 1), NOBODY)) {
                long heap = usedHeap();
                long began = System.nanoTime();
                try (FileWatcher.Watch all = many.watchFiles(files, NOBODY)) {
                    long armed = System.nanoTime() - began;
                    if (!single.immediate() || !all.immediate()) {
                        System.out.println(
                                "the kernel's limit of watches was reached: raise fs.inotify.max_user_watches");
                        return;
                    }
                    System.out.printf(
                            "armed %d files in %d ms, %d bytes of heap a file%n",
                            FILES, armed / 1_000_000, (usedHeap() - heap) / FILES);
                    compare(one, many);
                }
            }
        } finally {
            try (var all = Files.walk(root)) {
                for (Path each : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                    Files.delete(each);
                }
            }
        }
    }

    private static void compare(ScriptWatcher one, ScriptWatcher many) {
        double[] single = new double[ROUNDS];
        double[] all = new double[ROUNDS];
        for (int round = -3; round < ROUNDS; round++) { // the first ones warm up
            double first = look(one);
            double second = look(many);
            if (round >= 0) {
                single[round] = first;
                all[round] = second;
            }
        }
        Arrays.sort(single);
        Arrays.sort(all);
        double ratio = all[ROUNDS / 2] / single[ROUNDS / 2];
        System.out.printf(
                "one look: %.0f ns with 1 file (%.0f to %.0f), %.0f ns with %d files (%.0f to %.0f), ratio of medians %.2f%n",
                single[ROUNDS / 2],
                single[0],
                single[ROUNDS - 1],
                all[ROUNDS / 2],
                FILES,
                all[0],
                all[ROUNDS - 1],
                ratio);
    }

    private static double look(ScriptWatcher watcher) {
        long began = System.nanoTime();
        for (int i = 0; i < LOOKS; i++) {
            watcher.drain();
        }
        return (double) (System.nanoTime() - began) / LOOKS;
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
