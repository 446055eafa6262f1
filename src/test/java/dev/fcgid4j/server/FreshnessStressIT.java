/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.observe.PoolSnapshot;
import dev.fcgid4j.testkit.Language;
import dev.fcgid4j.testkit.TestApplication;
import dev.fcgid4j.testkit.TestSite;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random edits of real files under load: no answer older than the promise, no request lost, no worker without a reason.
 * To search longer: {@code -Dfcgid4j.stressSeconds} for each language, {@code -Dfcgid4j.stressRounds} to begin and end
 * more often, {@code -Dfcgid4j.stressSeed} for other edits (in {@code test.jvm.args}).
 */
class FreshnessStressIT {

    private static final long SECONDS = Long.getLong("fcgid4j.stressSeconds", 4);
    private static final int ROUNDS = Integer.getInteger("fcgid4j.stressRounds", 1);
    private static final AtomicLong SEED = new AtomicLong(Long.getLong("fcgid4j.stressSeed", 99));
    private static final int CLIENTS = 3;
    private static final int SINGLE_EDITS = 60;
    private static final Set<OpenOption> WRITING =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
    private static final FileAttribute<?> EXECUTABLE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"));

    @TempDir
    private Path temp;

    private Path root;
    private Language language;
    private final AtomicLong ids = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();

    /** How a library is brought to its next version. */
    private enum Edit {
        IN_PLACE,
        IN_SEVERAL_WRITES,
        RENAME,
        TWICE_AT_ONCE,
        DELETE_AND_CREATE,
        TIME_SET_BACK,
        SAME_SIZE_AND_TIME,
        TOUCH,
        FOLDER_RENAMED,
        LINK_SWITCHED;
    }

    /** A library: its latest version, complete since before it was noted here. */
    private class Library {
        private final String name;
        private final Path file;
        private final AtomicInteger completed = new AtomicInteger(100);

        private final Path folder;

        Library(String name, String file) {
            this(name, "lib", file);
        }

        Library(String name, String folder, String file) {
            this.name = name;
            this.folder = root.resolve(folder);
            this.file = this.folder.resolve(file);
        }

        private Path fresh(String what) {
            return temp.resolve(what + "-" + name);
        }

        byte[] text(int version) {
            return language.library(name, version).getBytes(StandardCharsets.UTF_8);
        }

        /** A new file is executable from the beginning. */
        private Path write(Path to, int version) throws Exception {
            try (SeekableByteChannel out = open(to)) {
                out.write(ByteBuffer.wrap(text(version)));
            }
            return to;
        }

        /** A script can't be opened for writing in the moment in which it is executed: its editor tries again. */
        private SeekableByteChannel open(Path to) throws Exception {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (true) {
                try {
                    return Files.newByteChannel(to, WRITING, EXECUTABLE);
                } catch (FileSystemException e) {
                    if (!"Text file busy".equals(e.getReason()) || System.nanoTime() - deadline > 0) {
                        throw e;
                    }
                    LockSupport.parkNanos(100_000);
                }
            }
        }

        void edit(Edit how) throws Exception {
            int version = completed.get() + 1;
            FileTime time = Files.getLastModifiedTime(file);
            Path fresh = fresh("fresh");
            switch (how) {
                case IN_PLACE -> write(file, version);
                case IN_SEVERAL_WRITES -> {
                    byte[] text = text(version);
                    try (OutputStream out = Channels.newOutputStream(open(file))) {
                        for (byte each : text) {
                            out.write(each);
                        }
                    }
                }
                case RENAME -> Files.move(write(fresh, version), file, StandardCopyOption.ATOMIC_MOVE);
                case TWICE_AT_ONCE -> {
                    Path second = fresh("second");
                    write(fresh, version);
                    write(second, version + 1);
                    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
                    Files.move(second, file, StandardCopyOption.ATOMIC_MOVE);
                    version++;
                }
                case DELETE_AND_CREATE -> {
                    Files.delete(file);
                    write(file, version);
                }
                case TIME_SET_BACK -> {
                    write(fresh, version);
                    Files.setLastModifiedTime(fresh, FileTime.fromMillis(time.toMillis() - 3_600_000));
                    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
                }
                case SAME_SIZE_AND_TIME -> {
                    write(fresh, version);
                    Files.setLastModifiedTime(fresh, time);
                    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
                }
                case TOUCH -> {
                    Files.setLastModifiedTime(file, FileTime.fromMillis(time.toMillis() + 1));
                    version--;
                }
                case FOLDER_RENAMED, LINK_SWITCHED -> release(version, how);
            }
            completed.set(version);
        }

        /** A whole new folder with this version, put where "lib" leads. */
        private void release(int version, Edit how) throws Exception {
            Path real = folder.toRealPath();
            Path next = Files.createDirectory(root.resolve("release-" + System.nanoTime()));
            try (var files = Files.list(real)) {
                for (Path each : files.filter(Files::isRegularFile).toList()) {
                    Files.copy(each, next.resolve(each.getFileName()));
                }
            }
            Files.write(next.resolve(file.getFileName()), text(version));
            Path lib = folder;
            if (how == Edit.LINK_SWITCHED || Files.isSymbolicLink(lib)) {
                Path link = Files.createSymbolicLink(root.resolve("link-" + System.nanoTime()), next);
                put(link, lib); // from now on it is a link
            } else {
                put(next, lib);
            }
        }

        /** In the place of a folder, or of a link. */
        private void put(Path fresh, Path lib) throws Exception {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (true) {
                if (!Files.isSymbolicLink(lib)) {
                    Files.move(lib, root.resolve("old-" + System.nanoTime()));
                }
                try {
                    Files.move(fresh, lib, StandardCopyOption.ATOMIC_MOVE);
                    return;
                } catch (FileSystemException e) { // Python makes the folder again, to keep what it has compiled
                    if (!Files.isDirectory(lib, LinkOption.NOFOLLOW_LINKS) || System.nanoTime() - deadline > 0) {
                        throw e;
                    }
                }
            }
        }
    }

    /** The script itself, of which each version is the same. */
    private final class Script extends Library {
        private final byte[] text = Files.readAllBytes(root.resolve(language.page()));

        Script() throws IOException {
            super("Script", "", language.page());
        }

        @Override
        byte[] text(int version) {
            return text;
        }
    }

    private void prepare(Language chosen, String lateFolder) throws Exception {
        language = chosen;
        root = Files.createDirectory(temp.toRealPath().resolve("site"));
        Files.createDirectory(root.resolve("lib"));
        Library early = new Library("Early", language.early());
        Library late = new Library("Late", lateFolder, language.late());
        Files.createDirectories(late.folder);
        Files.write(early.file, early.text(100));
        Files.write(late.file, late.text(100));
        language.worker().install(temp);
        TestSite.script(
                root.resolve(language.page()),
                language.script(language.worker().program())
                        .replace("use lib '.';", "")
                        .replace("sys.path.insert(0, '.')", "sys.path[:0] = ['lib', '" + lateFolder + "']")
                        .replace("require './early", "require './lib/early")
                        .replace("require './late", "require './" + lateFolder + "/late")
                        .replace("require_relative 'early'", "require './lib/early'")
                        .replace("require_relative 'late'", "require './" + lateFolder + "/late'")
                        // and the id of the request
                        .replace("\" $late\"", "\" $late $ENV{HTTP_X_ID}\"")
                        .replace("#{late}\"", "#{late} #{r.env['HTTP_X_ID']}\"")
                        .replace(" -\",", " - {env['HTTP_X_ID']}\",")
                        .replace("{lately()}\"", "{lately()} {env['HTTP_X_ID']}\"")
                        .replace(" $late\";", " $late $_SERVER[HTTP_X_ID]\";"));
    }

    /** What is needed for files that a page reads for each request. */
    private String watching() {
        return language == Language.PHP
                ? TestApplication.PHP.directives() + "\nFcgidWatch *.php lib/*.inc late/*.inc\n"
                : "";
    }

    private int[] versions(TestSite site, String query) throws Exception {
        long id = ids.incrementAndGet();
        HttpResponse<String> response = site.send(site.to("/" + language.page() + query)
                .header("X-Id", Long.toString(id))
                .build());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        String[] words = response.body().split(" ", 4);
        assertThat(words[3]).as("its own answer").isEqualTo(Long.toString(id));
        answered.incrementAndGet();
        return new int[] {
            Integer.parseInt(words[0]),
            Integer.parseInt(words[1]),
            words[2].equals("-") ? -1 : Integer.parseInt(words[2])
        };
    }

    private static Stream<Language> languagesOfAllRounds() {
        return Stream.generate(() -> Stream.of(Language.values())).limit(ROUNDS).flatMap(languages -> languages);
    }

    @ParameterizedTest
    @MethodSource("languagesOfAllRounds")
    void noAnswerIsOlderThanTheLastCompletedEdit(Language chosen) throws Exception {
        prepare(chosen, "late");
        Library early = new Library("Early", language.early());
        Library late = new Library("Late", "late", language.late());
        Library script = new Script();
        List<Edit> ofLibraries = List.of(Edit.values());
        Set<Edit> ofOneFile = // its folder is the site's, and is not replaced
                EnumSet.complementOf(EnumSet.of(Edit.FOLDER_RENAMED, Edit.LINK_SWITCHED));
        try (TestSite site = TestSite.start(
                root,
                watching() + "FcgidMaxProcessesPerClass 3\nFcgidQuietTime 60\nFcgidInitialEnv PERL5LIB lib:late")) {
            versions(site, "?op=late"); // nothing is promised of the first one that loads a file while it is written
            int requests = 1;
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
            ExecutorService threads = Executors.newFixedThreadPool(CLIENTS + 3);
            List<Future<Integer>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Random random = new Random(i);
                clients.add(threads.submit(() -> ask(site, early, late, random, end)));
            }
            List<Future<Integer>> editors = List.of(
                    threads.submit(() -> editing(end, random -> early.edit(any(ofLibraries, random)))),
                    threads.submit(() -> editing(end, random -> late.edit(any(ofLibraries, random)))),
                    threads.submit(() -> editing(end, random -> {
                        if (random.nextInt(8) == 0) {
                            script.edit(any(List.copyOf(ofOneFile), random));
                        }
                    })));
            threads.shutdown();
            int edits = 0;
            for (Future<Integer> each : editors) {
                edits += each.get(SECONDS + 60, TimeUnit.SECONDS);
            }
            for (Future<Integer> each : clients) {
                requests += each.get(SECONDS + 60, TimeUnit.SECONDS);
            }
            assertThat(answered).as("each request got its own answer, once").hasValue(requests);
            assertThat(ids).hasValue(requests);
            // For people.
            PoolSnapshot.ClassSnapshot seen = site.snapshot().classes().get(0);
            System.out.printf(
                    "%s: %d edits, %d requests, %d processes started%n", language, edits, requests, seen.started());
            early.edit(Edit.RENAME); // a slow machine may have had time for hardly any edit
            int[] rest = versions(site, "?op=late");
            assertThat(rest[1]).isEqualTo(early.completed.get());
            assertThat(rest[2]).isEqualTo(late.completed.get());
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (site.snapshot().classes().get(0).lastDeaths().isEmpty()) {
                assertThat(System.nanoTime() - deadline)
                        .as("the one before has ended")
                        .isNegative();
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    private interface Editing {
        void edit(Random random) throws Exception;
    }

    private static Edit any(List<Edit> of, Random random) {
        return of.get(random.nextInt(of.size()));
    }

    /** Edits, and lets some requests pass between two edits, sometimes none. */
    private int editing(long end, Editing how) throws Exception {
        Random random = new Random(SEED.getAndIncrement());
        int edits = 0;
        while (System.nanoTime() - end < 0) {
            how.edit(random);
            edits++;
            untilAnswered(answered.get() + random.nextInt(6), end);
        }
        return edits;
    }

    private void untilAnswered(long requests, long end) {
        while (answered.get() < requests && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(100_000);
        }
    }

    private int ask(TestSite site, Library early, Library late, Random random, long end) throws Exception {
        int count = 0;
        while (System.nanoTime() - end < 0) {
            boolean asksLate = random.nextInt(3) == 0;
            int leastEarly = early.completed.get();
            int leastLate = late.completed.get();
            int[] seen = versions(site, asksLate ? "?op=late" : "?op=early");
            assertThat(seen[1]).as("early").isGreaterThanOrEqualTo(leastEarly);
            if (asksLate) {
                assertThat(seen[2]).as("late").isGreaterThanOrEqualTo(leastLate);
            }
            count++;
        }
        return count;
    }

    @ParameterizedTest
    @EnumSource
    void exactlyThoseWorkersEndThatHaveLoadedWhatChanged(Language chosen) throws Exception {
        prepare(chosen, "lib");
        Library early = new Library("Early", language.early());
        Library late = new Library("Late", language.late());
        Library unrelated = new Library("Late", "unrelated");
        Files.write(unrelated.file, unrelated.text(100));
        Random random = new Random(7);
        try (TestSite site =
                TestSite.start(root, watching() + "FcgidMaxProcessesPerClass 1\nFcgidInitialEnv PERL5LIB lib")) {
            int pid = versions(site, "?op=early")[0];
            boolean hasLate = false;
            for (int i = 0; i < SINGLE_EDITS; i++) {
                int which = random.nextInt(3);
                Library edited = List.of(early, late, unrelated).get(which);
                Edit how = Edit.values()[random.nextInt(Edit.values().length)];
                boolean replacesAll = how == Edit.FOLDER_RENAMED || how == Edit.LINK_SWITCHED;
                String what =
                        "edit %d: %s of %s, late loaded: %s".formatted(i, how, edited.file.getFileName(), hasLate);
                edited.edit(how);
                boolean asksLate = random.nextBoolean();

                int[] seen = versions(site, asksLate ? "?op=late" : "?op=early");

                boolean ends = replacesAll || which == 0 || (which == 1 && (hasLate || language == Language.PHP));
                assertThat(seen[0] != pid).as("another process: %s", what).isEqualTo(ends);
                assertThat(seen[1]).as(what).isEqualTo(early.completed.get());
                if (asksLate) {
                    assertThat(seen[2]).as(what).isEqualTo(late.completed.get());
                }
                hasLate = asksLate || (hasLate && !ends);
                pid = seen[0];
            }
            assertThat(Files.exists(root.resolve("lib"), LinkOption.NOFOLLOW_LINKS))
                    .isTrue();
        }
    }

    /** Nothing that was started or watched is left. */
    @AfterEach
    void nothingIsLeft() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (ProcessHandle.current().descendants().anyMatch(ProcessHandle::isAlive) || kernelWatches() > 0) {
            assertThat(System.nanoTime() - deadline).as("all gone in time").isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static long kernelWatches() throws Exception {
        long count = 0;
        try (var descriptors = Files.list(Path.of("/proc/self/fdinfo"))) {
            for (Path each : descriptors.toList()) {
                try {
                    count += Files.readString(each)
                            .lines()
                            .filter(l -> l.startsWith("inotify"))
                            .count();
                } catch (java.io.IOException e) {
                    count += 0; // closed meanwhile
                }
            }
        }
        return count;
    }

    /** PHP looks at its files itself, for each request: its processes stay. */
    @Test
    void noPhpPageIsOlderThanTheLastCompletedEdit() throws Exception {
        TestApplication.PHP.install(temp);
        root = Files.createDirectory(temp.toRealPath().resolve("site"));
        Files.createDirectory(root.resolve("r0"));
        Files.createSymbolicLink(root.resolve("current"), root.resolve("r0"));
        Files.writeString(root.resolve("r0/page.php"), "<?php require 'lib.inc'; echo v();");
        Files.writeString(root.resolve("r0/lib.inc"), "<?php function v() { return 0; }");
        AtomicInteger completed = new AtomicInteger();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        try (TestSite site = TestSite.start(root, TestApplication.PHP.directives() + "\nFcgidMaxProcessesPerClass 3")) {
            ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
            List<Future<Integer>> all = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                all.add(threads.submit(() -> {
                    int count = 0;
                    while (System.nanoTime() - end < 0) {
                        int least = completed.get();
                        HttpResponse<String> response = site.get("/current/page.php");
                        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
                        assertThat(Integer.parseInt(response.body())).isGreaterThanOrEqualTo(least);
                        count++;
                    }
                    return count;
                }));
            }
            for (int version = 1; System.nanoTime() - end < 0; version++) {
                String text = "<?php function v() { return " + version + "; }";
                if (version % 3 == 0) {
                    Path next = Files.createDirectory(root.resolve("r" + version));
                    Files.writeString(next.resolve("page.php"), "<?php require 'lib.inc'; echo v();");
                    Files.writeString(next.resolve("lib.inc"), text);
                    Path link = Files.createSymbolicLink(root.resolve("link" + version), next);
                    Files.move(link, root.resolve("current"), StandardCopyOption.ATOMIC_MOVE);
                } else {
                    Path fresh = Files.writeString(temp.resolve("fresh"), text);
                    Files.move(fresh, root.resolve("current/lib.inc"), StandardCopyOption.ATOMIC_MOVE);
                }
                completed.set(version);
                assertThat(site.get("/current/page.php").body()).isEqualTo(Integer.toString(version));
            }
            threads.shutdown();
            for (Future<Integer> each : all) {
                assertThat(each.get(60, TimeUnit.SECONDS)).isPositive();
            }
            assertThat(site.snapshot().classes().get(0).lastDeaths())
                    .noneSatisfy(d -> assertThat(d.reason()).contains("changed"));
        }
    }
}
