/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The part of a {@link DirectoryConfig} that refuses requests. Threading: as {@link DirectoryConfig}. */
final class AccessConfig {

    private static final int FORBIDDEN = 403;
    private static final String REWRITES_WITHOUT_LINKS =
            "RewriteEngine is On where Options allow neither FollowSymLinks nor SymLinksIfOwnerMatch";

    /** The reason why {@code Require} denies; empty if it doesn't. */
    Optional<String> requireDenial = Optional.empty();

    /** The reason why {@code Order}, {@code Allow} and {@code Deny} deny; empty if they don't. */
    Optional<String> orderDenial = Optional.empty();

    /** The reason of a denial that nothing further down lifts, because its condition can't be evaluated. */
    Optional<String> finalDenial = Optional.empty();

    /** Whether rewrite rules are on (RewriteEngine): then httpd refuses every request unless links are followed. */
    boolean rewrites;

    /** In the order of the files. */
    final List<RefusalRule> refusals = new ArrayList<>();

    /** The last denial of {@code Require} that a later section has lifted. */
    private Optional<String> liftedDenial = Optional.empty();

    /**
     * Applies the {@code Require} directives of a section.
     *
     * @param denial empty if they grant
     * @param adds whether they add to what is inherited (AuthMerging And). httpd then adds to the configuration before all
     *     sections of the same kind, so that a denial that one of them has lifted counts again
     */
    void require(Optional<String> denial, boolean adds) {
        if (adds) {
            requireDenial = denial.or(() -> requireDenial).or(() -> liftedDenial);
            return;
        }
        if (denial.isEmpty() && requireDenial.isPresent()) {
            liftedDenial = requireDenial;
        }
        requireDenial = denial;
    }

    AccessConfig copy() {
        AccessConfig other = new AccessConfig();
        other.requireDenial = requireDenial;
        other.orderDenial = orderDenial;
        other.finalDenial = finalDenial;
        other.rewrites = rewrites;
        other.liftedDenial = liftedDenial;
        other.refusals.addAll(refusals);
        return other;
    }

    /** Takes over the denials of another one, which has all refusals by URL that this one has. */
    void restrictTo(AccessConfig other) {
        requireDenial = requireDenial.or(() -> other.requireDenial);
        orderDenial = orderDenial.or(() -> other.orderDenial);
        finalDenial = finalDenial.or(() -> other.finalDenial);
        rewrites |= other.rewrites;
        refusals.addAll(other.refusals.subList(refusals.size(), other.refusals.size()));
    }

    /** Returns the refusal of a request: by access control, else by the first rule that matches its URL; empty if none. */
    Optional<Denial> denial(UrlPaths request, LinkPolicy links) {
        return finalDenial
                .or(() -> requireDenial)
                .or(() -> orderDenial)
                .or(() -> rewrites && links.refusesAll() ? Optional.of(REWRITES_WITHOUT_LINKS) : Optional.empty())
                .map(reason -> new Denial(FORBIDDEN, reason))
                .or(() -> refusal(request));
    }

    private Optional<Denial> refusal(UrlPaths request) {
        for (RefusalRule rule : refusals) {
            Optional<Integer> status = rule.status().apply(request);
            if (status.isPresent()) {
                return Optional.of(new Denial(status.get(), "refused by " + rule.place()));
            }
        }
        return Optional.empty();
    }
}
