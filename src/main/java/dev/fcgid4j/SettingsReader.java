/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.cgi.CgiSettings;
import dev.fcgid4j.config.Node;
import dev.fcgid4j.directives.ConditionalSections;
import dev.fcgid4j.failure.ConfigurationException;
import dev.fcgid4j.gateway.GatewaySettings;
import dev.fcgid4j.gateway.SendFilePaths;
import dev.fcgid4j.mapping.MappingSettings;
import dev.fcgid4j.pool.PoolSettings;
import dev.fcgid4j.process.ProcessSettings;
import dev.fcgid4j.watch.WatchSettings;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a server's directives to {@link FcgiSettings}: the limits, in mod_fcgid's names. What is about mapping is left to
 * {@code mapping}.
 *
 * <p>Failures: a {@link ConfigurationException} with file, line and what was expected.
 */
final class SettingsReader {

    private static final Logger LOG = LoggerFactory.getLogger(SettingsReader.class);

    /** Names from before mod_fcgid 2.3.4. */
    private static final Map<String, String> OLD_NAMES = Map.ofEntries(
            Map.entry("maxprocesscount", "fcgidmaxprocesses"),
            Map.entry("defaultmaxclassprocesscount", "fcgidmaxprocessesperclass"),
            Map.entry("defaultminclassprocesscount", "fcgidminprocessesperclass"),
            Map.entry("maxrequestsperprocess", "fcgidmaxrequestsperprocess"),
            Map.entry("idletimeout", "fcgididletimeout"),
            Map.entry("processlifetime", "fcgidprocesslifetime"),
            Map.entry("busytimeout", "fcgidbusytimeout"),
            Map.entry("ipccommtimeout", "fcgidiotimeout"),
            Map.entry("maxrequestlen", "fcgidmaxrequestlen"),
            Map.entry("maxrequestinmem", "fcgidmaxrequestinmem"),
            Map.entry("spawnscore", "fcgidspawnscore"),
            Map.entry("terminationscore", "fcgidterminationscore"),
            Map.entry("timescore", "fcgidtimescore"),
            Map.entry("spawnscoreuplimit", "fcgidspawnscoreuplimit"),
            Map.entry("socketpath", "fcgidipcdir"));

    private final PoolSettings.Builder pool = PoolSettings.defaults().toBuilder();
    private final ClassLimits.Builder limits = ClassLimits.defaults().toBuilder();
    private GatewaySettings gateway = GatewaySettings.defaults();
    private ProcessSettings process = ProcessSettings.defaults();
    private WatchSettings watch = WatchSettings.defaults();
    private CgiSettings cgi = CgiSettings.defaults();
    private Optional<Path> documentRoot = Optional.empty();
    private final List<String> listen = new ArrayList<>();
    private EventLoopSettings eventLoops = EventLoopSettings.defaults();
    private final List<Node> mapping = new ArrayList<>();

    private SettingsReader() {}

    /**
     * Reads directives; later ones win.
     *
     * @param root used when no directive names a DocumentRoot
     */
    static FcgiSettings read(List<Node> nodes, Optional<Path> root) {
        SettingsReader reader = new SettingsReader();
        // Whoever compiles what is about mapping resolves once more, and gives the warnings.
        for (Node node : ConditionalSections.resolve(nodes, warning -> {})) {
            reader.read(node);
        }
        Path served = reader.documentRoot
                .or(() -> root)
                .orElseThrow(() -> new ConfigurationException("no document root: name a folder, or say DocumentRoot"));
        return new FcgiSettings(
                new MappingSettings(
                        served.toAbsolutePath().normalize(),
                        reader.mapping,
                        reader.watch.quietTime(),
                        reader.limits.build()),
                reader.pool.build(),
                reader.gateway,
                reader.cgi,
                reader.process,
                reader.watch,
                reader.listen,
                reader.eventLoops);
    }

    private void read(Node node) {
        if (node instanceof Node.Section) {
            mapping.add(node);
            return;
        }
        String key = OLD_NAMES.getOrDefault(node.key(), node.key());
        if (!key.equals(node.key())) {
            LOG.info("{}: {} is an old name of {}", node.place(), node.name(), key);
        }
        if (!site(key, node)
                && !poolLimit(key, node)
                && !requestLimit(key, node)
                && !sendFile(key, node)
                && !ignored(key, node)) {
            mapping.add(node);
        }
    }

    private boolean site(String key, Node node) {
        switch (key) {
            case "documentroot" -> {
                Path path = path(node);
                if (!Files.isDirectory(path)) {
                    throw node.mistake("expected an existing directory, found " + path);
                }
                documentRoot = Optional.of(path);
            }
            case "listen" -> listen.add(one(node));
            case "eventloops" -> eventLoops = new EventLoopSettings((int) number(node, 1, 1024), eventLoops.spin());
            case "eventloopspin" ->
                eventLoops =
                        new EventLoopSettings(eventLoops.threads(), Duration.ofNanos(1000 * number(node, 0, 1000)));
            case "servername" ->
                cgi = new CgiSettings(cgi.serverSoftware(), one(node), cgi.passAuthorization(), cgi.serverAdmin());
            case "serveradmin" ->
                cgi = new CgiSettings(cgi.serverSoftware(), cgi.serverName(), cgi.passAuthorization(), one(node));
            case "fcgidipcdir" -> {
                Path path = path(node);
                if (!path.isAbsolute() || !Files.isDirectory(path)) {
                    throw node.mistake("expected the absolute path of an existing directory, found " + path);
                }
                process = new ProcessSettings(
                        path,
                        process.maxLine(),
                        process.maxLinesPerSecond(),
                        process.reportLoads(),
                        process.batchScheduling());
            }
            case "fcgidwatchloadedfiles" ->
                process = new ProcessSettings(
                        process.runParent(),
                        process.maxLine(),
                        process.maxLinesPerSecond(),
                        onOff(node),
                        process.batchScheduling());
            case "fcgidbatchscheduling" ->
                process = new ProcessSettings(
                        process.runParent(),
                        process.maxLine(),
                        process.maxLinesPerSecond(),
                        process.reportLoads(),
                        onOff(node));
            case "fcgidwatchinterval" -> watch = new WatchSettings(watch.inotify(), fraction(node), watch.quietTime());
            case "fcgidquiettime" -> {
                watch = new WatchSettings(watch.inotify(), watch.pollInterval(), fraction(node));
                pool.quietTime(watch.quietTime());
            }
            case "fcgidinotify" -> watch = new WatchSettings(onOff(node), watch.pollInterval(), watch.quietTime());
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean poolLimit(String key, Node node) {
        switch (key) {
            case "fcgidmaxprocesses" -> pool.maxProcesses((int) number(node, 1, 100_000));
            case "fcgidmaxprocessesperclass" -> limits.maxProcesses((int) number(node, 1, 100_000));
            case "fcgidminprocessesperclass" -> limits.minProcesses((int) number(node, 0, 100_000));
            case "fcgidmaxrequestsperprocess" ->
                limits.maxRequestsPerProcess((int) Math.max(0, number(node, -1, Integer.MAX_VALUE)));
            case "fcgididletimeout" -> limits.idleTimeout(seconds(node, 0));
            case "fcgidprocesslifetime" -> limits.lifeTime(seconds(node, 0));
            case "fcgidbusytimeout" -> limits.busyTimeout(seconds(node, 0));
            case "fcgiderrorscaninterval" -> pool.grace(seconds(node, 1));
            case "fcgidqueuelength" -> limits.queueLength((int) number(node, 0, 1_000_000));
            case "fcgidqueuetimeout" -> limits.queueTimeout(seconds(node, 1));
            case "fcgidsettletime" -> pool.settleTime(seconds(node, 0));
            case "fcgidspawnscore" -> pool.spawnScore((int) number(node, 0, 1_000_000));
            case "fcgidterminationscore" -> pool.terminationScore((int) number(node, -1_000_000, 1_000_000));
            case "fcgidtimescore" -> pool.timeScore((int) number(node, 0, 1_000_000));
            case "fcgidspawnscoreuplimit" -> pool.spawnScoreUpLimit((int) number(node, 0, 1_000_000));
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean requestLimit(String key, Node node) {
        GatewaySettings g = gateway;
        switch (key) {
            case "fcgidiotimeout" -> limits.ioTimeout(seconds(node, 1));
            case "fcgidmaxrequestlen" ->
                gateway = new GatewaySettings(
                        number(node, 0, Long.MAX_VALUE / 2),
                        g.maxRequestInMem(),
                        g.maxResponseHeader(),
                        g.maxResponseFields(),
                        g.sendFile());
            case "fcgidmaxrequestinmem" ->
                gateway = new GatewaySettings(
                        g.maxRequestLen(),
                        (int) number(node, 0, 1 << 30),
                        g.maxResponseHeader(),
                        g.maxResponseFields(),
                        g.sendFile());
            case "fcgidmaxresponseheader" ->
                gateway = new GatewaySettings(
                        g.maxRequestLen(),
                        g.maxRequestInMem(),
                        (int) number(node, 256, 1 << 24),
                        g.maxResponseFields(),
                        g.sendFile());
            case "fcgidmaxresponsefields" ->
                gateway = new GatewaySettings(
                        g.maxRequestLen(),
                        g.maxRequestInMem(),
                        g.maxResponseHeader(),
                        (int) number(node, 1, 100_000),
                        g.sendFile());
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean sendFile(String key, Node node) {
        SendFilePaths now = gateway.sendFile();
        switch (key) {
            case "xsendfile" -> {
                if (!onOff(node)) {
                    sendFile(SendFilePaths.NONE);
                }
            }
            case "xsendfilepath" -> {
                List<Path> folders = new ArrayList<>(now.folders());
                folders.add(folder(node, one(node)));
                sendFile(new SendFilePaths(folders, now.prefixes()));
            }
            case "xaccelpath" -> {
                if (node.args().size() != 2
                        || !node.args().get(0).startsWith("/")
                        || !node.args().get(0).endsWith("/")) {
                    throw node.mistake("expected a URL path that begins and ends with / and a folder");
                }
                Map<String, Path> prefixes = new HashMap<>(now.prefixes());
                prefixes.put(node.args().get(0), folder(node, node.args().get(1)));
                sendFile(new SendFilePaths(now.folders(), prefixes));
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void sendFile(SendFilePaths permitted) {
        gateway = new GatewaySettings(
                gateway.maxRequestLen(),
                gateway.maxRequestInMem(),
                gateway.maxResponseHeader(),
                gateway.maxResponseFields(),
                permitted);
    }

    private static Path folder(Node node, String text) {
        Path path = path(node, text);
        if (!path.isAbsolute() || !Files.isDirectory(path)) {
            throw node.mistake("expected the absolute path of an existing directory, found " + path);
        }
        return path.normalize();
    }

    /** What mod_fcgid needs and this doesn't: accepted, so that a configuration can be pasted, and said aloud. */
    private static boolean ignored(String key, Node node) {
        switch (key) {
            case "fcgididlescaninterval", "fcgidbusyscaninterval", "fcgidzombiescaninterval" ->
                LOG.info(
                        "{}: {} has no effect: deadlines and exits are noticed when they happen, not by scans",
                        node.place(),
                        node.name());
            case "fcgidconnecttimeout",
                    "fcgidprocesstablefile",
                    "fcgidoutputbuffersize",
                    "fcgidfixpathinfo",
                    "fcgidwin32preventorphans" -> LOG.info("{}: {} has no effect here", node.place(), node.name());
            case "fcgidcmdoptions" ->
                throw node.mistake("limits of a single command are not supported; say FcgidMaxProcessesPerClass,"
                        + " FcgidIdleTimeout and the like, which hold for all commands, and FcgidInitialEnv,"
                        + " which may stand in <Directory> and <Files>, and remove this line");
            default -> {
                return false;
            }
        }
        return true;
    }

    private static String one(Node node) {
        if (node.args().size() != 1) {
            throw node.mistake("expected one argument, found " + node.args().size());
        }
        return node.args().get(0);
    }

    private static Path path(Node node) {
        return path(node, one(node));
    }

    private static Path path(Node node, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw node.mistake("not a path: " + e.getMessage());
        }
    }

    private static boolean onOff(Node node) {
        String word = one(node);
        if (!word.equalsIgnoreCase("on") && !word.equalsIgnoreCase("off")) {
            throw node.mistake("expected On or Off, found " + word);
        }
        return word.equalsIgnoreCase("on");
    }

    private static Duration seconds(Node node, long least) {
        return Duration.ofSeconds(number(node, least, 10L * 365 * 24 * 3600));
    }

    /** Seconds, perhaps with a fraction. */
    private static Duration fraction(Node node) {
        String text = one(node);
        if (!text.matches("[0-9]{1,4}(\\.[0-9]{1,3})?") || Double.parseDouble(text) < 0.05) {
            throw node.mistake("expected seconds from 0.05 to 9999, found " + text);
        }
        return Duration.ofMillis(Math.round(Double.parseDouble(text) * 1000));
    }

    private static long number(Node node, long least, long most) {
        String text = one(node);
        try {
            long value = Long.parseLong(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw expected(node, least, most, text);
        }
        throw expected(node, least, most, text);
    }

    private static ConfigurationException expected(Node node, long least, long most, String found) {
        return node.mistake("expected a whole number from " + least + " to " + most + ", found " + found);
    }
}
