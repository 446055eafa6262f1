/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ShareGroup;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Weighted max-min fair shares in two levels: groups share all places, the classes of a group share the group's places.
 * Nobody gets more than it wants, and what one does not want is shared by the others (progressive filling).
 *
 * <p>Stateless. Source: Bertsekas and Gallager, Data Networks, 6.5.2, for max-min fairness.
 */
final class FairShares {

    private FairShares() {}

    /** Sets the share of each claimant. */
    static void assign(double places, List<Claimant> claimants) {
        Map<ShareGroup, List<Claimant>> byGroup = new LinkedHashMap<>();
        claimants.forEach(each -> byGroup.computeIfAbsent(each.group(), missing -> new ArrayList<>())
                .add(each));
        List<ShareGroup> groups = List.copyOf(byGroup.keySet());
        double[] ofGroups =
                fill(places, groups, ShareGroup::weight, group -> wanted(byGroup.getOrDefault(group, List.of())));
        for (int i = 0; i < ofGroups.length; i++) {
            List<Claimant> members = byGroup.getOrDefault(groups.get(i), List.of());
            double[] ofMembers = fill(ofGroups[i], members, Claimant::weight, Claimant::wanted);
            for (int j = 0; j < ofMembers.length; j++) {
                members.get(j).share(ofMembers[j]);
            }
        }
    }

    private static double wanted(List<Claimant> members) {
        return members.stream().mapToDouble(Claimant::wanted).sum();
    }

    /** Divides an amount: the most modest items, by want over weight, get what they want first. */
    static <T> double[] fill(double amount, List<T> items, ToDoubleFunction<T> weight, ToDoubleFunction<T> wanted) {
        List<Integer> order = new ArrayList<>();
        double weights = 0;
        for (int i = 0; i < items.size(); i++) {
            order.add(i);
            weights += weight.applyAsDouble(items.get(i));
        }
        order.sort(Comparator.comparingDouble(
                i -> wanted.applyAsDouble(items.get(i)) / weight.applyAsDouble(items.get(i))));
        double[] shares = new double[items.size()];
        double left = amount;
        for (int i : order) {
            double own = weight.applyAsDouble(items.get(i));
            shares[i] = Math.min(wanted.applyAsDouble(items.get(i)), left * own / weights);
            left -= shares[i];
            weights -= own;
        }
        return shares;
    }
}
