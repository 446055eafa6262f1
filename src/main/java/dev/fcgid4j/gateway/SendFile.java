/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.failure.ScriptOutputException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * From which folders an application may have the server send a file in place of its own body: {@code X-Sendfile} names
 * the file, {@code X-Accel-Redirect} a path under a prefix that stands for a folder. A server that permits neither passes
 * the fields on as any other.
 *
 * @param folders where {@code X-Sendfile} may lead (XSendFilePath); absolute and normalized
 * @param prefixes what {@code X-Accel-Redirect} may begin with, and which folder that stands for (XAccelPath); each begins
 *     and ends with {@code /}
 */
public record SendFile(List<Path> folders, Map<String, Path> prefixes) {

    /** Permits nothing. */
    public static final SendFile NONE = new SendFile(List.of(), Map.of());

    public SendFile {
        folders = List.copyOf(folders);
        prefixes = Map.copyOf(prefixes);
    }

    /**
     * The file that is to be sent in place of the body, if the application names one.
     *
     * @throws ScriptOutputException when it names one that it may not
     */
    Optional<SentFile> asked(CgiResponse.Document document) {
        if (folders.isEmpty() && prefixes.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> file =
                folders.isEmpty() ? Optional.empty() : document.headers().last("X-Sendfile");
        Optional<String> target =
                prefixes.isEmpty() ? Optional.empty() : document.headers().last("X-Accel-Redirect");
        try {
            return file.map(name -> file(name, document)).or(() -> target.map(path -> target(path, document)));
        } catch (InvalidPathException e) {
            throw new ScriptOutputException(
                    "the script asks for a file to be sent whose name is none: " + e.getReason());
        }
    }

    private SentFile file(String name, CgiResponse.Document document) {
        Path path = Path.of(name).normalize();
        for (Path folder : folders) {
            if (path.startsWith(folder)) {
                return new SentFile(path, folder, document);
            }
        }
        throw refused("X-Sendfile", name, "XSendFilePath");
    }

    private SentFile target(String target, CgiResponse.Document document) {
        for (Map.Entry<String, Path> prefix : prefixes.entrySet()) {
            if (target.startsWith(prefix.getKey())) {
                Path folder = prefix.getValue();
                Path path = folder.resolve(target.substring(prefix.getKey().length()))
                        .normalize();
                if (path.startsWith(folder)) {
                    return new SentFile(path, folder, document);
                }
            }
        }
        throw refused("X-Accel-Redirect", target, "XAccelPath");
    }

    private static ScriptOutputException refused(String field, String value, String directive) {
        return new ScriptOutputException(
                "the script sent " + field + ": " + value + ", which is in no folder that " + directive + " names");
    }
}
