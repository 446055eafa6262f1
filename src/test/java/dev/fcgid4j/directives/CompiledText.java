/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.ApacheConfigParser;
import dev.fcgid4j.config.Node;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Lines of configuration, compiled; what they change, and the warnings they cause. */
final class CompiledText {

    /** Where relative paths of the text begin. */
    static final Path BASE = Path.of("/srv/site");

    private final List<String> warnings = new ArrayList<>();
    private final CompiledSection section;

    private CompiledText(boolean server, AllowOverride override, String... lines) {
        String text = String.join("\n", lines);
        this.section = server
                ? DirectiveCompiler.server(ApacheConfigParser.parse(text, "test.conf"), BASE, warnings::add)
                : DirectiveCompiler.htaccess(
                        ApacheConfigParser.parseLenient(text, ".htaccess", warnings::add),
                        override,
                        BASE,
                        warnings::add);
    }

    /** Compiles lines of the server's configuration file. */
    static CompiledText server(String... lines) {
        return new CompiledText(true, AllowOverride.NONE, lines);
    }

    /** Compiles the lines of a {@code .htaccess} that may say everything. */
    static CompiledText htaccess(String... lines) {
        return htaccessWith("All", lines);
    }

    /** Compiles the lines of a {@code .htaccess} under {@code AllowOverride words}. */
    static CompiledText htaccessWith(String words, String... lines) {
        return new CompiledText(false, allowOverride(words), lines);
    }

    /** Returns what {@code AllowOverride words} permits. */
    static AllowOverride allowOverride(String words) {
        return AllowOverride.of(line("AllowOverride " + words));
    }

    /** Parses one line. */
    static Node line(String text) {
        return ApacheConfigParser.parse(text, "test.conf").get(0);
    }

    CompiledSection section() {
        return section;
    }

    List<String> warnings() {
        return warnings;
    }

    /** Returns the initial configuration with the text's own changes, without those of its sections. */
    DirectoryConfig config() {
        return over(DirectoryConfig.initial());
    }

    /** Applies the text's own changes to another configuration and returns that. */
    DirectoryConfig over(DirectoryConfig inherited) {
        section.applyTo(inherited);
        return inherited;
    }

    /** Returns the configuration of a file: the text's own changes, then its {@code <Files>} sections. */
    DirectoryConfig forFile(String name) {
        DirectoryConfig config = config();
        CompiledSection.apply(section.files(), name, config);
        return config;
    }

    /** Returns the status that a request for a path below the base is refused with; 200 if it isn't. */
    int statusOf(String path) {
        return config().denial(request(path)).map(Denial::status).orElse(200);
    }

    /** Returns the paths of a request for this one, when the base is the document root. */
    static UrlPaths request(String path) {
        return new UrlPaths(path, BASE + path);
    }
}
