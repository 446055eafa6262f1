/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.ReportedRun;
import dev.fcgid4j.testkit.ReportedRun.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The real interpreters with the reporters in their environment. */
abstract class LoadReporterFixture {

    static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @TempDir
    Path temp;

    Path site;
    Path report;
    ReporterScripts reporters;

    @BeforeEach
    void unpack() throws IOException {
        Path root = Files.setPosixFilePermissions(temp.toRealPath(), PosixFilePermissions.fromString("rwxr-xr-x"));
        site = Files.createDirectories(root.resolve("site"));
        report = Files.createFile(root.resolve("report"));
        reporters = ReporterScripts.unpack(Files.createDirectory(root.resolve("reporters")));
    }

    Path file(String name, String text) throws IOException {
        Path file = site.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        return Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
    }

    ReportedRun plain(Map<String, String> own, String... command) throws Exception {
        return ReportedRun.of(site, ReportedRun.environment(own), List.of(command));
    }

    ReportedRun reporting(Map<String, String> own, String... command) throws Exception {
        return reporting(own, report, command);
    }

    ReportedRun reporting(Map<String, String> own, Path to, String... command) throws Exception {
        return ReportedRun.of(site, reporters.inject(ReportedRun.environment(own), to), List.of(command));
    }

    /** With the reporter, and with one that can't report, a program says and returns what it does without. */
    void assertUndisturbed(Map<String, String> own, String... command) throws Exception {
        ReportedRun plain = plain(own, command);

        assertThat(reporting(own, command)).isEqualTo(plain);
        assertThat(ReportedRun.report(report)).isNotEmpty();
        assertThat(reporting(own, site.resolve("missing"), command)).isEqualTo(plain);
        assertThat(site.resolve("missing")).doesNotExist();
        assertThat(reporting(own, site, command)).isEqualTo(plain); // a folder can't be written to, even by root
    }

    List<Path> reported() throws IOException {
        return ReportedRun.report(report).stream()
                .map(Loaded::path)
                .filter(path -> path.startsWith(site))
                .toList();
    }

    void assertFacts(Path file, long precisionNanos) throws IOException {
        Loaded loaded = ReportedRun.report(report).stream()
                .filter(line -> line.path().equals(file))
                .findFirst()
                .orElseThrow();
        Offset<Long> precision = Offset.offset(precisionNanos);
        assertThat(loaded.mtime()).isCloseTo(nanos(file, "lastModifiedTime"), precision);
        assertThat(loaded.ctime()).isCloseTo(nanos(file, "ctime"), precision);
        assertThat(loaded.size()).isEqualTo(Files.size(file));
        assertThat(loaded.inode()).isEqualTo(Files.getAttribute(file, "unix:ino"));
        assertThat(loaded.now()).isCloseTo(System.currentTimeMillis() * 1_000_000, Offset.offset(60 * SECOND));
    }

    static long nanos(Path file, String attribute) throws IOException {
        return ((FileTime) Files.getAttribute(file, "unix:" + attribute)).to(TimeUnit.NANOSECONDS);
    }
}
