/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import static java.util.Objects.requireNonNull;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * Makes the meta-variables of a request for a script: those of RFC 3875, and those that Apache adds.
 *
 * <p>Contract: a pure function. A variable of the request wins over one of {@code SetEnv}, so no configuration can make a
 * request look like another one.
 *
 * <p>Immutable. Source: RFC 3875 section 4.1; Apache's CGI variables.
 */
public final class CgiEnvironment {

    /** If a request lacks one of these, that says that it has no body or no path left. SetEnv may not set them. */
    private static final Set<String> DESCRIBES_REQUEST =
            Set.of("CONTENT_LENGTH", "CONTENT_TYPE", "PATH_INFO", "PATH_TRANSLATED", "HTTP_PROXY");

    /** Other variables that a request may have, besides {@code HTTP_*}. */
    private static final Set<String> OF_REQUEST = Set.of(
            "HTTPS",
            "QUERY_STRING",
            "REDIRECT_QUERY_STRING",
            "REDIRECT_URL",
            "REMOTE_ADDR",
            "REMOTE_PORT",
            "REQUEST_METHOD",
            "REQUEST_SCHEME",
            "REQUEST_URI",
            "SERVER_ADDR",
            "SERVER_NAME",
            "SERVER_PORT",
            "SERVER_PROTOCOL");

    /** Capacity for the variables of a script, without SetEnv. */
    private static final int MAX_OF_SCRIPT = 12;

    /** Capacity for the variables of a request, without its header fields. */
    private static final int MAX_OF_REQUEST = 14;

    private final CgiSettings settings;
    private final RequestFields fields;
    private final String serverName;

    /** Creates the environment of a server. */
    public CgiEnvironment(CgiSettings settings) {
        this.settings = requireNonNull(settings, "settings");
        this.serverName = bytes(settings.serverName());
        this.fields = new RequestFields(settings.passAuthorization());
    }

    /**
     * Returns the variables of a request.
     *
     * @param passHeaders names of request headers, in lower case, that are passed on although they normally aren't
     *     (FcgidPassHeader); {@code proxy} is never passed on
     */
    public MetaVariables of(CgiRequest request, ScriptPath path, Set<String> passHeaders) {
        return ofScript(path).and(ofRequest(request, path, passHeaders));
    }

    /** Returns the variables that are the same for every request to a path, among them those of SetEnv that no request has. */
    public MetaVariables ofScript(ScriptPath path) {
        MetaVariables.Builder variables =
                new MetaVariables.Builder(MAX_OF_SCRIPT + path.environment().size());
        variables
                .add("GATEWAY_INTERFACE", "CGI/1.1")
                .add("SERVER_SOFTWARE", bytes(settings.serverSoftware()))
                .add("SERVER_SIGNATURE", "");
        if (!settings.serverAdmin().isEmpty()) {
            variables.add("SERVER_ADMIN", bytes(settings.serverAdmin()));
        }
        script(path, variables);
        configured(path, false, variables);
        return variables.build();
    }

    /** Returns the other variables. No name is in both results. */
    public MetaVariables ofRequest(CgiRequest received, ScriptPath path, Set<String> passHeaders) {
        CgiRequest request = received.inOriginForm();
        MetaVariables.Builder variables =
                new MetaVariables.Builder(MAX_OF_REQUEST + request.headers().size());
        server(request, variables);
        request(request, variables);
        fields.addTo(variables, request, passHeaders);
        configured(path, true, variables);
        return variables.build();
    }

    /**
     * Adds the variables of SetEnv that are not there yet.
     *
     * @param ofRequest whether to add those that a request may have, or the others
     */
    private static void configured(ScriptPath path, boolean ofRequest, MetaVariables.Builder variables) {
        for (Map.Entry<String, String> each : path.environment().entrySet()) {
            String name = each.getKey();
            if (isOfRequest(name) == ofRequest && !DESCRIBES_REQUEST.contains(name)) {
                variables.addIfAbsent(bytes(name), bytes(each.getValue()));
            }
        }
    }

    private static boolean isOfRequest(String name) {
        return name.startsWith("HTTP_") || OF_REQUEST.contains(name);
    }

    private void server(CgiRequest request, MetaVariables.Builder variables) {
        InetSocketAddress local = request.local();
        InetSocketAddress remote = request.remote();
        ServerName name = ServerName.of(request, serverName);
        variables
                .add("SERVER_NAME", name.host())
                .add("SERVER_PORT", Integer.toString(name.port()))
                .add("SERVER_ADDR", address(local))
                .add("REMOTE_ADDR", address(remote))
                .add("REMOTE_PORT", Integer.toString(remote.getPort()))
                .add("REQUEST_SCHEME", request.scheme());
        if (request.scheme().equals("https")) {
            variables.add("HTTPS", "on");
        }
    }

    private static void script(ScriptPath path, MetaVariables.Builder variables) {
        String root = bytes(path.documentRoot());
        variables
                // A php-cgi built with force-redirect refuses to run without it.
                .add("REDIRECT_STATUS", "200")
                .add("DOCUMENT_ROOT", root)
                .add("CONTEXT_PREFIX", path.contextPrefix())
                .add("CONTEXT_DOCUMENT_ROOT", bytes(path.contextRoot()))
                .add("SCRIPT_FILENAME", bytes(path.scriptFile()))
                .add("SCRIPT_NAME", path.scriptName());
        if (!path.pathInfo().isEmpty()) {
            variables.add("PATH_INFO", path.pathInfo()).add("PATH_TRANSLATED", root + path.pathInfo());
        }
    }

    private static void request(CgiRequest request, MetaVariables.Builder variables) {
        String target = request.target();
        int query = target.indexOf('?');
        variables
                .add("SERVER_PROTOCOL", request.protocol())
                .add("REQUEST_METHOD", request.method())
                .add("REQUEST_URI", target)
                .add("QUERY_STRING", query < 0 ? "" : target.substring(query + 1));
        if (request.contentLength() >= 0) {
            variables.add("CONTENT_LENGTH", Long.toString(request.contentLength()));
        }
        if (!request.redirectedFrom().isEmpty()) {
            redirected(TargetUri.originForm(request.redirectedFrom()), variables);
        }
    }

    private static void redirected(String from, MetaVariables.Builder variables) {
        int query = from.indexOf('?');
        variables.add("REDIRECT_URL", query < 0 ? from : from.substring(0, query));
        if (query >= 0) {
            variables.add("REDIRECT_QUERY_STRING", from.substring(query + 1));
        }
    }

    private static String address(InetSocketAddress socket) {
        if (socket.getAddress() == null) {
            return socket.getHostString();
        }
        String text = socket.getAddress().getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }

    /** Returns a path as a byte string: its UTF-8 bytes. */
    private static String bytes(Path path) {
        return bytes(path.toString());
    }

    /** Returns text as a byte string: its UTF-8 bytes. */
    private static String bytes(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            }
        }
        return text;
    }
}
