package org.rlaif.judge.together;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Candidates;

/**
 * In which order completions of a prompt are shown.
 *
 * @param shown the index of the completion at each place
 */
record Order(List<Integer> shown) {
  Order {
    shown = List.copyOf(shown);
  }

  /**
   * One of all orders, each as likely: by the hashes of seed, question, and completions, so that it
   * is the same on every machine and whatever else is asked.
   *
   * @param about what is asked, such as an aspect: each has an order of its own
   */
  static Order shuffled(long seed, String about, Candidates candidates) {
    List<String> hashes = new ArrayList<>();
    for (int i = 0; i < candidates.completions().size(); i++) {
      String one =
          String.join(
              "\0",
              List.of(
                  seed + "/" + i,
                  about,
                  candidates.prompt().transcript(),
                  candidates.completions().get(i)));
      hashes.add(AtomicFiles.sha256(one.getBytes(StandardCharsets.UTF_8)));
    }
    return new Order(
        IntStream.range(0, hashes.size())
            .boxed()
            .sorted(Comparator.comparing(hashes::get))
            .toList());
  }

  /** The other way round: what stood first stands last. */
  Order reversed() {
    List<Integer> turned = new ArrayList<>(shown);
    Collections.reverse(turned);
    return new Order(turned);
  }

  /** The completions as they are shown. */
  <T> List<T> show(List<T> completions) {
    return shown.stream().map(completions::get).toList();
  }

  /** Where a completion stands, from 0. */
  int place(int completion) {
    return shown.indexOf(completion);
  }
}
