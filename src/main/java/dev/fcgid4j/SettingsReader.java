/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j;

import dev.fcgid4j.config.Node;
import dev.fcgid4j.directives.ConditionalSections;
import dev.fcgid4j.failure.ConfigurationException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies a server's directives to a draft of its settings. Directives and sections that are not in the {@link
 * SettingsTable} say which application answers a URL; they are kept for the mapping.
 *
 * <p>Failures: a {@link ConfigurationException} with file, line, what was expected and what was found.
 */
final class SettingsReader {

    private static final Logger LOG = LoggerFactory.getLogger(SettingsReader.class);

    private SettingsReader() {}

    /** Applies directives in their order; later ones win. */
    static void read(List<Node> nodes, SettingsDraft draft) {
        // The mapping resolves the sections once more and gives the warnings.
        for (Node node : ConditionalSections.resolve(nodes, warning -> {})) {
            Optional<Setting<?>> setting =
                    node instanceof Node.Section ? Optional.empty() : SettingsTable.find(node.key());
            if (setting.isPresent()) {
                read(setting.get(), node, draft);
            } else if (!isUnused(node)) {
                draft.mapping.add(node);
            }
        }
    }

    private static void read(Setting<?> setting, Node node, SettingsDraft draft) {
        if (setting.isOldName(node.key())) {
            LOG.info("{}: {} is an old name of {}", node.place(), node.name(), setting.name());
        }
        setting.read(draft, node);
    }

    /** Returns whether only mod_fcgid needs this directive. It is accepted, so that configurations can be pasted. */
    private static boolean isUnused(Node node) {
        switch (node.key()) {
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
}
