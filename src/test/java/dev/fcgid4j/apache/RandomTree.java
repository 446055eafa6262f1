/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.apache;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A folder with files, links and {@code .htaccess} files, the sections of the server's file for it, and requests.
 *
 * @param name of the folder, below the document root
 * @param allowOverride the words of AllowOverride
 * @param sections of the server's file; ROOT stands for the folder, URL for its path
 * @param htaccess the lines of each {@code .htaccess}, by folder; {@link #OURS} marks lines that only fcgid4j gets
 */
record RandomTree(String name, String allowOverride, String sections, Map<String, String> htaccess) {

    /** Begins a line that Apache answers with 500 although it closes nothing: it is a comment for Apache. */
    static final String OURS = "#ours ";

    static final List<String> FOLDERS = List.of("", "sub", "sub/deep", "pub");
    private static final List<String> FILES = List.of("x.txt", "index.html", "a.foo", "b.rb", "\u00e9.txt");
    private static final Map<String, String> LINKS =
            Map.of("l.txt", "x.txt", "lsub", "sub", "sub/up.foo", "../a.foo", "pub/ld", "../sub/deep");

    /** Makes the folder; each file contains its own path. */
    void create(Path documentRoot) throws IOException {
        Path root = documentRoot.resolve(name);
        for (String folder : FOLDERS) {
            Files.createDirectories(root.resolve(folder));
            for (String file : FILES) {
                Path path = root.resolve(folder).resolve(file);
                Files.writeString(path, documentRoot.relativize(path).toString());
            }
        }
        for (Map.Entry<String, String> link : LINKS.entrySet()) {
            Files.createSymbolicLink(root.resolve(link.getKey()), Path.of(link.getValue()));
        }
    }

    /** Writes the {@code .htaccess} files for Apache or for fcgid4j. */
    void writeHtaccess(Path documentRoot, boolean forApache) throws IOException {
        for (Map.Entry<String, String> file : htaccess.entrySet()) {
            Path folder = documentRoot.resolve(name).resolve(file.getKey());
            String text = file.getValue()
                    .replace("ROOT", documentRoot.resolve(name).toString())
                    .replace("URL", "/" + name);
            String own = forApache ? forApache(text) : text.replace(OURS, "");
            Files.write(folder.resolve(".htaccess"), own.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Returns the sections of the server's file. */
    String serverSections(Path documentRoot, boolean forApache) {
        String text = ("<Directory \"ROOT\">\nAllowOverride " + allowOverride + "\n</Directory>\n" + sections)
                .replace("ROOT", documentRoot.resolve(name).toString())
                .replace("URL", "/" + name);
        return forApache ? forApache(text) : text;
    }

    /** mod_cgid stands for mod_fcgid: it checks the same options, and needs no program that speaks FastCGI. */
    private static String forApache(String text) {
        return text.replace("fcgid-script", "cgi-script")
                .replace("mod_fcgid.c", "mod_cgid.c")
                .replace("fcgid_module", "cgid_module");
    }

    /** Returns the targets to ask for. */
    List<String> targets() {
        List<String> targets = new ArrayList<>();
        for (String folder : FOLDERS) {
            String url = "/" + name + (folder.isEmpty() ? "" : "/" + folder);
            targets.add(url);
            targets.add(url + "/");
            FILES.forEach(file -> targets.add(url + "/" + file.replace("\u00e9", "%C3%A9")));
        }
        Stream.of(
                        "l.txt",
                        "lsub/x.txt",
                        "lsub/",
                        "sub/up.foo",
                        "pub/ld/a.foo",
                        "a.foo/info",
                        "sub/b.rb/i/j",
                        "x.txt/y",
                        "none",
                        "sub//x.txt",
                        "./sub/../b.rb",
                        "sub/%61.foo")
                .forEach(path -> targets.add("/" + name + "/" + path));
        return targets;
    }
}
