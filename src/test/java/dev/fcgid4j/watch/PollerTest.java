/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PollerTest {

    @TempDir
    private Path temp;

    private final Poller poller = new Poller(() -> 1);
    private final List<String> changes = new ArrayList<>();

    /** Something that changes before each comparison. */
    private static Polled changing(String... names) {
        return now -> List.of(names);
    }

    @Test
    void everythingIsComparedInItsOrder() {
        poller.add(changing("a", "b"), changes::add);
        poller.add(changing(), changes::add);
        poller.add(changing("c"), changes::add);

        poller.compareAll(1);

        assertThat(changes).containsExactly("a", "b", "c");
    }

    @Test
    void oneIsComparedAlone() {
        poller.add(changing("a"), changes::add);
        Poller.Comparison second = poller.add(changing("b"), changes::add);

        second.compare();

        assertThat(changes).containsExactly("b");
        assertThat(poller.rounds()).as("not all were compared").isZero();
    }

    @Test
    void closedOneIsComparedNoMore() {
        Poller.Comparison closed = poller.add(changing("a"), changes::add);
        poller.add(changing("b"), changes::add);

        closed.close();
        closed.close();
        poller.compareAll(1);

        assertThat(changes).containsExactly("b");
    }

    @Test
    void roundCountsIfThereWasSomethingToCompare() {
        poller.compareAll(1);
        assertThat(poller.rounds()).isZero();
        poller.add(changing(), changes::add);

        poller.compareAll(1);
        poller.compareAll(1);

        assertThat(poller.rounds()).isEqualTo(2);
    }

    @Test
    void roundIsCountedAfterItsReports() {
        poller.add(changing("a"), name -> changes.add(name + poller.rounds()));

        poller.compareAll(1);

        assertThat(changes).containsExactly("a0");
    }

    /** Otherwise a thread could compare, find nothing, and go on before the change that another one found is reported. */
    @Test
    void comparisonWaitsForTheReportsOfTheOneBefore() throws Exception {
        CountDownLatch reporting = new CountDownLatch(1);
        CountDownLatch report = new CountDownLatch(1);
        AtomicInteger reported = new AtomicInteger();
        AtomicInteger calls = new AtomicInteger();
        Poller.Comparison shared = poller.add(now -> calls.incrementAndGet() == 1 ? List.of("a") : List.of(), name -> {
            reporting.countDown();
            awaitQuietly(report);
            reported.incrementAndGet();
        });
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<?> first = threads.submit(shared::compare);
            assertThat(reporting.await(30, TimeUnit.SECONDS)).isTrue();
            Future<Integer> second = threads.submit(() -> {
                shared.compare();
                return reported.get();
            });

            report.countDown();

            assertThat(second.get(30, TimeUnit.SECONDS)).isEqualTo(1);
            first.get(30, TimeUnit.SECONDS);
        } finally {
            threads.shutdownNow();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void fileIsReportedByAnEmptyName() throws Exception {
        Path file = Files.writeString(temp.resolve("file"), "one");
        poller.addFile(file, changes::add);
        poller.compareAll(1);
        assertThat(changes).isEmpty();

        Files.writeString(file, "two");
        poller.compareAll(1);

        assertThat(changes).containsExactly("");
    }

    @Test
    void entriesAreReportedByTheirNames() throws Exception {
        Files.writeString(temp.resolve("kept"), "one");
        Path gone = Files.writeString(temp.resolve("gone"), "one");
        Path written = Files.writeString(temp.resolve("written"), "one");
        poller.addNames(temp, changes::add);

        Files.delete(gone);
        Files.writeString(written, "more");
        Files.createFile(temp.resolve("new"));
        poller.compareAll(1);

        assertThat(changes).containsExactlyInAnyOrder("gone", "written", "new");
        poller.compareAll(1);
        assertThat(changes).as("each once").hasSize(3);
    }

    @Test
    void entriesOfADirectoryAmongTheEntriesDoNotCount() throws Exception {
        Path inner = Files.createDirectory(temp.resolve("inner"));
        poller.addNames(temp, changes::add);

        Files.createFile(inner.resolve("new"));
        poller.compareAll(1);
        assertThat(changes).isEmpty();
        Files.move(inner, temp.resolve("other"));
        poller.compareAll(1);

        assertThat(changes).containsExactlyInAnyOrder("inner", "other");
    }

    @Test
    void allEntriesGoWithTheirDirectory() throws Exception {
        Path directory = Files.createDirectory(temp.resolve("directory"));
        Files.createFile(directory.resolve("a"));
        poller.addNames(directory, changes::add);

        Files.delete(directory.resolve("a"));
        Files.delete(directory);
        poller.compareAll(1);

        assertThat(changes).containsExactly("a");
    }
}
