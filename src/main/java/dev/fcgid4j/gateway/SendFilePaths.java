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
 * The folders from which an application may have the server send a file in place of its own body. {@code X-Sendfile} names
 * the file; {@code X-Accel-Redirect} names a path under a prefix that stands for a folder. A server that permits neither
 * passes the fields on like any other.
 *
 * <p>Immutable.
 *
 * @param folders the folders that {@code X-Sendfile} may name files in (XSendFilePath); absolute and normalized
 * @param prefixes the prefixes that {@code X-Accel-Redirect} may begin with, and the folder that each stands for
 *     (XAccelPath); each prefix begins and ends with {@code /}
 */
public record SendFilePaths(List<Path> folders, Map<String, Path> prefixes) {

    /** Permits nothing. */
    public static final SendFilePaths NONE = new SendFilePaths(List.of(), Map.of());

    public SendFilePaths {
        folders = List.copyOf(folders);
        prefixes = Map.copyOf(prefixes);
    }

    /**
     * The file to send in place of the body, if the application names one.
     *
     * @throws ScriptOutputException when the file is in no permitted folder
     */
    Optional<CgiResponse.SendFile> requestedBy(CgiResponse.Document document) {
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

    private CgiResponse.SendFile file(String name, CgiResponse.Document document) {
        Path path = Path.of(name).normalize();
        for (Path folder : folders) {
            if (path.startsWith(folder)) {
                return new CgiResponse.SendFile(path, folder, document);
            }
        }
        throw refused("X-Sendfile", name, "XSendFilePath");
    }

    private CgiResponse.SendFile target(String target, CgiResponse.Document document) {
        for (Map.Entry<String, Path> prefix : prefixes.entrySet()) {
            if (target.startsWith(prefix.getKey())) {
                Path folder = prefix.getValue();
                Path path = folder.resolve(target.substring(prefix.getKey().length()))
                        .normalize();
                if (path.startsWith(folder)) {
                    return new CgiResponse.SendFile(path, folder, document);
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
