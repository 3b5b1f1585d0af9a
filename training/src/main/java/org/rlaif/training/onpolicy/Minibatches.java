package org.rlaif.training.onpolicy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.rlaif.training.config.OnPolicyConfig;
import org.rlaif.training.learning.Order;
import org.rlaif.training.learning.Seeds;

/**
 * Deals the completions of a rollout batch into minibatches, in a new order for every epoch; of an
 * algorithm that keeps groups, whole groups. The order depends on the seed and the epoch alone,
 * also where a batch has become smaller than it was to be.
 */
final class Minibatches {
  private final OnPolicyConfig config;

  /** Completions that are dealt together. */
  private final int together;

  private final Order order;

  Minibatches(OnPolicyConfig config, OnPolicyAlgorithm algorithm, long seed) {
    this.config = config;
    this.together = algorithm.keepsGroups() ? algorithm.samples() : 1;
    this.order = new Order(config.batch() / together, Seeds.of(seed, "minibatches", 0));
  }

  /** How many rows, or groups, were dealt. */
  long drawn() {
    return order.drawn();
  }

  /** Goes on where another was when it had dealt so many. */
  void skipTo(long drawn) {
    order.skipTo(drawn);
  }

  /**
   * What is in memory at a time.
   *
   * @param rows of the batch
   * @param groups sizes of the groups that they make, or of one each
   */
  @SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
  record Part(int[] rows, int[] groups) {}

  /**
   * The minibatches of one update, all epochs, each in its parts.
   *
   * @param groups sizes of the batch's groups
   * @param learned which rows are dealt at all
   */
  List<List<Part>> deal(int[] groups, IntPredicate learned) {
    List<int[]> units = together == 1 ? alone(groups) : whole(groups);
    List<List<Part>> minibatches = new ArrayList<>();
    for (int epoch = 0; epoch < config.epochs(); epoch++) {
      List<int[]> shuffled =
          IntStream.of(order.next(config.batch() / together))
              .filter(unit -> unit < units.size())
              .mapToObj(units::get)
              .filter(rows -> IntStream.of(rows).anyMatch(learned))
              .toList();
      cut(shuffled, config.minibatch())
          .forEach(some -> minibatches.add(cut(some, config.together()).map(this::part).toList()));
    }
    return minibatches;
  }

  private Part part(List<int[]> units) {
    return new Part(
        units.stream().flatMapToInt(IntStream::of).toArray(),
        units.stream().mapToInt(unit -> unit.length).toArray());
  }

  private Stream<List<int[]>> cut(List<int[]> units, int completions) {
    int step = Math.max(1, completions / together);
    return IntStream.iterate(0, from -> from < units.size(), from -> from + step)
        .mapToObj(from -> units.subList(from, Math.min(from + step, units.size())));
  }

  private static List<int[]> alone(int[] groups) {
    return IntStream.range(0, IntStream.of(groups).sum()).mapToObj(row -> new int[] {row}).toList();
  }

  private static List<int[]> whole(int[] groups) {
    List<int[]> whole = new ArrayList<>(groups.length);
    int from = 0;
    for (int size : groups) {
      whole.add(IntStream.range(from, from + size).toArray());
      from += size;
    }
    return whole;
  }
}
