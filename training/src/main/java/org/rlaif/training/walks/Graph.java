package org.rlaif.training.walks;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.rlaif.training.math.Dice;

/**
 * A directed graph of 21 nodes, {@code a} to {@code u}, of which {@code a} is the goal: who gets
 * there stays. Any other node leads to each other one with probability 1/10, and there is a way to
 * the goal from all of them.
 */
public final class Graph {
  /** Nodes of the longest walk, its first one counted. */
  public static final int LONGEST = 10;

  private static final int NODES = 21;
  private static final int GOAL = 0;
  private static final double EDGE = 0.1;
  private static final int GRAPHS = 0;
  private static final int WALKS = 1;

  private final long seed;

  /** Where each node leads. */
  private final List<List<Integer>> next;

  /** Nodes on the shortest way from each to the goal, both counted. */
  private final int[] shortest;

  private Graph(long seed, List<List<Integer>> next) {
    this.seed = seed;
    this.next = next;
    this.shortest = shortest(next);
  }

  /** The graph of a seed: the first one drawn that leads to the goal from everywhere. */
  public static Graph of(long seed) {
    for (int draw = 0; ; draw++) {
      var graph = new Graph(seed, edges(Dice.of(seed, GRAPHS, draw)));
      if (Arrays.stream(graph.shortest).allMatch(nodes -> nodes > 0 && nodes <= LONGEST)) {
        return graph;
      }
    }
  }

  /**
   * A graph that is given.
   *
   * @param next where each node leads; the first one is the goal
   */
  static Graph of(List<List<Integer>> next) {
    return new Graph(0, next);
  }

  private static List<List<Integer>> edges(Dice dice) {
    List<List<Integer>> next = new ArrayList<>();
    for (int node = 0; node < NODES; node++) {
      List<Integer> leads = new ArrayList<>();
      for (int to = 0; to < NODES; to++) {
        if (dice.chance(EDGE) && node != GOAL && to != node) {
          leads.add(to);
        }
      }
      next.add(leads);
    }
    return next;
  }

  /** By breadth-first search backwards from the goal; 0: there is no way. */
  private static int[] shortest(List<List<Integer>> next) {
    int[] nodes = new int[next.size()];
    nodes[GOAL] = 1;
    Deque<Integer> reached = new ArrayDeque<>(List.of(GOAL));
    while (!reached.isEmpty()) {
      int to = reached.remove();
      for (int from = 0; from < nodes.length; from++) {
        if (nodes[from] == 0 && next.get(from).contains(to)) {
          nodes[from] = nodes[to] + 1;
          reached.add(from);
        }
      }
    }
    return nodes;
  }

  /** Every node but the goal, by name. */
  public List<String> starts() {
    return IntStream.range(1, next.size()).mapToObj(Graph::name).toList();
  }

  /**
   * Walks from anywhere that take any edge with the same chance, until they are at the goal or as
   * long as they may be.
   *
   * @param first number of the first one: each is a function of its number
   */
  public List<Walk> walks(int first, int n) {
    return IntStream.range(first, first + n).mapToObj(this::walk).toList();
  }

  private Walk walk(int number) {
    Dice dice = Dice.of(seed, WALKS, number);
    int node = 1 + dice.below(next.size() - 1);
    String start = name(node);
    StringBuilder steps = new StringBuilder();
    for (int nodes = 1; nodes < LONGEST && node != GOAL; nodes++) {
      node = dice.pick(next.get(node));
      steps.append(' ').append(name(node));
    }
    return new Walk(start, steps.toString());
  }

  /**
   * How good a walk is, from 0 to 1: 1 is as short as can be, every node more takes the same off
   * it, and it is 0 without the goal at its end, or with a step that is no edge.
   */
  public double optimality(Walk walk) {
    List<Integer> nodes =
        Arrays.stream((walk.start() + walk.steps()).strip().split(" ")).map(this::node).toList();
    for (int i = 1; i < nodes.size(); i++) {
      int from = nodes.get(i - 1);
      if (from < 0 || !next.get(from).contains(nodes.get(i))) {
        return 0;
      }
    }
    if (nodes.get(nodes.size() - 1) != GOAL || nodes.size() > LONGEST) {
      return 0;
    }
    return (LONGEST + 1.0 - nodes.size()) / (LONGEST + 1.0 - shortest[nodes.get(0)]);
  }

  /** -1: no node is called that. */
  private int node(String name) {
    int node = name.length() == 1 ? name.charAt(0) - 'a' : -1;
    return node >= 0 && node < next.size() ? node : -1;
  }

  private static String name(int node) {
    return String.valueOf((char) ('a' + node));
  }
}
