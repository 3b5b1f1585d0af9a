package org.rlaif.serving.score;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.rlaif.serving.score.ScoringRequest.Piece;

/** Sequences in runs of several rows, each as long as the longest of its run. */
final class Batches {
  /** A run costs what this number of tokens costs, beside those it has (measured: 24 to 76). */
  static final int RUN = 48;

  private Batches() {}

  /**
   * The cheapest way to cut pieces of one whole sequence each, sorted by length, into runs: RUN and
   * the rows' tokens with their padding, added up over all runs, are as few as can be.
   *
   * @param tokens at most in a run, padding included; every sequence alone has fewer
   * @param heads at most in a run
   */
  static List<List<Piece>> cut(List<Piece> pieces, int tokens, int heads) {
    List<Piece> sorted = new ArrayList<>(pieces);
    sorted.sort(Comparator.comparingInt((Piece piece) -> piece.first().length()));
    int count = sorted.size();
    var cost = new long[count + 1]; // of the first ones
    var from = new int[count + 1]; // where their last run begins
    for (int end = 1; end <= count; end++) {
      int width = ScoringPass.padded(sorted.get(end - 1).first().length());
      int needed = 0;
      cost[end] = Long.MAX_VALUE;
      for (int begin = end - 1; begin >= 0; begin--) {
        needed += sorted.get(begin).first().heads();
        int all = (end - begin) * width;
        if (begin < end - 1 && (all > tokens || needed > heads)) {
          break;
        }
        if (cost[begin] + RUN + all < cost[end]) {
          cost[end] = cost[begin] + RUN + all;
          from[end] = begin;
        }
      }
    }
    List<List<Piece>> runs = new ArrayList<>();
    for (int end = count; end > 0; end = from[end]) {
      runs.add(sorted.subList(from[end], end));
    }
    Collections.reverse(runs);
    return runs;
  }
}
