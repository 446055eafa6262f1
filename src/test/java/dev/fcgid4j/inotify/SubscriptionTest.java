/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.inotify;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.fcgid4j.testkit.FileReports;
import dev.fcgid4j.testkit.LogCapture;
import dev.fcgid4j.watch.FileWatcher;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a subscription reports, and of each kind of listener, what it hears. */
class SubscriptionTest {

    private static final Path FILE = Path.of("/site/current/app.pl");

    private final FileReports reports = new FileReports();
    private final List<Subscription> ended = new ArrayList<>();
    private final Subscription file = subscription(new ReportTarget.ToFile(reports));

    private Subscription subscription(ReportTarget target) {
        return new Subscription(FILE, target, ended::add);
    }

    @Test
    void changeOfTheFileIsReportedAsAChange() {
        file.reportChanged("app.pl");

        assertThat(reports.take()).containsExactly("changed app.pl");
    }

    @Test
    void changeOfAnotherNameIsReportedAsAChangeOfThePath() {
        file.reportChanged("current");

        assertThat(reports.take()).containsExactly("path changed app.pl");
    }

    @Test
    void changeOfEverythingIsReportedAsAChangeOfThePath() {
        file.reportAllChanged();

        assertThat(reports.take()).containsExactly("path changed app.pl");
    }

    @Test
    void listenerThatKnowsNoPathsHearsOfAChange() {
        List<Path> changed = new ArrayList<>();
        Subscription simple = subscription(new ReportTarget.ToFile(new FileWatcher.FileListener() {
            @Override
            public void changed(Path path) {
                changed.add(path);
            }

            @Override
            public void beingWritten(Path path) {
                throw new AssertionError("not written");
            }
        }));

        simple.reportAllChanged();

        assertThat(changed).containsExactly(FILE);
    }

    @Test
    void writeIsNoChangeYet() {
        file.reportBeingWritten("app.pl");

        assertThat(reports.take()).containsExactly("being written app.pl");
        assertThat(file.isReported()).isFalse();
        file.reportChanged("app.pl");
        assertThat(file.isReported()).isTrue();
    }

    @Test
    void namesAreReportedWhenTheirWriterIsDone() {
        Subscription names = subscription(new ReportTarget.ToNames(reports));

        names.reportBeingWritten("x");
        assertThat(reports.take()).isEmpty();
        names.reportChanged("x");
        names.reportAllChanged();

        assertThat(reports.take()).containsExactly("name changed x", "all changed");
    }

    @Test
    void appendsAreReportedAtEachWrite() {
        Subscription appends = subscription(new ReportTarget.ToAppends(reports));

        appends.reportBeingWritten("x");
        appends.reportChanged("x");
        appends.reportAllChanged();

        assertThat(reports.take()).containsExactly("name changed x", "name changed x", "all changed");
    }

    @Test
    void listenerThatFailsIsNoFailureOfTheWatcher() {
        Subscription failing = subscription(new ReportTarget.ToNames(new FileWatcher.NameListener() {
            @Override
            public void nameChanged(String name) {
                throw new IllegalStateException("the listener fails");
            }

            @Override
            public void allChanged() {
                throw new IllegalStateException("the listener fails");
            }
        }));

        try (LogCapture log = LogCapture.of(Subscription.class.getName())) {
            failing.reportChanged("x");
            failing.reportAllChanged();

            assertThat(log.lines(Level.ERROR)).hasSize(2).containsOnly("a listener of file changes failed");
        }
    }

    @Test
    void isReplacedByOneOfTheSameFileWithAnEqualListener() {
        assertThat(file.isReplacedBy(subscription(new ReportTarget.ToFile(reports))))
                .isTrue();
        assertThat(file.isReplacedBy(subscription(new ReportTarget.ToFile(new FileReports()))))
                .isFalse();
        assertThat(file.isReplacedBy(subscription(new ReportTarget.ToNames(reports))))
                .isFalse();
        assertThat(file.isReplacedBy(
                        new Subscription(Path.of("/site/other"), new ReportTarget.ToFile(reports), ended::add)))
                .isFalse();
    }

    @Test
    void immediateOneHasNothingToCompare() {
        file.compare();
        file.close();

        assertThat(reports.take()).isEmpty();
        assertThat(ended).containsExactly(file);
    }
}
