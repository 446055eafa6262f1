/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.posix.LibC;
import dev.fcgid4j.process.Instrumentation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reporters: a few lines of Perl, Python, Ruby and PHP that report each source file when it is loaded. Environment
 * variables make a worker's interpreter run them before the script.
 *
 * <h2>Reports</h2>
 *
 * <p>A report is one line, appended by one write to the file that {@link #inject} names. Its fields are separated by tabs:
 * the time in nanoseconds since 1970; the loaded file's modification time and change time in nanoseconds; its size; its inode
 * number; a hash of its content or nothing; its absolute path.
 *
 * <p>The reporter takes the time first, then the other values, and then the interpreter reads the file. If a language reports
 * a file only after it was read, the time still lies before the read. So a change time at or after the time of the report
 * means that the file may have changed since it was read.
 *
 * <p>{@code docs/load-reporters.md} lists what each reporter can't see.
 *
 * <h2>Files</h2>
 *
 * <p>The directory has no subdirectories. The files in it must last as long as the workers; the owner of the directory removes
 * them. PHP puts empty files beside the report file, with names that begin with its name.
 *
 * <p>Threading: any thread; immutable.
 */
public final class ReporterScripts implements Instrumentation {

    private static final Logger LOG = LoggerFactory.getLogger(ReporterScripts.class);

    private static final String PERL = "fcgid4j_report.pl";
    private static final String PYTHON = "sitecustomize.py";
    private static final String RUBY = "fcgid4j_report.rb";
    private static final String PHP_SETTINGS = "fcgid4j.ini";

    /** A file where Python would make a directory for compiled code. */
    private static final String NO_CACHE = "__pycache__";

    /** The characters that need no escape in an option of Perl. */
    private static final String PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-";

    /** Perl's taint switches: {@code -T} counts only as the first of all, {@code -t} taints what follows. */
    private static final Pattern TAINT = Pattern.compile("(?:^|\\s)-?[UWw]*[Tt]");

    /** The files hold no secret. Ruby doesn't start if a wrapper's user can't read the file that RUBYOPT names. */
    private static final FileAttribute<Set<PosixFilePermission>> READABLE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--"));

    private final Path directory;
    private final boolean ruby;

    private ReporterScripts(Path directory, boolean ruby) {
        this.directory = directory;
        this.ruby = ruby;
    }

    /**
     * Writes the reporters into a directory.
     *
     * @param directory an existing directory, in which only this user may write
     * @throws IOException if a file can't be written or exists
     */
    public static ReporterScripts unpack(Path directory) throws IOException {
        Path absolute = directory.toAbsolutePath();
        for (String name : List.of(PERL, PYTHON, RUBY)) {
            write(absolute.resolve(name), resource(name));
        }
        write(absolute.resolve(NO_CACHE), "");
        write(absolute.resolve(PHP_SETTINGS), resource(PHP_SETTINGS));
        return new ReporterScripts(absolute, isReadableForWorkers(absolute));
    }

    /** A wrapper of root may change to another user, which must be able to enter every directory above. */
    private static boolean isReadableForWorkers(Path directory) throws IOException {
        for (Path each = directory; LibC.effectiveUser() == 0 && each != null; each = each.getParent()) {
            if (!Files.getPosixFilePermissions(each).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                LOG.warn(
                        "{} lets no other user through, and Ruby doesn't start when it can't read its reporter: what Ruby"
                                + " loads is not watched. Set FcgidIPCDir to a directory that every user may enter",
                        each);
                return false;
            }
        }
        return true;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Variables that the given environment sets keep their values; the reporters' values are added to them.
     *
     * @param reportFile an existing file that the worker may write; if it is removed, the worker reports nothing
     */
    @Override
    public Map<String, String> inject(Map<String, String> environment, Path reportFile) {
        requireNonNull(reportFile, "reportFile");
        Map<String, String> injected = new HashMap<>(environment);
        injected.remove("FCGID_WATCH_PID");
        injected.put(REPORT_FILE, reportFile.toAbsolutePath().toString());
        injected.merge(
                "PERL5OPT", perlOption(), (own, ours) -> TAINT.matcher(own).find() ? own : ours + " " + own);
        if (directory.toString().indexOf(':') >= 0) {
            return Map.copyOf(injected); // a colon separates the entries of the lists below
        }
        injected.merge("PYTHONPATH", directory.toString(), (own, ours) -> own.isEmpty() ? ours : ours + ":" + own);
        // An empty value means no directory; an empty entry means PHP's own directory.
        injected.merge(
                "PHP_INI_SCAN_DIR", ":" + directory, (own, ours) -> own.isEmpty() ? ours.substring(1) : own + ours);
        if (!ruby) {
            return Map.copyOf(injected);
        }
        if (directory.toString().chars().anyMatch(Character::isWhitespace)) {
            // RUBYOPT can't hold spaces. The reporter removes the directory from Ruby's load path again.
            injected.merge("RUBYLIB", directory.toString(), (own, ours) -> own.isEmpty() ? ours : ours + ":" + own);
            injected.merge("RUBYOPT", "-r" + RUBY, (own, ours) -> ours + " " + own);
        } else {
            injected.merge("RUBYOPT", "-r" + directory.resolve(RUBY), (own, ours) -> ours + " " + own);
        }
        return Map.copyOf(injected);
    }

    /**
     * Returns an option that runs the reporter. Perl accepts code after a module name. {@code no 9} is a module without effect
     * before Perl 9; {@code do} ignores a missing file; the option holds no space.
     */
    private String perlOption() {
        StringBuilder path = new StringBuilder();
        for (byte b : directory.resolve(PERL).toString().getBytes(StandardCharsets.UTF_8)) {
            boolean plain = PLAIN.indexOf(b) >= 0;
            path.append(plain ? String.valueOf((char) b) : String.format("\\x%02x", b));
        }
        return "-M-9;BEGIN{local($!,$@);do\"" + path + "\"}";
    }

    private static void write(Path file, String text) throws IOException {
        Files.createFile(file, READABLE);
        Files.setPosixFilePermissions(file, READABLE.value()); // whatever the umask is
        Files.writeString(file, text, StandardOpenOption.WRITE);
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = ReporterScripts.class.getResourceAsStream("reporters/" + name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing beside " + ReporterScripts.class);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
