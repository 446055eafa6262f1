/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.config.ApacheConfigParser;
import dev.fcgid4j.directives.AllowOverride;
import dev.fcgid4j.directives.CompiledSection;
import dev.fcgid4j.directives.DirectiveCompiler;
import dev.fcgid4j.failure.ConfigurationException;
import dev.fcgid4j.posix.RegularFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and compiles {@code .htaccess} files. A file that can't be read or has a mistake denies everything below it,
 * because its author may have meant to deny.
 *
 * <p>The same warning is logged once, until 1 MiB of warnings have been logged.
 *
 * <p>Threading: any thread that may block.
 */
final class HtaccessFiles {

    static final String NAME = ".htaccess";

    private static final Logger LOG = LoggerFactory.getLogger(HtaccessFiles.class);
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_REMEMBERED_CHARS = 1 << 20;

    private final Set<String> warned = ConcurrentHashMap.newKeySet();
    private final AtomicInteger warnedChars = new AtomicInteger();

    /** Returns the compiled file of a directory; empty if there is none, or if AllowOverride forbids reading it. */
    Optional<CompiledSection> read(Path directory, AllowOverride override) {
        if (!override.read()) {
            return Optional.empty();
        }
        Path file = directory.resolve(NAME);
        try (InputStream in = RegularFile.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                return Optional.of(denyAll(file, "it is larger than 1 MiB"));
            }
            String text = new String(bytes, StandardCharsets.UTF_8);
            return Optional.of(DirectiveCompiler.htaccess(
                    ApacheConfigParser.parseLenient(text, file.toString(), this::warn),
                    override,
                    directory,
                    this::warn));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            FileKinds.check(e);
            return Optional.of(denyAll(file, "it can't be read: " + e));
        } catch (ConfigurationException e) {
            return Optional.of(denyAll(file, e.getMessage()));
        } catch (StackOverflowError e) {
            return Optional.of(denyAll(file, "its sections are nested too deeply"));
        }
    }

    void warn(String warning) {
        if (warned.add(warning)) {
            LOG.warn("{}", warning);
            if (warnedChars.addAndGet(warning.length()) > MAX_REMEMBERED_CHARS) {
                warned.clear();
                warnedChars.set(0);
            }
        }
    }

    private CompiledSection denyAll(Path file, String why) {
        warn(file + " denies everything below it until it is corrected: " + why);
        return CompiledSection.of(config -> config.denyAll("denied because " + file + " has a mistake"));
    }
}
