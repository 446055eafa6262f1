/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.architecture;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A directed graph of names, and its rings: the sets of names that all reach each other (Tarjan 1972). */
final class Graph {

    private final Map<String, Set<String>> edges;
    private final Map<String, Integer> order = new HashMap<>();
    private final Map<String, Integer> lowest = new HashMap<>();
    private final Deque<String> open = new ArrayDeque<>();
    private final List<Set<String>> rings = new ArrayList<>();

    private Graph(Map<String, Set<String>> edges) {
        this.edges = edges;
    }

    /** The rings of a graph, those of a single name left out; edges to unknown names count for nothing. */
    static List<Set<String>> rings(Map<String, Set<String>> edges) {
        Graph graph = new Graph(edges);
        for (String name : new TreeSet<>(edges.keySet())) {
            if (!graph.order.containsKey(name)) {
                graph.visit(name);
            }
        }
        return graph.rings;
    }

    private void visit(String name) {
        order.put(name, order.size());
        lowest.put(name, order.get(name));
        open.push(name);
        for (String next : edges.get(name)) {
            if (!edges.containsKey(next)) {
                continue;
            }
            if (!order.containsKey(next)) {
                visit(next);
                lowest.merge(name, lowest.get(next), Math::min);
            } else if (open.contains(next)) {
                lowest.merge(name, order.get(next), Math::min);
            }
        }
        if (lowest.get(name).equals(order.get(name))) {
            close(name);
        }
    }

    private void close(String root) {
        Set<String> ring = new TreeSet<>();
        String name;
        do {
            name = open.pop();
            ring.add(name);
        } while (!name.equals(root));
        if (ring.size() > 1) {
            rings.add(ring);
        }
    }
}
