/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.bench;

import dev.fcgid4j.inotify.InotifyWatcher;
import dev.fcgid4j.watch.FileWatcher;
import dev.fcgid4j.watch.WatchSettings;
import dev.fcgid4j.writers.KernelWriterDetector;
import dev.fcgid4j.writers.WriterDetector;
import dev.fcgid4j.writers.WriterWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the promise of freshness costs a request: one look at the watcher, with one watched file and with 20,000 of 500
 * process classes, each in folders of its own; and what an answer costs. What arming them took is printed at the start.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class FreshnessBench {

    private static final int CLASSES = 500;

    private static final FileWatcher.FileListener NO_REPORTS = new FileWatcher.FileListener() {
        @Override
        public void changed(Path file) {
            throw new IllegalStateException("nothing changes here: " + file);
        }

        @Override
        public void beingWritten(Path file) {
            throw new IllegalStateException("nothing changes here: " + file);
        }
    };

    /** Files watched. */
    @Param({"1", "20000"})
    private int files;

    /** Folders among which the files of a class are divided. */
    @Param({"1", "4"})
    private int folders;

    private final InotifyWatcher watcher = InotifyWatcher.open(WatchSettings.defaults());
    private final WriterDetector writers = KernelWriterDetector.open(watcher, WatchSettings.defaults());
    private final List<Path> made = new ArrayList<>();
    private Path root = Path.of("/");
    private final List<WriterWatch> classes = new ArrayList<>();

    /** Makes the files and watches them. */
    @Setup
    public void arm() throws IOException {
        root = Files.createTempDirectory("fcgid4j-bench-");
        for (int i = 0; i < files; i++) {
            Path folder = root.resolve("class" + i % CLASSES + "/lib" + i / CLASSES % folders);
            Files.createDirectories(folder);
            made.add(Files.writeString(folder.resolve("file" + i + ".pm"), "1;"));
        }
        long heap = usedHeap();
        long began = System.nanoTime();
        for (int first = 0; first < Math.min(files, CLASSES); first++) {
            WriterWatch ofClass = writers.watchMany(ofClass(first), NO_REPORTS);
            if (!ofClass.immediate()) {
                throw new IllegalStateException(
                        "the kernel's limit of watches was reached: raise fs.inotify.max_user_watches");
            }
            classes.add(ofClass);
        }
        System.out.printf(
                "armed %d files in %d ms, %d bytes of heap a file%n",
                files, (System.nanoTime() - began) / 1_000_000, (usedHeap() - heap) / files);
    }

    private List<Path> ofClass(int first) {
        List<Path> all = new ArrayList<>();
        for (int i = first; i < files; i += CLASSES) {
            all.add(made.get(i));
        }
        return all;
    }

    /** Removes them. */
    @TearDown
    public void clear() throws IOException {
        watcher.close();
        try (var all = Files.walk(root)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    /** What each request does before a worker is given to it. */
    @Benchmark
    public void look() {
        watcher.drain();
    }

    /** What an answer costs where FcgidWatch names the files of its class: besides that look, one for their writers. */
    @Benchmark
    public boolean answer() {
        boolean found = classes.get(0).isBeingChanged();
        watcher.drain();
        return found;
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
